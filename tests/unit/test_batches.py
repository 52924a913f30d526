"""A run of files is strange at an hour at which the agency never ran any, and only where it has hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.batch_off_hours import batch_off_hours

WEEK = Week.parse("2026-W46")
NIGHTLY = [("A", "w3", 5), ("B", "w4", 5), *[("C", f"w{hour}", 1) for hour in range(8, 20)]]
"""Agency, hour and runs a week: two with timetables, one that runs files whenever somebody thinks of it."""


def runs(extra: tuple[tuple[str, str, int], ...] = ()) -> pa.Table:
    usual = [(back, *row) for back in range(9) for row in NIGHTLY]
    rows = [
        {"monday": WEEK.shift(-back).monday, "agency_code": agency, "slot": slot, "n_people": 100}
        for back, agency, slot, n in [*usual, *((0, *row) for row in extra)]
        for _ in range(n)
    ]
    return pa.Table.from_pylist(rows)


def values(*extra: tuple[str, str, int]) -> dict[str, float]:
    with DuckDBEngine() as engine:
        engine.given("recent_batch_run", runs(extra))
        found = batch_off_hours(engine, WEEK)
    return dict(zip(found.agency_code, found.value, strict=True))


def test_a_run_apart_from_the_timetable_stands_out() -> None:
    assert values(("A", "w15", 1))["A"] > 3.0
    assert values()["A"] < 0.5


def test_an_agency_that_runs_files_at_all_hours_does_not() -> None:
    assert values(("C", "w15", 1))["C"] < values(("A", "w15", 1))["A"] - 1.0


def test_an_agency_without_a_past_has_no_hours_yet() -> None:
    assert "D" not in values(("D", "w15", 3))


@pytest.mark.parametrize(("minutes", "expected"), [(30, 1), (31, 2)])
def test_a_pause_of_more_than_half_an_hour_begins_another_run(minutes: int, expected: int) -> None:
    at = datetime(2026, 11, 9, 3, 0)
    moments = [at, at + timedelta(seconds=5), at + timedelta(seconds=5, minutes=minutes)]
    requests = [
        {"request_id": f"R{n}", "requester_agency": "A", "requester_department": None, "affair_code": "JM1",
         "subject_key": f"s{n}", "requested_at": moment, "channel": "batch"}
        for n, moment in enumerate(moments)
    ]  # fmt: skip
    with DuckDBEngine() as engine:
        engine.given("request", pa.Table.from_pylist(requests))
        engine.given("calendar", pa.table({"date": [at.date()], "is_working_day": [True]}))
        found = engine.arrow(query("tables", "batch_run"), {"week_start": WEEK.start}).to_pylist()
    assert len(found) == expected
    assert (found[0]["slot"], found[0]["department"]) == ("w3", "")
    assert sum(run["n_people"] for run in found) == 3
