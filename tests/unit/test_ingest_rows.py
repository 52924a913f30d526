"""What becomes of single rows: set aside, kept as unknown, loaded once, quarantined as a contradiction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.errors import IntegrityError
from pipelines.ingest.ledger import DELIVERIES, ROWS, Entry, Ledger, read_ledger
from tests.unit.delivery import World, ids, row, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"provider_agency": None}, "provider_agency is null or unusable"),
        ({"request_id": " "}, "request_id is null or unusable"),
        ({"requested_at": None}, "requested_at is null or unusable"),
        ({"result": None}, "result is null or unusable"),
        ({"affair_code": "X1"}, "affair_code does not begin with JM"),
        ({"requester_agency": "1" * 17}, "requester_agency is longer than 16 characters"),
        ({"requested_at": datetime(2014, 12, 31, 23, 59, 59)}, "requested_at outside 2015 to tomorrow"),
        ({"requested_at": datetime(2026, 11, 26), "responded_at": None}, "requested_at outside 2015 to tomorrow"),
        ({"responded_at": datetime(2026, 11, 10, 9, 30, 0)}, "responded_at before requested_at"),
        ({"responded_at": datetime(2026, 12, 1)}, "responded_at after tomorrow"),
    ],
)
def test_impossible_row_is_set_aside_with_the_reason(place: World, other: dict[str, Any], reason: str) -> None:
    place.deliver("a.parquet", row(1), row(2) | other, row(3))
    done = place.ingest()
    assert (done.rows_loaded, done.rows_quarantined) == (2, 1)
    assert done.quarantined_by_reason == {reason: 1}
    (aside,) = place.aside()
    assert (aside["reason"], aside["row_number"]) == (reason, 2)
    assert ids(place.log()) == ["R000001", "R000003"]


def test_edges_of_time_belong_to_the_log(place: World) -> None:
    moments = (datetime(2015, 1, 1), datetime(2026, 11, 25, 23, 59, 59))
    place.deliver("a.parquet", *(row(n, requested_at=m, responded_at=m) for n, m in enumerate(moments)))
    assert place.ingest().rows_loaded == 2


def test_week_begins_on_monday(place: World) -> None:
    moments = (datetime(2026, 11, 8, 23, 59, 59, 999999), datetime(2026, 11, 9))
    place.deliver("a.parquet", *(row(n, requested_at=m, responded_at=None) for n, m in enumerate(moments)))
    assert [str(week) for week in place.ingest().weeks] == ["2026-W45", "2026-W46"]
    assert ids(place.log()) == ["R000001"]


def test_unknown_values_are_kept_as_unknown_and_counted(place: World) -> None:
    place.deliver(
        "a.parquet", row(1, result="perhaps", channel="telepathy", response_mode="x", record_copy="y"),
        row(2, result="Provided", channel=None, response_mode=None, record_copy=None),
    )  # fmt: skip
    done = place.ingest()
    assert done.unknown_values == {"result": 2, "channel": 1, "response_mode": 1, "record_copy": 1}
    first, second = place.log()
    assert (first["result"], first["channel"], first["record_copies"]) == ("unknown", "unknown", "core")
    assert (second["result"], second["channel"]) == ("unknown", None)
    assert read_ledger(place.lake)[0].unknown_values == 5


def test_same_request_in_two_files_is_loaded_once(place: World) -> None:
    place.deliver("a.parquet", row(1), row(2), row(2))
    place.deliver("b.parquet", row(2), row(3))
    done = place.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (3, 2, 0)
    assert ids(place.log()) == ["R000001", "R000002", "R000003"]


def test_same_request_in_a_later_delivery_is_loaded_once(place: World) -> None:
    place.deliver("a.parquet", row(1, result="perhaps"))
    place.ingest()
    place.deliver("b.parquet", row(1, result="perhaps"), row(2))
    done = place.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (1, 1, 0)


@pytest.mark.parametrize("later", [False, True], ids=["together", "later"])
def test_other_content_is_quarantined_and_both_files_are_named(place: World, later: bool) -> None:
    place.deliver("a.parquet", row(1))
    if later:
        place.ingest()
    place.deliver("b.parquet", row(1, item_code="TM99"), row(2))
    done = place.ingest()
    assert done.rows_conflicting == 1
    assert done.quarantined_by_reason == {"request_id again with other content": 1}
    (aside,) = place.aside()
    assert aside["reason"] == (
        "request_id comes again with other content: first in linkage_log/a.parquet, again in linkage_log/b.parquet"
    )
    assert [r["item_code"] for r in place.log()] == ["TM01", "TM01"]


def test_other_content_may_be_of_another_week(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    place.deliver("b.parquet", row(1, requested_at=datetime(2026, 11, 3), responded_at=None))
    done = place.ingest()
    assert (done.rows_loaded, done.rows_conflicting, done.weeks) == (0, 1, ())


def test_lost_hashes_of_request_ids_are_made_anew(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    for file in place.lake.root.glob("ids/**/*.parquet"):
        file.unlink()
    place.deliver("b.parquet", row(1))
    assert place.ingest().rows_duplicate == 1


def test_ledger_counts_add_up(place: World) -> None:
    place.deliver("a.parquet", row(1), row(1), row(1, item_code="TM2"), row(2, result=None), row(3, result="?"))
    place.ingest()
    (entry,) = read_ledger(place.lake)
    assert (entry.rows, entry.loaded, entry.duplicate, entry.conflicting, entry.quarantined) == (5, 2, 1, 1, 1)


def test_many_files_of_one_row_each(place: World) -> None:
    for number in range(60):
        place.deliver(f"{number}.parquet", row(number))
    assert place.ingest().rows_loaded == 60


def test_agency_that_the_table_lacks_is_kept(place: World) -> None:
    place.deliver("a.parquet", row(1, requester_agency="999999"))
    assert place.ingest().rows_loaded == 1


def test_null_typed_columns_are_absent(place: World) -> None:
    table = pa.Table.from_pylist([row(1)]).append_column("channel", pa.nulls(1))
    place.deliver_table("a.parquet", table)
    place.ingest()
    assert place.log()[0]["channel"] is None


def test_an_entry_whose_rows_are_unaccounted_for_is_not_entered() -> None:
    empty = Ledger(DELIVERIES.empty_table(), ROWS.empty_table())
    sound = Entry("a", "", "i", "s", "loaded", rows=3, loaded=1, duplicate=1, quarantined=1)
    assert len(empty.joined_by([sound], []).entries()) == 1
    for wrong in (replace(sound, rows=4), replace(sound, loaded=2), replace(sound, status="refused")):
        with pytest.raises(IntegrityError, match=r"unaccounted for.*: a$"):
            empty.joined_by([wrong], [])
