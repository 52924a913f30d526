"""Fingerprints change with what they are of, and with nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.lake import Lake
from pipelines.lake.stamps import (
    ABSENT,
    Stamp,
    definitions_fingerprint,
    file_fingerprint,
    parameters_fingerprint,
    parquet_fingerprint,
)
from pipelines.parameters import Parameters


def test_stamp_is_read_as_written(tmp_path: Path) -> None:
    lake, file = Lake(tmp_path), tmp_path / "stamps" / "a.json"
    stamp = Stamp({"log": "1"}, {"revision": 2})
    assert Stamp.read(file) is None
    stamp.write(lake, file)
    assert Stamp.read(file) == stamp


def test_changes_are_named() -> None:
    stamp = Stamp({"kept": "1", "other": "1", "gone": "1", "model": "1"})
    assert stamp.changed({"kept": "1", "other": "2", "come": "1", "model": "2"}, apart_from=["model"]) == [
        "come",
        "gone",
        "other",
    ]


@pytest.mark.parametrize("fingerprint", [file_fingerprint, parquet_fingerprint])
def test_fingerprint_is_of_content_and_not_of_time(tmp_path: Path, fingerprint: object) -> None:
    assert callable(fingerprint)
    file = tmp_path / "log.parquet"
    assert fingerprint(file) == ABSENT
    pq.write_table(pa.table({"n": [1, 2]}), file)
    before = fingerprint(file)
    os.utime(file, (1, 1))
    assert fingerprint(file) == before
    pq.write_table(pa.table({"n": [1, 2, 2]}), file)
    assert fingerprint(file) != before


def test_parameters_count_by_section() -> None:
    usual, other = Parameters(), Parameters().with_capacity(7)
    assert parameters_fingerprint(usual.score) != parameters_fingerprint(other.score)
    assert parameters_fingerprint(usual.train) == parameters_fingerprint(other.train)


def test_definitions_are_the_text_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lawbook"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    before = definitions_fingerprint(["lawbook"])
    (package / "rule.sql").write_text("SELECT 1")
    after = definitions_fingerprint(["lawbook"])
    assert before != after
    (package / "holidays.csv").write_text("2026-11-03,文化の日")
    assert definitions_fingerprint(["lawbook"]) != after
    after = definitions_fingerprint(["lawbook"])
    (package / "notes.txt").write_text("not a definition")
    assert definitions_fingerprint(["lawbook"]) == after
