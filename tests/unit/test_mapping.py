"""The mapping of foreign logs: what it converts, and that all its faults are told at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.errors import BadParametersError
from pipelines.mapping import LogMapping
from tests.unit.landing import Landing

CONSTANT = {
    "requester_agency": "A", "provider_agency": "B", "affair_code": "JM1", "item_code": "TM1", "result": "provided",
}  # fmt: skip
MAPPING: dict[str, Any] = {
    "rename": {"request_id": "No.", "requested_at": "when", "procedure_code": "why", "channel": "how"},
    "constant": CONSTANT,
    "values": {"channel": {"desk": "interactive"}},
    "default": {"channel": "batch"},
    "time": {"requested_at": {"from_zone": "UTC", "to_zone": "America/Los_Angeles"}},
    "prefix": {"procedure_code": "JT-"},
    "agencies": [{"agency_code": "A", "name": "甲", "kind": "other"}],
}


def foreign(zone: str | None = None) -> pa.Table:
    """Two rows of a foreign log, one before and one after the clocks go back."""
    moments = [datetime(2025, 10, 31, 12), datetime(2025, 11, 3, 12)]
    return pa.table({
        "No.": [1, 2], "when": pa.array(moments, pa.timestamp("us", zone)), "why": ["theft", "test"], "how": ["desk", "x"],
    })  # fmt: skip


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_all_conversions(tmp_path: Path, zone: str | None) -> None:
    landing = Landing(tmp_path)
    landing.deliver_table("foreign.parquet", foreign(zone))
    done = landing.ingest(LogMapping.model_validate(MAPPING))
    assert not done.refused
    rows = sorted((row for week in done.weeks for row in landing.log(week)), key=lambda row: row["request_id"])
    assert [row["request_id"] for row in rows] == ["1", "2"]
    assert [row["requested_at"].hour for row in rows] == [5, 4], "summer time ended between them"
    assert [row["procedure_code"] for row in rows] == ["JT-theft", "JT-test"]
    assert [row["channel"] for row in rows] == ["interactive", "batch"]
    assert {row["requester_agency"] for row in rows} == {"A"}


def test_file_without_a_mapped_column_is_refused(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.deliver_table("foreign.parquet", foreign().drop_columns(["why", "how"]))
    [reason] = landing.ingest(LogMapping.model_validate(MAPPING)).refused
    assert "column how is missing" in reason
    assert "column why is missing" in reason


def write(folder: Path, text: str) -> Path:
    file = folder / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rename: [", ["is no YAML"]),
        ("colour: red\nrename: 3\n", ["colour", "rename"]),
        ("rename: {request_id: id, colour: c}\nprefix: {item_code: TM}\n",
         ["'colour' is no column", "'item_code' has no entry under rename", "'requested_at' is required"]),
        ("time: {requested_at: {from_zone: Mars, to_zone: Moon}}\n", ["'Mars' is no time zone", "'Moon' is no time zone"]),
        ("agencies: [{agency_code: A, name: A, kind: castle}]\n", ["'castle' is no kind of agency"]),
    ],
)  # fmt: skip
def test_all_faults_at_once(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(BadParametersError) as found:
        LogMapping.read(write(tmp_path, text))
    assert [part for part in said if part not in str(found.value)] == []


def test_missing_file_is_a_bad_parameter(tmp_path: Path) -> None:
    with pytest.raises(BadParametersError, match="cannot be read"):
        LogMapping.read(tmp_path / "none.yaml")


def test_text_in_a_mapping_is_never_run(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.deliver_table("foreign.parquet", foreign())
    trick = "'; DROP TABLE delivery; --"
    landing.ingest(LogMapping.model_validate(MAPPING | {"constant": CONSTANT | {"requester_department": trick}}))
    assert {row["requester_department"] for week in landing.lake.weeks() for row in landing.log(week)} == {trick}
