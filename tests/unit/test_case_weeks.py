"""The weeks behind a case: what was expected of each, what others did, and the picture of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from models.cases.weeks import LEAST_PEERS, REQUESTS, SCHEMA, VISITS, of_agencies, of_officials, weeks_table
from models.statistics.unexplained import PAST
from reports.case_weeks import WeekOfCase, weeks_chart
from reports.vega import SEAL

MONDAY = date(2026, 9, 7)


def official(user: str, department: str, without: list[int], visits: int = 20) -> list[dict[str, object]]:
    """Weeks of an official with so many visits without a reason each."""
    return [
        {"agency_code": "A", "requester_user": user, "monday": MONDAY + timedelta(weeks=n), "department": department,
         "visits": float(visits), "days": 5.0, **dict.fromkeys(PAST, 0.0), "past_0": float(count)}
        for n, count in enumerate(without)
    ]  # fmt: skip


def weeks_of(*officials: list[dict[str, object]]) -> pd.DataFrame:
    return of_officials(pd.DataFrame([row for rows in officials for row in rows]))


def test_a_week_is_expected_from_the_weeks_before_it_alone() -> None:
    others = [official(f"u{n}", "D", [1, 1, 1, 1]) for n in range(6)]
    calm = weeks_of(official("x", "D", [1, 1, 1, 1]), *others).loc["A/x"]
    wild = weeks_of(official("x", "D", [1, 1, 1, 15]), *others).loc["A/x"]
    assert wild.expected.iloc[:3].tolist() == calm.expected.iloc[:3].tolist()
    assert calm.actual.iloc[3] <= calm.high.iloc[3]
    assert wild.actual.iloc[3] > wild.high.iloc[3]
    assert wild.expected.iloc[3] < 3.0


def test_peers_are_the_others_of_the_department_and_never_few_or_oneself() -> None:
    department = [official(f"u{n}", "D", [n]) for n in range(LEAST_PEERS)]
    found = weeks_of(official("x", "D", [100]), *department, official("far", "E", [7]))
    assert (found.loc["A/x"].peers, found.loc["A/x"].n_peers) == (2.0, LEAST_PEERS)
    assert found.loc["A/far"].n_peers == LEAST_PEERS + 1, "where a department is small, the agency's"
    assert weeks_of(official("x", "D", [3]), *department[1:]).peers.isna().all()


def test_an_agency_is_expected_to_do_what_its_earlier_weeks_did() -> None:
    weeks = pd.DataFrame({"agency_code": "A", "monday": [MONDAY + timedelta(weeks=n) for n in range(6)],
                          "n_requests": [100.0, 110.0, 90.0, 100.0, 105.0, 10.0]})  # fmt: skip
    found = of_agencies(weeks)
    assert found.expected.isna().tolist() == [True] * 3 + [False] * 3
    assert found.expected.iloc[-1] == 100.0
    assert found.actual.iloc[-1] < found.low.iloc[-1]


def test_the_table_has_a_row_a_week_and_none_about_persons() -> None:
    exceedance = [
        {"agency_code": "A", "requester_user": "x", "monday": MONDAY, "attribute": "unexplained", "step": 0, "n": 4}
    ]
    worked = [{"agency_code": agency, "requester_user": "x", "monday": MONDAY + timedelta(weeks=n), "department": "D",
               "n_visits": 10, "n_days": 5} for agency in "AB" for n in range(2)]  # fmt: skip
    of_agency = [{"agency_code": "A", "monday": MONDAY, "n_requests": 7, "n_interactive": 7, "n_unanswered": 0}]
    cases = [{"week": "2026-W38", "case_id": entity, "agency_code": "A", "entity": entity, "entity_id": entity_id}
             for entity, entity_id in (("user", "A/x"), ("agency", "A"), ("subject", "A/s"))]  # fmt: skip
    with DuckDBEngine() as engine:
        for name, rows in (
            ("recent_exceedance", exceedance),
            ("recent_user_week", worked),
            ("recent_agency_week", of_agency),
        ):
            engine.given(name, pa.Table.from_pylist(rows))
        engine.given("agency_now", pa.table({"agency_code": ["A"], "kind": ["town"]}))
        engine.given("agencies", pa.table({"agency_code": ["A"], "valid_to": pa.array([None], pa.date32())}))
        found = weeks_table(engine, pa.Table.from_pylist(cases))
    assert found.schema == SCHEMA
    told = [(row["case_id"], row["counted"], row["actual"]) for row in found.to_pylist()]
    assert told == [("user", VISITS, 4.0), ("user", VISITS, 0.0), ("agency", REQUESTS, 7.0)]


def week(number: int, actual: float, high: float | None = 3.0) -> WeekOfCase:
    return WeekOfCase(MONDAY + timedelta(weeks=number), VISITS, actual, 1.0, 0.0, high, None)


def test_picture_is_of_one_scale_and_marks_weeks_beyond_their_band() -> None:
    chart = weeks_chart([week(0, 1.0), week(1, 2.0), week(3, 8.0), week(4, 9.0, None)])
    assert chart is not None
    assert chart.beyond == 1
    drawn = re.findall(r'<path d="M([\d.]+),[\d.]+h[\d.]+v([\d.]+)h-[\d.]+Z" fill="(#\w+)" stroke', chart.picture)
    assert [fill for *_, fill in drawn] == ["#ffffff", "#ffffff", SEAL, "#ffffff"]
    assert float(drawn[2][1]) == pytest.approx(4 * float(drawn[1][1]), abs=0.2)
    gaps = [float(after[0]) - float(bar[0]) for bar, after in pairwise(drawn)]
    assert gaps[1] == pytest.approx(2 * gaps[0], abs=0.2), "a week without work stays open"
    assert chart.picture.count('stroke-dasharray="3,2"') == 4
    assert not chart.with_peers


def test_one_week_is_no_course() -> None:
    assert weeks_chart([week(0, 1.0)]) is None


def test_a_week_without_any_request_of_an_agency_is_drawn_as_none() -> None:
    silent = [{"agency_code": "A", "monday": MONDAY + timedelta(weeks=n), "n_requests": 100} for n in range(5)]
    others = [{"agency_code": "B", "monday": MONDAY + timedelta(weeks=n), "n_requests": 50} for n in range(2, 6)]
    found = of_agencies(pd.DataFrame([*silent, *others]))
    last = found.loc["A"].iloc[-1]
    assert (last.monday, last.actual, last.expected) == (MONDAY + timedelta(weeks=5), 0, 100.0)
    assert last.actual < last.low
    assert len(found.loc["B"]) == 4, "before its first week an agency is not silent"
