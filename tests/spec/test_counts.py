"""Golden tables of what requests of an agency are counted by; every declared count has some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from features.build import counted_sql
from features.catalogue import counts, query
from features.contract.columns import LINKAGE_LOG
from features.engines.duckdb import DuckDBEngine
from features.order import parameters_of
from tests.spec.golden import NINE, request, table

MONDAY = datetime(2026, 11, 9)
EVENING = MONDAY.replace(hour=20)
SUNDAY = MONDAY + timedelta(days=6, hours=10)
SEEN = [{"agency_code": "A", "weeks": 9.0}]
BOTH = {
    "earlier_agency_seen": ({"agency_code": pa.string(), "weeks": pa.float64()}),
    "earlier_agency_profile": ({"counted": pa.string(), "agency_code": pa.string(), "cell": pa.string()}),
}


@dataclass(frozen=True)
class Golden:
    """A count, requests, and the cells in which it puts them."""

    count: str
    says: str
    requests: list[dict[str, Any]]
    gives: set[tuple[str, str]]
    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def before(counted: str, cell: str) -> dict[str, str]:
    return {"counted": counted, "agency_code": "A", "cell": cell}


GOLDEN = [
    Golden("all", "every request", [request(1), request(2, channel="batch")], {("R1", "all"), ("R2", "all")}),
    Golden("procedure", "by procedure", [request(1, procedure_code="JT9")], {("R1", "JT9")}),
    Golden("item", "an item under its procedure", [request(1)], {("R1", "JT1/TM1")}),
    Golden("provider", "who is asked", [request(1, provider_agency="P7")], {("R1", "P7")}),
    Golden(
        "outcome", "what came back without data, by procedure and in all",
        [request(1), request(2, result="no_record")], {("R2", "no_record/JT1"), ("R2", "no_record")},
    ),
    Golden("outcome", "what is not answered yet is no answer of another kind", [request(1, result="pending")], set()),
    Golden(
        "off_hours", "in the evening and on days off",
        [request(1, requested_at=NINE), request(2, requested_at=EVENING), request(3, requested_at=SUNDAY)], {("R2", "off"), ("R3", "off")},
    ),
    Golden(
        "new_combination", "what the agency never asked for",
        [request(1), request(2, item_code="TM2"), request(3, provider_agency="P2")], {("R2", "item"), ("R3", "provider")},
        {"earlier_agency_seen": SEEN, "earlier_agency_profile": [before("item", "JT1/TM1"), before("provider", "P")]},
    ),
    Golden("new_combination", "nothing is new at an agency that nobody knows", [request(1)], set()),
    Golden(
        "busiest_hour", "the hour with most requests of a procedure, the earlier of two like ones",
        [request(1, requested_at=NINE), request(2, requested_at=EVENING), request(3, requested_at=EVENING), request(4, procedure_code="JT2")],
        {("R2", "JT1"), ("R3", "JT1"), ("R4", "JT2")},
    ),
    Golden(
        "most_providers", "one request to each provider in the hour that has most of them",
        [request(1, requested_at=NINE), request(2, requested_at=NINE), request(3, requested_at=EVENING),
         request(4, requested_at=EVENING, provider_agency="P2")],
        {("R3", "TM1"), ("R4", "TM1")},
    ),
    Golden(
        "day", "days of the week, the weekend as one", [request(1), request(2, requested_at=SUNDAY)], {("R1", "1"), ("R2", "6")},
    ),
    Golden(
        "hour", "on a working day or not", [request(1, requested_at=NINE), request(2, requested_at=SUNDAY)], {("R1", "w/9"), ("R2", "h/10")},
    ),
    Golden("channel", "nothing where it is unknown", [request(1), request(2, channel=None)], {("R1", "interactive")}),
    Golden("department", "nothing where it is unknown", [request(1), request(2, requester_department="D1")], {("R2", "D1")}),
]  # fmt: skip


@contextmanager
def opened(requests: list[dict[str, Any]], given: dict[str, list[dict[str, Any]]]) -> Iterator[DuckDBEngine]:
    """What counts read: the week's requests, the calendar, and what was before."""
    with DuckDBEngine() as engine:
        engine.given("request", table(LINKAGE_LOG, requests))
        days = [MONDAY.date() + timedelta(days=n) for n in range(7)]
        engine.given(
            "calendar",
            pa.table({"date": pa.array(days, pa.date32()), "is_working_day": [d.weekday() < 5 for d in days]}),
        )
        for name, kinds in BOTH.items():
            engine.given(name, pa.Table.from_pylist(given.get(name, []), schema=pa.schema(list(kinds.items()))))
        yield engine


def cells_of(golden: Golden) -> list[tuple[str, str]]:
    with opened(golden.requests, golden.given) as engine:
        sql = query("counts", golden.count)
        given = {"week_start": MONDAY}
        rows = engine.arrow(sql, {key: given[key] for key in parameters_of(sql)}).to_pylist()
    assert {row["agency_code"] for row in rows} <= {"A"}
    return [(row["request_id"], row["cell"]) for row in rows]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.count}: {g.says}")
def test_golden(golden: Golden) -> None:
    found = cells_of(golden)
    assert len(found) == len(golden.gives)
    assert set(found) == golden.gives


def test_each_count_says_for_how_many_no_reason_is_on_record() -> None:
    requests = [request(1), request(2), request(3, procedure_code="JT9")]
    with opened(requests, {}) as engine:
        log = engine.arrow("SELECT * FROM request")
        engine.given("request", log.append_column("record_copies", pa.array(["core"] * len(requests))))
        engine.given("explained", pa.table({"request_id": ["R1"], "explained_by": ["open_case"]}))
        rows = engine.arrow(counted_sql(), {"week_start": MONDAY}).to_pylist()
    found = {row["cell"]: (row["n"], row["n_lacking"]) for row in rows if row["counted"] == "procedure"}
    assert found == {"JT1": (2, 1), "JT9": (1, 1)}


def test_copies_are_counted_as_the_log_has_them() -> None:
    with DuckDBEngine() as engine:
        engine.given(
            "request", pa.table({"request_id": ["R1"], "requester_agency": ["A"], "record_copies": ["core+provider"]})
        )
        assert engine.arrow(query("counts", "copy")).to_pylist() == [
            {"request_id": "R1", "agency_code": "A", "cell": "core+provider"}
        ]


def test_every_count_has_a_golden_table() -> None:
    assert {golden.count for golden in GOLDEN} | {"copy"} == {count.name for count in counts()}
    assert date(2026, 11, 9) == MONDAY.date()
