"""Reference tables: types, later deliveries, what is told of them, and the calendar."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.contract.holidays import by_law, holidays
from features.contract.reference import REFERENCE
from features.errors import FileRefusedError
from pipelines.lake import DELIVERED_TABLES
from pipelines.steps import inputs
from tests.unit.delivery import World, agency, row, rows_of, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def test_all_are_there_with_the_columns_of_the_contract(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    for table in DELIVERED_TABLES:
        assert pq.read_schema(place.lake.reference(table)).names == [c.name for c in REFERENCE[table]]
    assert pq.read_schema(place.lake.reference("accounts")).field("absent_from").type == pa.date32()


def test_names_of_codes_are_taken_trimmed_and_no_facts_depend_on_them(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.refer(
        "codes", {"kind": "item", "code": " TM1 ", "name": "地方税関係情報"}, {"kind": "law", "code": "x", "name": ""}
    )
    done = place.ingest()
    assert not done.refused
    assert [(r["kind"], r["code"], r["name"]) for r in rows_of(place.lake.reference("codes"))] == [
        ("item", "TM1", "地方税関係情報")
    ]
    before = inputs.reference(place.lake)
    place.refer("codes", {"kind": "item", "code": "TM1", "name": "税"})
    place.ingest()
    assert inputs.reference(place.lake) == before
    assert rows_of(place.lake.reference("codes"))[0]["name"] == "税"


def test_later_table_replaces_the_earlier_and_stays_when_none_comes(place: World) -> None:
    place.refer("cases", {"case_ref": "c1", "agency_code": "132012"})
    place.ingest()
    (place.data / "reference" / "cases.parquet").unlink()
    place.ingest()
    assert [r["case_ref"] for r in rows_of(place.lake.reference("cases"))] == ["c1"]
    place.refer("cases", {"case_ref": "c2", "agency_code": "132012"})
    place.ingest()
    assert [r["case_ref"] for r in rows_of(place.lake.reference("cases"))] == ["c2"]


def test_unusable_table_is_refused_with_all_faults_and_the_rest_loaded(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.refer("campaigns", {"campaign_id": 5, "affair_code": "JM01", "starts": "monday"})
    done = place.ingest()
    assert done.rows_loaded == 1
    assert [line.removeprefix("reference/campaigns.parquet: ") for line in done.refused] == [
        "column campaign_id: expected VARCHAR, found int64", "column starts: expected DATE, found string",
        "column ends is missing, expected DATE",
    ]  # fmt: skip
    assert place.ingest().refused == done.refused, "as long as it lies there"
    assert rows_of(place.lake.reference("campaigns")) == []


def test_unusable_agencies_stop_the_first_ingest_and_no_later_one(place: World) -> None:
    good = (place.data / "reference" / "agencies.parquet").read_bytes()
    (place.data / "reference" / "agencies.parquet").write_text("no parquet")
    with pytest.raises(FileRefusedError, match="no readable Parquet"):
        place.ingest()
    (place.data / "reference" / "agencies.parquet").write_bytes(good)
    place.ingest()
    (place.data / "reference" / "agencies.parquet").write_text("no parquet")
    assert len(place.ingest().refused) == 1
    assert len(rows_of(place.lake.reference("agencies"))) == 2


def test_wrong_check_digits_unknown_kinds_and_lost_rows_are_told(place: World) -> None:
    place.refer(
        "agencies", agency("132012", municipality_code="132013"), agency("132021", kind="castle"),
        agency("132039", municipality_code=None) | {"agency_code": None},
    )  # fmt: skip
    assert place.ingest().notes == (
        "reference/agencies.parquet: 1 row(s) without agency_code were left out",
        "reference/agencies.parquet: kind is unknown in 1 row(s): 2",
        "reference/agencies.parquet: municipality_code has a wrong check digit in 1 row(s): 1",
    )
    assert [r["kind"] for r in rows_of(place.lake.reference("agencies"))] == ["city", "unknown"]


def test_rows_that_do_not_say_since_when_are_taken_and_told(place: World) -> None:
    place.refer("agencies", agency("132012"), agency("132021", valid_from=None))
    posting = {"agency_code": "132012", "valid_from": date(2026, 4, 1), "absent_from": None}
    place.refer(
        "accounts", posting | {"requester_user": "u1"}, posting | {"requester_user": "u2", "valid_from": None},
        posting | {"requester_user": "u3", "valid_from": None, "absent_from": date(2026, 4, 1)},
    )  # fmt: skip
    assert place.ingest().notes == tuple(
        f"reference/{table}.parquet: valid_from is not given in 1 row(s), taken as valid since ever: 2"
        for table in ("agencies", "accounts")
    )


class TestCalendar:
    """`reference/calendar.parquet` in the lake."""

    def days(self, place: World) -> dict[date, bool]:
        return {r["date"]: r["is_working_day"] for r in rows_of(place.lake.reference("calendar"))}

    def test_every_day_of_the_years_is_there(self, place: World) -> None:
        place.deliver("a.parquet", row(1))
        place.ingest()
        days = self.days(place)
        assert (min(days), max(days)) == (date(2026, 1, 1), date(2027, 12, 31))
        assert len(days) == 730
        closed = [date(2026, 1, 2), date(2026, 12, 29), date(2026, 11, 3), date(2026, 11, 14), date(2026, 5, 6)]
        assert not any(days[day] for day in closed)
        assert days[date(2026, 11, 4)]
        assert days[date(2026, 12, 28)]

    def test_delivered_days_stand_and_outlive_a_new_year(self, place: World) -> None:
        place.refer(
            "calendar", {"date": date(2026, 11, 4), "is_working_day": False, "holiday_name": None, "note": "創立記念日"}
        )
        place.deliver("a.parquet", row(1))
        place.ingest()
        assert not self.days(place)[date(2026, 11, 4)]
        (place.data / "reference" / "calendar.parquet").unlink()
        place.deliver("b.parquet", row(2, requested_at=datetime(2025, 3, 3), responded_at=None))
        place.ingest()
        days = self.days(place)
        assert min(days) == date(2025, 1, 1)
        assert not days[date(2026, 11, 4)]


@pytest.mark.parametrize("year", range(2022, 2028))
def test_rules_give_what_was_announced(year: int) -> None:
    assert by_law(year) == holidays(year)


def test_years_that_were_not_announced_follow_the_law() -> None:
    found = holidays(2032)
    assert found[date(2032, 9, 21)] == "休日", "between 敬老の日 and 秋分の日"
    assert found[date(2032, 2, 11)] == "建国記念の日"
    assert holidays(2029)[date(2029, 2, 12)] == "休日", "made up for a Sunday"
