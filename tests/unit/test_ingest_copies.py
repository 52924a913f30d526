"""The three copies of a record become one request, in whatever order they come, and their differences are kept."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.unit.delivery import WEEK, Row, World, row, rows_of, world

CORE = row(1, items_returned=None)
REQUESTER = row(1, record_copy="requester", requester_user="u1", items_returned=2, responded_at=None)
PROVIDER = row(1, record_copy="provider", items_returned=3, responded_at=datetime(2026, 11, 10, 9, 31, 2))
COPIES: dict[str, Row] = {"core": CORE, "requester": REQUESTER, "provider": PROVIDER}


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def differences(place: World) -> list[tuple[str, str, str]]:
    found = rows_of(place.lake.facts("copy_differences", WEEK))
    return [(r["request_id"], r["copy"], r["difference"]) for r in found]


def test_copies_delivered_together_are_one_request(place: World) -> None:
    place.deliver("core.parquet", CORE)
    place.deliver("others.parquet", REQUESTER, PROVIDER)
    done = place.ingest()
    assert (done.rows_loaded, done.rows_conflicting) == (3, 0)
    (found,) = place.log()
    assert found["record_copies"] == "core+provider+requester"
    assert found["responded_at"] == CORE["responded_at"], "the core's word"
    assert (found["requester_user"], found["items_returned"]) == ("u1", 2), "what only others say; the requester first"
    assert differences(place) == [("R000001", "provider", "items_returned"), ("R000001", "provider", "responded_at")]


@pytest.mark.parametrize("order", list(itertools.permutations(COPIES)), ids="-".join)
def test_order_of_arrival_does_not_matter(place: World, tmp_path: Path, order: tuple[str, ...]) -> None:
    whole = world(tmp_path / "together")
    whole.deliver("all.parquet", *COPIES.values())
    whole.ingest()
    for name in order:
        place.deliver(f"{name}.parquet", COPIES[name])
        done = place.ingest()
        assert (done.rows_loaded, done.rows_conflicting) == (1, 0)
    expected = [r | {"delivery_id": None} for r in whole.log()]
    assert [r | {"delivery_id": None} for r in place.log()] == expected
    assert differences(place) == differences(whole)


def test_later_copy_again_is_a_duplicate_and_with_other_content_a_conflict(place: World) -> None:
    place.deliver("a.parquet", *COPIES.values())
    place.ingest()
    place.deliver("again.parquet", PROVIDER)
    assert place.ingest().rows_duplicate == 1
    place.deliver("other.parquet", PROVIDER | {"items_returned": 9})
    assert place.ingest().rows_conflicting == 1
    assert place.log()[0]["items_returned"] == 2


def test_core_may_move_a_request_to_its_own_week(place: World) -> None:
    sunday, monday = datetime(2026, 11, 8, 23, 59, 59), datetime(2026, 11, 9)
    late: dict[str, Any] = {"responded_at": None}
    place.deliver(
        "a.parquet", row(1, record_copy="provider", requested_at=sunday, **late), row(2, requested_at=sunday, **late)
    )
    place.ingest()
    place.deliver("b.parquet", row(1, requested_at=monday, **late))
    assert [str(week) for week in place.ingest().weeks] == ["2026-W45", "2026-W46"]
    assert [r["request_id"] for r in place.log(WEEK.shift(-1))] == ["R000002"]
    assert place.log()[0]["record_copies"] == "core+provider"
    assert ("R000001", "provider", "requested_at") in differences(place)


def test_missing_copies_count_where_the_agency_delivers_that_kind(place: World) -> None:
    other = {"requester_agency": "132021", "provider_agency": "132012"}
    place.deliver("core.parquet", row(1), row(2), row(3, **other))
    place.deliver("requester.parquet", row(1, record_copy="requester"), row(4, record_copy="requester"))
    place.ingest()
    assert differences(place) == [("R000002", "requester", "missing_requester"), ("R000004", "core", "missing_core")]


def test_core_alone_has_no_differences(place: World) -> None:
    place.deliver("core.parquet", row(1), row(2))
    place.ingest()
    assert differences(place) == []
    assert not list(place.lake.root.glob("copies/**/*.parquet"))


REQUEST, ANSWER = datetime(2026, 11, 10, 10, 0, 5), datetime(2026, 11, 10, 10, 0, 3)
PENDING = row(1, record_copy="requester", requested_at=REQUEST, responded_at=None, result="pending")


@pytest.mark.parametrize("apart", [False, True], ids=["together", "one by one"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_beats_pending_and_is_never_before_its_request(place: World, apart: bool, turned: bool) -> None:
    answered = row(1, record_copy="provider", requested_at=datetime(2026, 11, 10, 10, 0, 1), responded_at=ANSWER)
    for number, copy in enumerate([answered, PENDING] if turned else [PENDING, answered]):
        place.deliver(f"{number}.parquet", copy)
        if apart:
            place.ingest()
    place.ingest()
    (found,) = place.log()
    assert (found["result"], found["requested_at"], found["responded_at"]) == ("provided", REQUEST, REQUEST)
    assert ("R000001", "provider", "responded_at") in differences(place)


def test_result_and_time_come_from_one_copy(place: World) -> None:
    place.deliver("core.parquet", CORE | {"result": "no_record", "responded_at": None})
    place.deliver("others.parquet", REQUESTER | {"result": "pending"}, PROVIDER)
    place.ingest()
    (found,) = place.log()
    assert (found["result"], found["responded_at"]) == ("provided", PROVIDER["responded_at"])


@pytest.mark.parametrize("batch_rows", [1, 100])
def test_clocks_ten_minutes_apart_are_no_copies_of_one_request(place: World, batch_rows: int) -> None:
    early = row(
        1, record_copy="provider", requested_at=datetime(2026, 11, 10, 9), responded_at=datetime(2026, 11, 10, 9, 1)
    )
    late = row(1, record_copy="requester", requested_at=datetime(2026, 11, 10, 9, 11), responded_at=None)
    place.deliver("a.parquet", early)
    place.deliver("b.parquet", late, row(2))
    done = place.ingest(batch_rows=batch_rows)
    assert (done.rows_loaded, done.rows_quarantined) == (2, 1)
    assert place.log()[0]["record_copies"] == "provider"
    assert [r["reason"] for r in place.aside()] == list(done.quarantined_by_reason)
    place.deliver(
        "core.parquet", row(1, requested_at=datetime(2026, 11, 10, 9), responded_at=datetime(2026, 11, 10, 9, 2))
    )
    assert place.ingest().rows_loaded == 1
    assert place.log()[0]["record_copies"] == "core+provider"
    place.deliver("c.parquet", late | {"case_ref": "x"})
    assert (place.ingest().rows_quarantined, place.log()[0]["record_copies"]) == (1, "core+provider")
