"""Golden tables of requests for which no official is named: how rare they are at their agency, and which make a sitting."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp, log
from typing import Any

import pyarrow as pa
import pytest

from features.catalogue import query
from features.contract.columns import LINKAGE_LOG
from features.engines.duckdb import DuckDBEngine
from features.order import parameters_of
from tests.spec.golden import NINE, request, table

Row = dict[str, Any]
GIVEN = {"week_start": datetime(2026, 11, 9), "tail_strength": 10.0}
CELL = [(n, pa.string()) for n in ("counted", "agency_code", "cell")]
SCHEMAS = {
    "agency_count": pa.schema([*CELL, ("n", pa.int64())]),
    "earlier_agency_profile": pa.schema([*CELL, ("n", pa.float64())]),
    "agency_now": pa.schema([("agency_code", pa.string()), ("kind", pa.string())]),
    "unnamed_cell": pa.schema([*CELL, ("nats", pa.float64())]),
    "unnamed_trait": pa.schema([("request_id", pa.string()), *CELL, ("nats", pa.float64())]),
    "calendar": pa.schema([("date", pa.date32()), ("is_working_day", pa.bool_())]),
}
DAYS = [{"date": NINE.date() + timedelta(days=n), "is_working_day": n < 5} for n in range(7)]


def gives(name: str, requests: list[Row] | None = None, **given: list[Row]) -> list[Row]:
    with DuckDBEngine() as engine:
        engine.given("request", table(LINKAGE_LOG, requests or []))
        for other, schema in SCHEMAS.items():
            engine.given(
                other, pa.Table.from_pylist(given.get(other, DAYS if other == "calendar" else []), schema=schema)
            )
        sql = query("tables", name)
        return engine.arrow(sql, {key: GIVEN[key] for key in parameters_of(sql)}).to_pylist()


def counted(counted: str, cell: str, n: float, agency: str = "A") -> Row:
    return {"counted": counted, "agency_code": agency, "cell": cell, "n": n}


def said(number: int, nats: float, what: str = "item", cell: str = "JT1/TM1") -> Row:
    return {"request_id": f"R{number}", "agency_code": "A", "counted": what, "cell": cell, "nats": nats}


def test_what_an_agency_asked_before_is_usual_there_and_what_it_begins_is_not() -> None:
    before = [counted("all", "all", 90.0), counted("item", "JT1/TM1", 90.0)]
    now = [counted("all", "all", 10), counted("item", "JT9/TM9", 10)]
    found = {r["cell"]: r["nats"] for r in gives("unnamed_cell", agency_count=now, earlier_agency_profile=before)}
    share = 10.0 * (10.0 * (10 + 0.5) / 101) / 10.0 / 100.0
    assert found["JT9/TM9"] == pytest.approx(-log(share))
    assert found["JT1/TM1"] < 0.2


def test_what_others_of_the_kind_begin_this_week_is_less_rare() -> None:
    before = [counted("all", "all", 90.0), counted("item", "JT1/TM1", 90.0)]
    now = [counted("all", "all", 10), counted("item", "JT9/TM9", 10)]
    others = [counted("all", "all", 50, "B"), counted("item", "JT9/TM9", 50, "B")]
    alone, together = (
        next(r["nats"] for r in gives("unnamed_cell", agency_count=rows, earlier_agency_profile=before)
             if r["agency_code"] == "A" and r["cell"] == "JT9/TM9")
        for rows in (now, [*now, *others])
    )  # fmt: skip
    assert together < alone - 1.0


def test_the_first_use_of_one_of_many_that_others_have_is_no_wonder() -> None:
    before = [counted("all", "all", 90.0), counted("item", "JT1/TM1", 90.0)]
    now = [counted("all", "all", 2), counted("item", "JT9/TM9", 2)]
    others = [counted("all", "all", 50.0, "B"), *(counted("item", f"JT{n}/TM1", 1.0, "B") for n in range(20, 70))]
    alone, one_of_many = (
        next(r["nats"] for r in gives("unnamed_cell", agency_count=now, earlier_agency_profile=rows)
             if r["agency_code"] == "A" and r["cell"] == "JT9/TM9")
        for rows in (before, [*before, *others])
    )  # fmt: skip
    assert one_of_many < min(alone, 3.0)


def test_a_result_is_one_among_the_answers_of_its_procedure() -> None:
    before = [
        counted("all", "all", 1000.0),
        counted("procedure", "JT1", 10.0),
        counted("outcome", "no_record/JT1", 10.0),
    ]
    (found,) = (r for r in gives("unnamed_cell", earlier_agency_profile=before) if r["counted"] == "outcome")
    assert exp(-found["nats"]) > 0.9


def test_traits_are_of_requests_without_an_official_that_are_no_file() -> None:
    cells = [{"counted": c, "agency_code": "A", "cell": v, "nats": 1.0} for c, v in
             (("item", "JT1/TM1"), ("provider", "P"), ("hour", "w/9"), ("outcome", "no_record/JT1"))]  # fmt: skip
    requests = [
        request(0, requester_user=None, channel=None, result="no_record"),
        request(1),
        request(2, requester_user=None, channel="batch"),
    ]
    found = gives("unnamed_trait", requests, unnamed_cell=cells)
    assert {(r["request_id"], r["counted"], r["cell"]) for r in found} == {
        ("R0", c["counted"], c["cell"]) for c in cells
    }


def test_a_request_is_as_rare_as_the_sum_of_what_is_said_of_it() -> None:
    (found,) = gives("unnamed_request", unnamed_trait=[said(1, 4.0), said(1, 2.0, "hour", "w/9")])
    assert found["level"] == pytest.approx(6.0 - log(1 + 6 + 18 + 36))


def test_three_requests_with_something_rare_in_common_and_no_pause_are_a_sitting() -> None:
    minutes = (0, 10, 25, 41, 45)
    requests = [
        request(n, requested_at=NINE + timedelta(minutes=m), subject_key=f"s{n % 2}") for n, m in enumerate(minutes)
    ]
    rare = [said(n, 4.0) for n in range(5)] + [said(0, 3.0, "hour", "w/9"), said(1, 2.0, "hour", "w/9")]
    (found,) = gives("unnamed_sitting", requests, unnamed_trait=rare)
    assert (found["counted"], found["n_requests"], found["n_people"], found["n_items"]) == ("item", 3, 2, 1)
    assert (found["first_at"], found["last_at"]) == (NINE, NINE + timedelta(minutes=25))
    assert (found["item"], found["hour"]) == pytest.approx((4.0, 5 / 3))
    assert not gives("unnamed_sitting", requests, unnamed_trait=[said(n, 2.9) for n in range(5)])
