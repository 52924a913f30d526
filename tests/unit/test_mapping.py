"""Foreign logs through a mapping, and what is said of a faulty one."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from features.errors import BadParametersError
from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import World, individual_number, rows_of

SAMPLES = Path(__file__).parents[2] / "data_samples"
FOREIGN: dict[str, Any] = {
    "rename": {"request_id": "nr", "requested_at": "at", "result": "outcome", "affair_code": "topic"},
    "constant": {
        "requester_agency": "HOME", "provider_agency": "AWAY", "procedure_code": "JT1", "item_code": "TM1",
        "requester_nondisclosure": False,
    },
    "values": {"result": {"1": "provided", "2": "no_record"}},
    "default": {"result": "error"},
    "prefix": {"affair_code": "JM"},
    "time": {"requested_at": {"from_zone": "UTC"}},
    "agencies": [{"agency_code": "HOME", "name": "Home"}],
}  # fmt: skip
NOON = datetime(2026, 11, 10, 12)


def foreign(place: World, **columns: Any) -> Path:
    usual = {"nr": ["a", "b", "c"], "at": [NOON] * 3, "outcome": [1, 2, 3], "topic": [7, 8, 9]} | columns
    return place.deliver_table("foreign.parquet", pa.table(usual))


def test_columns_values_times_and_codes_are_converted(tmp_path: Path) -> None:
    place = World(tmp_path)
    foreign(place)
    done = place.ingest(LogMapping.model_validate(FOREIGN))
    assert (done.rows_loaded, done.ignored_columns) == (3, ())
    found = place.log()
    assert [r["result"] for r in found] == ["provided", "no_record", "error"]
    assert [r["affair_code"] for r in found] == ["JM7", "JM8", "JM9"]
    assert found[0]["requested_at"] == datetime(2026, 11, 10, 21), "noon UTC on Japan's clock"
    assert found[0]["requester_nondisclosure"] is False
    assert [r["name"] for r in rows_of(place.lake.reference("agencies"))] == ["Home"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_source_with_zone_says_itself_which_moment_it_is(tmp_path: Path, zone: str) -> None:
    place = World(tmp_path)
    moments = pa.array([NOON] * 3, pa.timestamp("us", zone))
    foreign(place, at=moments)
    place.ingest(LogMapping.model_validate(FOREIGN))
    assert {r["requested_at"] for r in place.log()} == {datetime(2026, 11, 10, 21)}


def test_text_that_is_no_time_is_set_aside(tmp_path: Path) -> None:
    place = World(tmp_path)
    foreign(place, at=["2026-11-10 12:00:00", "noon", None])
    done = place.ingest(LogMapping.model_validate(FOREIGN))
    assert (done.rows_loaded, done.rows_quarantined) == (1, 2)


def test_a_column_that_the_mapping_needs_and_the_file_lacks_refuses_it(tmp_path: Path) -> None:
    place = World(tmp_path)
    place.deliver_table("foreign.parquet", pa.table({"nr": ["a"]}))
    (line,) = place.ingest(LogMapping.model_validate(FOREIGN)).refused
    assert all(f"column {name} is missing" in line for name in ("at", "outcome", "topic"))


def test_other_columns_of_a_foreign_log_are_guarded_and_ignored(tmp_path: Path) -> None:
    place = World(tmp_path)
    foreign(place, memo=["x", individual_number(), "y"])
    assert "column memo" in place.ingest(LogMapping.model_validate(FOREIGN)).refused[0]
    foreign(place, memo=["x", "z", "y"])
    assert place.ingest(LogMapping.model_validate(FOREIGN)).ignored_columns == ("memo",)


def test_any_folder_of_files_will_do(tmp_path: Path) -> None:
    place = World(tmp_path / "made")
    folder = tmp_path / "log" / "2026"
    folder.mkdir(parents=True)
    shutil.copyfile(foreign(place), folder / "november.parquet")
    assert place.ingest(LogMapping.model_validate(FOREIGN), data=tmp_path / "log").rows_loaded == 3


def test_police_look_ups_keep_the_officers_own_hours(tmp_path: Path) -> None:
    """4,294 searches by 147 officers; the first one was at 17:02 of the day before in Eugene."""
    place = World(tmp_path)
    mapping = LogMapping.read(SAMPLES / "mappings" / "eugene_police.yaml")
    done = place.ingest(mapping, data=SAMPLES / "eugene_police_lookups_2025.parquet")
    assert (done.rows_delivered, done.rows_loaded, done.rows_quarantined, done.refused) == (4294, 4294, 0, ())
    found = [r for week in place.lake.weeks() for r in place.log(week)]
    assert len({r["requester_user"] for r in found}) == 147
    assert min(r["requested_at"] for r in found) == datetime(2025, 6, 17, 17, 2, 4, 789000)
    assert {r["channel"] for r in found} == {"interactive"}
    assert {r["subject_key"] for r in found} == {None}


def test_all_faults_of_a_mapping_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    faulty = FOREIGN | {
        "rename": {"colour": "farbe", "request_id": "nr", "item_code": "x"}, "prefix": {"affair_code": "JM"},
        "time": {"requested_at": {"from_zone": "Mars/Base"}}, "python": "import os", "agencies": [{"agency_code": "A", "name": "n", "kind": "castle"}],
    }  # fmt: skip
    file.write_text(yaml.safe_dump(faulty))
    with pytest.raises(BadParametersError) as raised:
        LogMapping.read(file)
    said = str(raised.value)
    assert all(word in said for word in ("mapping.yaml", "Mars/Base", "python", "castle"))
    del faulty["python"]
    file.write_text(yaml.safe_dump(faulty | {"time": {}, "agencies": []}))
    with pytest.raises(BadParametersError) as raised:
        LogMapping.read(file)
    said = str(raised.value)
    assert all(
        word in said
        for word in ("'colour'", "'affair_code' has no entry", "'item_code' is under", "'requested_at' is required")
    )


@pytest.mark.parametrize("text", ["rename: [", "- a", "", "rename: {request_id: 5}"])
def test_what_is_no_mapping_is_a_bad_parameter(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(text)
    with pytest.raises(BadParametersError, match=r"mapping\.yaml"):
        LogMapping.read(file)


def test_quotes_in_values_and_columns_stay_text(tmp_path: Path) -> None:
    place = World(tmp_path)
    foreign(place, **{'n"r': ["a'b", "c", "d"]})
    odd = FOREIGN | {"rename": FOREIGN["rename"] | {"request_id": 'n"r'}, "values": {"result": {"1'": "provided"}}}
    place.ingest(LogMapping.model_validate(odd))
    assert [r["request_id"] for r in place.log()] == ["a'b", "c", "d"]
