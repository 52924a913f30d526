"""What comes again: files, requests across weeks and batches, further copies of a record, reference tables."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.lake import REFERENCE_TABLES
from pipelines.mapping import LogMapping
from tests.unit.landing import MOMENT, NEXT_WEEK, WEEK, Landing, agencies, request, rows_of

LATER = MOMENT + timedelta(weeks=1)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landing = Landing(tmp_path)
    landing.reference("agencies", agencies("132012", "132021"))
    return landing


def log_bytes(landing: Landing) -> dict[str, bytes]:
    """The logs and ids of a lake."""
    return {name: content for name, (content, _) in landing.contents().items() if name.startswith(("log/", "ids/"))}


def test_second_run_changes_no_byte_and_no_time(landing: Landing) -> None:
    landing.deliver("a.parquet", request("R1"), request("R2"), request("BAD", result=None))
    landing.deliver("b.parquet", request("R2"), request("R3"))
    landing.place("torn.parquet").write_bytes(b"PAR1")
    shutil.copyfile(landing.place("a.parquet"), landing.place("c.parquet"))
    landing.ingest()
    before = landing.contents()
    again = landing.ingest()
    assert (again.files, again.known, again.rows_loaded) == (4, 4, 0)
    assert landing.contents() == before


@pytest.mark.parametrize("same", [True, False], ids=["same content", "other content"])
def test_request_id_of_an_earlier_week_is_met_in_a_later_delivery(landing: Landing, same: bool) -> None:
    landing.deliver("first.parquet", request("R1"))
    landing.ingest()
    moment = MOMENT if same else LATER
    landing.deliver("second.parquet", request("R1", requested_at=moment, responded_at=moment),
                    request("R2", requested_at=LATER, responded_at=LATER))  # fmt: skip
    done = landing.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (1, int(same), int(not same))
    assert (landing.ids(WEEK), landing.ids(NEXT_WEEK)) == (["R1"], ["R2"])
    if not same:
        [row] = landing.aside()
        assert all(f"linkage_log/{name}.parquet" in row["reason"] for name in ("first", "second"))


def test_repeats_do_not_touch_the_log(landing: Landing) -> None:
    landing.deliver("first.parquet", request("R1"))
    landing.ingest()
    time = landing.lake.log(WEEK).stat().st_mtime_ns
    landing.deliver("second.parquet", request("R1"), request("R2", requested_at=LATER, responded_at=LATER))
    assert landing.ingest().weeks == (NEXT_WEEK,)
    assert landing.lake.log(WEEK).stat().st_mtime_ns == time


def test_batches_leave_what_one_batch_leaves(tmp_path: Path) -> None:
    lakes = []
    for rows in (1, 8_000_000):
        landing = Landing(tmp_path / str(rows))
        landing.reference("agencies", agencies("132012"))
        for n, moment in enumerate((MOMENT, LATER, MOMENT, LATER)):
            shared = [request(f"S{k}", requested_at=moment, responded_at=moment) for k in range(n, n + 3)]
            landing.deliver(f"{n}.parquet", *shared)
        landing.ingest(batch_rows=rows)
        lakes.append((landing.contents(), Counter(row["reason"] for row in landing.aside())))
    one, other = lakes
    assert {name: content for name, (content, _) in one[0].items()} == {
        name: content for name, (content, _) in other[0].items()
    }
    assert one[1] == other[1]


def test_log_is_sorted_and_names_its_delivery(landing: Landing) -> None:
    landing.deliver("a.parquet", request("R3", requester_user="u2"), request("R2", requester_user="u1"),
                    request("R1", requester_user="u1"), request("R0", requester_agency="111111"))  # fmt: skip
    landing.ingest()
    assert [row["request_id"] for row in landing.log()] == ["R0", "R1", "R2", "R3"]
    assert {row["delivery_id"] for row in landing.log()} == {landing.entry("a.parquet").sha256[:16]}


def test_week_begins_on_monday_at_midnight(landing: Landing) -> None:
    monday = NEXT_WEEK.start
    landing.deliver("edge.parquet", request("NEW", requested_at=monday, responded_at=None),
                    request("OLD", requested_at=monday - timedelta(microseconds=1), responded_at=None))  # fmt: skip
    landing.ingest()
    assert (landing.ids(WEEK), landing.ids(NEXT_WEEK)) == (["OLD"], ["NEW"])


def copy(request_id: str, whose: str, **other: object) -> dict[str, object]:
    """A copy of a record; those of the network and the provider know no official."""
    user = "u01" if whose == "requester" else None
    return request(request_id, record_copy=whose, requester_user=user) | other


@pytest.mark.parametrize("order", [("core", "requester", "provider"), ("provider", "requester", "core")])
@pytest.mark.parametrize("at_once", [True, False], ids=["in one run", "one after another"])
def test_copies_become_one_request(landing: Landing, order: tuple[str, ...], at_once: bool) -> None:
    items = {"core": "TM01", "requester": "TM01", "provider": "TM02"}
    for n, whose in enumerate(order):
        landing.deliver(f"{n}.parquet", copy("R1", whose, item_code=items[whose]))
        if not at_once:
            landing.ingest()
    landing.ingest()
    [row] = landing.log()
    assert (row["item_code"], row["requester_user"]) == ("TM01", "u01"), "the core's word, and what it lacks"
    assert row["record_copies"] == "core+provider+requester"
    found = rows_of(landing.lake.facts("copy_differences", WEEK))
    assert found == [{"request_id": "R1", "requester_agency": "132012", "copy": "provider", "difference": "item_code"}]


def test_copy_is_missing_only_where_its_agency_delivers_copies(landing: Landing) -> None:
    landing.deliver("core.parquet", copy("R1", "core"), copy("R2", "core"),
                    copy("R3", "core", requester_agency="139999"))  # fmt: skip
    landing.deliver("requester.parquet", copy("R1", "requester"))
    landing.ingest()
    found = {(row["request_id"], row["difference"]) for row in rows_of(landing.lake.facts("copy_differences", WEEK))}
    assert found == {("R2", "missing_requester")}


def test_copy_that_comes_again_is_a_duplicate(landing: Landing) -> None:
    landing.deliver("a.parquet", copy("R1", "core"))
    landing.deliver("b.parquet", copy("R1", "requester"))
    landing.ingest()
    landing.deliver("c.parquet", copy("R1", "requester"), copy("R1", "provider", result="error"))
    done = landing.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (1, 1, 0)
    assert len(landing.log()) == 1


def test_all_six_reference_tables_are_there_and_stay(landing: Landing) -> None:
    landing.deliver("a.parquet", request("R1"))
    days = pa.array([date(2026, 1, 1)], pa.date32())
    landing.reference(
        "campaigns", pa.table({"campaign_id": ["K"], "affair_code": ["JM01"], "starts": days, "ends": days})
    )
    landing.ingest()
    assert all(landing.lake.reference(name).exists() for name in REFERENCE_TABLES)
    before = landing.contents()
    (landing.data / "reference" / "campaigns.parquet").unlink()
    landing.ingest()
    assert landing.contents() == before
    assert [row["campaign_id"] for row in rows_of(landing.lake.reference("campaigns"))] == ["K"]


def test_calendar_covers_the_years_and_delivered_days_override(landing: Landing) -> None:
    landing.deliver("a.parquet", request("R1"))
    landing.reference("calendar", pa.table({
        "date": pa.array([date(2026, 11, 3)], pa.date32()), "is_working_day": [True], "note": ["開庁"],
    }))  # fmt: skip
    landing.ingest()
    days = {row["date"]: row for row in rows_of(landing.lake.reference("calendar"))}
    assert min(days) == date(2026, 1, 1)
    assert max(days) >= WEEK.monday + timedelta(days=365)
    assert len(days) == (max(days) - min(days)).days + 1
    assert days[date(2026, 11, 3)]["is_working_day"], "delivered, though it is a public holiday"
    closed = (date(2026, 11, 23), date(2026, 11, 21), date(2026, 12, 29), date(2027, 1, 3))
    assert not any(days[day]["is_working_day"] for day in closed)
    assert days[date(2026, 12, 28)]["is_working_day"]


def test_mapped_log_may_be_a_folder_of_files(tmp_path: Path) -> None:
    mapping = LogMapping.model_validate({
        "rename": {"request_id": "id", "requested_at": "at"},
        "constant": {"requester_agency": "A", "provider_agency": "B", "affair_code": "JM1", "procedure_code": "JT1",
                     "item_code": "TM1", "result": "provided"},
        "agencies": [{"agency_code": "A", "name": "A"}],
    })  # fmt: skip
    landing = Landing(tmp_path)
    (landing.data / "deep").mkdir(parents=True)
    for n in range(2):
        rows = pa.table({"id": [f"R{n}"], "at": pa.array([MOMENT], pa.timestamp("us"))})
        pq.write_table(rows, landing.data / "deep" / f"{n}.parquet")
    assert landing.ingest(mapping).rows_loaded == 2
    assert [row["agency_code"] for row in rows_of(landing.lake.reference("agencies"))] == ["A"]
