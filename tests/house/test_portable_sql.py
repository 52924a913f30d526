"""All SQL of facts, rules, explanations and statistics keeps to what two engines run unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.engines import declared
from features.engines.known import reads_known, unknown_columns
from features.engines.portable import faults, portable_files


@pytest.mark.parametrize("file", portable_files(), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_sql_is_portable(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not [str(fault) for fault in faults(text)]
    assert not unknown_columns(text)


def test_every_folder_has_some() -> None:
    root = Path(declared.__file__).parents[1]
    assert {file.relative_to(root).parts[0] for file in portable_files()} == set(declared.FOLDERS)


def test_columns_of_nearly_all_can_be_checked() -> None:
    """All but queries that read what the program gives them."""
    unchecked = {
        f"{file.parent.name}/{file.stem}" for file in portable_files() if not reads_known(file.read_text("utf-8"))
    }
    assert unchecked == {
        "request/rule_exemption", "request/rule_hit", "evidence/count", "evidence/sitting", "evidence/visits", "results/official_weeks", "results/request_scores",
    }  # fmt: skip
