"""All SQL of facts, rules, explanations and statistics keeps to what two engines run unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.engines import declared
from features.engines.portable import faults, portable_files


@pytest.mark.parametrize("file", portable_files(), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_sql_is_portable(file: Path) -> None:
    assert not [str(fault) for fault in faults(file.read_text(encoding="utf-8"))]


def test_every_folder_has_some() -> None:
    root = Path(declared.__file__).parents[1]
    assert {file.relative_to(root).parts[0] for file in portable_files()} == set(declared.FOLDERS)
