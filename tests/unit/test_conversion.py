"""Types and times of foreign logs: what is converted, and what is refused because it cannot be right."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from features.errors import BadParametersError
from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import WEEK, World, row, world

FIXED = {name: value for name, value in row(1).items() if name not in ("request_id", "requested_at", "responded_at")}
MORNING = datetime(2026, 11, 10, 9, 15, 0, 123000)
SECONDS = 1794269700


def mapped(**more: Any) -> LogMapping:
    agencies = [{"agency_code": "132012", "name": "A"}]
    rename = {"request_id": "nr", "requested_at": "at"} | more.pop("rename", {})
    return LogMapping.model_validate({"rename": rename, "constant": FIXED, "agencies": agencies} | more)


def times(place: World, at: Any, mapping: LogMapping) -> list[datetime | None]:
    place.deliver_table("a.parquet", pa.table({"nr": [f"r{n}" for n in range(len(at))], "at": at}))
    place.ingest(mapping)
    return [r["requested_at"] for r in place.log()] if place.lake.log(WEEK).exists() else []


@pytest.mark.parametrize(
    "zone", [{}, {"time": {"requested_at": {"from_zone": "America/New_York"}}}], ids=["none", "said"]
)
def test_text_with_an_offset_is_that_instant(tmp_path: Path, zone: dict[str, Any]) -> None:
    texts = [
        "2026-11-10T00:15:00.123Z", "2026-11-10T09:15:00.123+09:00", "2026-11-10 09:15:00.123+0900", "2026-11-10 00:15:00.123 UTC",
        "2026-11-09T19:15:00.123-05", "2026-11-10T00:15:00.123000999Z", "\u30002026-11-10T00:15:00.123Z ",
    ]  # fmt: skip
    assert times(World(tmp_path), pa.array(texts), mapped(**zone)) == [MORNING] * len(texts)


def test_text_without_one_is_of_the_zone_that_is_said(tmp_path: Path) -> None:
    texts = pa.array(["2026-11-10", "2026-11-10 09:15:00.123"])
    assert times(World(tmp_path / "a"), texts, mapped()) == [datetime(2026, 11, 10), MORNING]
    in_utc = mapped(time={"requested_at": {"from_zone": "UTC"}})
    assert times(World(tmp_path / "b"), texts, in_utc)[0] == datetime(2026, 11, 10, 9)


@pytest.mark.parametrize(
    ("unit", "at"),
    [
        ("milliseconds", pa.array([SECONDS * 1000 + 123])), ("microseconds", pa.array([SECONDS * 10**6 + 123000])),
        ("seconds", pa.array([SECONDS + 0.123])), ("milliseconds", pa.array([SECONDS * 1000 + 123.0])),
        ("milliseconds", pa.array([str(SECONDS * 1000 + 123)])),
    ],
)  # fmt: skip
def test_epochs_are_read_in_the_unit_that_is_said(tmp_path: Path, unit: str, at: pa.Array) -> None:
    (found,) = times(World(tmp_path), at, mapped(time={"requested_at": {"epoch": unit}}))
    assert found is not None
    assert abs((found - MORNING).total_seconds()) < 1e-5


def test_epochs_beyond_the_type_are_rows_set_aside(tmp_path: Path) -> None:
    place = World(tmp_path)
    assert len(times(place, pa.array([2**62, SECONDS]), mapped(time={"requested_at": {"epoch": "seconds"}}))) == 1
    assert len(place.aside()) == 1


@pytest.mark.parametrize("time", [{}, {"from_zone": "UTC"}])
def test_integers_of_an_unknown_unit_are_refused(tmp_path: Path, time: dict[str, str]) -> None:
    place = World(tmp_path)
    place.deliver_table("a.parquet", pa.table({"nr": ["r"], "at": [SECONDS]}))
    (line,) = place.ingest(mapped(time={"requested_at": time} if time else {})).refused
    assert "column at: int64 cannot become requested_at" in line
    assert "epoch" in line


def test_int96_is_refused_unless_a_mapping_says_what_it_is(tmp_path: Path) -> None:
    place = world(tmp_path)
    file = place.path("a.parquet")
    pq.write_table(pa.Table.from_pylist([row(1)]), file, use_deprecated_int96_timestamps=True, store_schema=False)
    (line,) = place.ingest().refused
    assert line.startswith("linkage_log/a.parquet: column requested_at is INT96")
    assert "from_zone" in line
    same = {name: name for name in row(1)}
    assert len(place.ingest(LogMapping.model_validate({"rename": same})).refused) == 1
    zone = {"from_zone": "UTC"}
    said = LogMapping.model_validate({"rename": same, "time": {"requested_at": zone, "responded_at": zone}})
    assert place.ingest(said).refused == ()
    assert place.log()[0]["requested_at"] == datetime(2026, 11, 10, 18, 30, 1)


def test_nanoseconds_are_cut_off(tmp_path: Path) -> None:
    last = datetime(2026, 11, 15, 23, 59, 59, 999999)
    nanoseconds = pa.array([int((last - datetime(1970, 1, 1)).total_seconds()) * 10**9 + 999_999_999], pa.int64())
    for folder, mapping in (
        ("contract", None),
        ("mapped", LogMapping.model_validate({"rename": {n: n for n in row(1)}})),
    ):
        place = world(tmp_path / folder)
        table = pa.Table.from_pylist([row(1, responded_at=None)])
        table = table.set_column(1, "requested_at", nanoseconds.cast(pa.timestamp("ns")))
        place.deliver_table("a.parquet", table.set_column(2, "responded_at", pa.nulls(1, pa.timestamp("us"))))
        assert place.ingest(mapping).rows_loaded == 1
        assert place.log()[0]["requested_at"] == last


@pytest.mark.parametrize("values", [[1001.0, None], [1001.0, float("nan")], [Decimal("1001.00"), None]])
def test_whole_numbers_that_lost_a_null_are_codes_again(tmp_path: Path, values: list[Any]) -> None:
    place = World(tmp_path)
    mapping = mapped(rename={"requester_user": "officer"})
    at = pa.array([MORNING] * 2, pa.timestamp("us"))
    place.deliver_table("a.parquet", pa.table({"nr": ["a", "b"], "at": at, "officer": pa.array([1001, 1002])}))
    place.deliver_table("b.parquet", pa.table({"nr": ["c", "d"], "at": at, "officer": pa.array(values)}))
    assert place.ingest(mapping).refused == ()
    assert [r["requester_user"] for r in place.log()] == ["1001", "1002", "1001", None]


def test_fractions_are_no_codes(tmp_path: Path) -> None:
    place = World(tmp_path)
    mapping = mapped(rename={"requester_user": "officer"})
    at = pa.array([MORNING] * 2, pa.timestamp("us"))
    place.deliver_table("a.parquet", pa.table({"nr": ["a", "b"], "at": at, "officer": [1001.0, 2.5]}))
    (line,) = place.ingest(mapping).refused
    assert "column officer holds 1 number(s) with a fraction" in line


def test_numbers_are_no_codes_in_a_contract_file(tmp_path: Path) -> None:
    place = world(tmp_path)
    place.deliver("a.parquet", row(1, requester_user=1001))
    assert "column requester_user: expected VARCHAR, found int64" in place.ingest().refused[0]


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.large_string()),
    ],
)
def test_strings_of_every_kind_are_strings(tmp_path: Path, kind: pa.DataType) -> None:
    place = world(tmp_path)
    place.deliver("a.parquet", row(1), kinds={"request_id": kind})
    assert place.ingest().rows_loaded == 1


@pytest.mark.parametrize(
    "part",
    [
        "values: {result: {true: provided}}",
        "constant: {requester_agency: 011002}",
        "constant: {channel: yes}",
        "prefix: {item_code: 1}",
    ],
)
def test_what_yaml_makes_of_bare_words_is_explained(tmp_path: Path, part: str) -> None:
    file = tmp_path / "mapping.yaml"
    sources = {name: name for name in row(1)}
    if "requester_agency" in part:
        del sources["requester_agency"]
    file.write_text(yaml.safe_dump({"rename": sources}) + part + "\n")
    with pytest.raises(BadParametersError, match="in quotes"):
        LogMapping.read(file)
