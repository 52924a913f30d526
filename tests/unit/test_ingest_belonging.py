"""A lake holds one kind of log; another is refused with the advice to use a lake of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import World, agency, ids, row, rows_of, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.deliver("a.parquet", row(1))
    made.ingest()
    return made


def test_files_without_a_known_agency(place: World) -> None:
    place.deliver("other.parquet", row(2, requester_agency="X1", provider_agency="X2"))
    place.deliver("new.parquet", row(3, requester_agency="X5"), row(4, requester_agency="X6", provider_agency="X7"))
    for loaded in (2, 0):
        done = place.ingest()
        assert done.rows_loaded == loaded
        (line,) = done.refused
        assert line.startswith("linkage_log/other.parquet: has no agency in common")
        assert "--lake" in line
    assert ids(place.log()) == ["R000001", "R000003", "R000004"]


def test_agencies_that_the_log_alone_knows_are_known(tmp_path: Path) -> None:
    place, unlisted = world(tmp_path), {"requester_agency": "X1", "provider_agency": "X2"}
    place.deliver("a.parquet", row(1, **unlisted))
    place.ingest()
    place.deliver("b.parquet", row(2, **unlisted))
    assert place.ingest().rows_loaded == 1
    place.refer("agencies", agency("X1"))
    assert place.ingest().refused == ()


def test_a_delivery_of_another_world_changes_nothing(place: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    other.refer("agencies", agency("X1"), agency("X2"))
    other.deliver("a.parquet", row(5, requester_agency="X1", provider_agency="X2"))
    assert [line.split(":")[0] for line in place.ingest(data=other.data).refused] == [
        "reference/agencies.parquet", "linkage_log/a.parquet",
    ]  # fmt: skip
    assert {r["agency_code"] for r in rows_of(place.lake.reference("agencies"))} == {"132012", "132021"}


def test_another_mapping(place: World) -> None:
    place.deliver("foreign.parquet", row(2) | {"nr": "R2"})
    names = {name: name for name in row(1)}
    other = LogMapping.model_validate({"rename": names | {"request_id": "nr"}})
    assert "another mapping" in place.ingest(other).refused[0]
    same = LogMapping.model_validate({"rename": names})
    assert place.ingest(same).rows_loaded == 1, "a mapping that only says how times are meant is for the same log"
