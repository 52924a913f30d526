"""Golden tables: a query, the tables that it reads, and what it gives of them, counted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from features.build import attribute_table
from features.catalogue import attributes, query
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Scalar

Row = dict[str, Any]
MONDAY = date(2026, 11, 9)
TABLES = {
    "earlier_contact": "agency_code department subject_key case_ref explained_by",
    "look_up": "request_id agency_code case_ref subject_key procedure_code requester_user requested_at",
    "look_up_visit": "request_id visit_no agency_code procedure_code item_code provider_agency case_ref months",
    "cases": "agency_code case_ref affair_code subject_key opened closed",
    "delivered_case": "agency_code case_ref affair_code subject_key opened closed",
    "request": "request_id requester_agency subject_key case_ref requester_department requester_user affair_code procedure_code item_code "
    "provider_agency result channel requested_at responded_at",
    "unanswered_request": "request_id",
    "earlier_person_item": "agency_code subject_key item_code provider_agency found at_screen",
    "person_item": "agency_code subject_key item_code provider_agency found at_screen",
    "repeated_answer": "monday request_id agency_code requester_user lost",
    "case_person": "agency_code case_ref subject_key first_at",
    "earlier_case_person": "agency_code case_ref subject_key first_at",
    "case_member": "agency_code case_ref procedure_code subject_key this_week joined in_register n_people",
    "case_trait": "agency_code case_ref apart in_turn",
    "batch_run": "monday agency_code department affair_code first_at last_at",
    "usual_provider": "agency_code item_code provider_agency surprisal",
    "run_person": "monday agency_code department affair_code first_at subject_key requester_user surprisal away far unknown stranger alone nothing at_screen",
    "visit": "visit_no agency_code department requester_user subject_key day n_unexplained lacking explained_by first_at requester_terminal "
    "n_requests n_withheld n_no_record items_returned",
    "calendar": "date is_working_day",
    "case_sequence": "visit_no request_id procedure_code requester_user procedure_before user_before",
    "earlier_case_step": "agency_code case_ref procedure_code requester_user at",
    "visit_attribute": "visit_no official_no attribute value",
    "provider_surprisal": "agency_code procedure_code provider_agency surprisal",
    "earlier_rated_visit": "agency_code department requester_user subject_key day n_unexplained",
    "official": "official_no agency_code department requester_user",
    "agency_now": "agency_code kind",
    "week_profile": "official_no attribute agency_code department requester_user value n",
    "earlier_user_profile": "attribute agency_code department requester_user value n slow",
    "earlier_department_profile": "attribute agency_code department value n",
    "surprisal": "official_no attribute value surprisal",
    "rule_hits": "week rule_id request_id agency_code requester_user detail_ja detail_en excusable exempt",
    "explained": "request_id explained_by",
    "strangeness_histogram": "agency_code track bin n",
    "earlier_strangeness_histogram": "agency_code track bin n",
    "attribute_level": "visit_no attribute level",
    "visit_level": "visit_no agency_code attribute level",
    "level_step": "step least",
}
KINDS = {
    **dict.fromkeys(
        (
            "visit_no",
            "official_no",
            "n_unexplained",
            "step",
            "months",
            "n_requests",
            "n_withheld",
            "n_no_record",
            "items_returned",
        ),
        pa.int64(),
    ),
    **dict.fromkeys(("n", "slow", "surprisal", "bin", "level", "least"), pa.float64()),
    **dict.fromkeys(("day", "opened", "closed", "date"), pa.date32()),
    **dict.fromkeys(
        ("excusable", "found", "lost", "this_week", "joined", "in_register", "apart", "in_turn"), pa.bool_()
    ),
    **dict.fromkeys(("away", "far", "unknown", "stranger", "alone", "nothing", "at_screen"), pa.bool_()),
    **dict.fromkeys(("n_people",), pa.int64()),
    "monday": pa.date32(),
    "is_working_day": pa.bool_(),
    **dict.fromkeys(("first_at", "last_at", "at", "requested_at", "responded_at"), pa.timestamp("us")),
}


@dataclass(frozen=True)
class Golden:
    """A query of a folder of `features`, the tables that it reads, and what it gives: the named columns, in any order."""

    name: str
    says: str
    given: dict[str, list[Row]]
    gives: set[tuple[Any, ...]]
    columns: tuple[str, ...]
    parameters: dict[str, Scalar] = field(default_factory=dict)


def rows_of(golden: Golden, folder: str = "tables") -> list[tuple[Any, ...]]:
    """What the query gives; a table that is not given is empty."""
    with DuckDBEngine() as engine:
        for name, columns in TABLES.items():
            schema = pa.schema([(column, KINDS.get(column, pa.string())) for column in columns.split()])
            engine.given(name, pa.Table.from_pylist(golden.given.get(name, []), schema=schema))
        engine.given("attribute", attribute_table(attributes()))
        found = engine.arrow(query(folder, golden.name), golden.parameters).to_pylist()
    return [tuple(row[column] for column in golden.columns) for row in found]


def contact(person: str = "s1", **values: Any) -> Row:
    """The department D1 of the agency A dealt with a person, with a reason."""
    usual = {
        "agency_code": "A",
        "department": "D1",
        "subject_key": person,
        "case_ref": "C1",
        "explained_by": "open_case",
    }
    return usual | values


def look_up(person: str | None = "s1", **values: Any) -> Row:
    """A look-up of the week under the case C1."""
    return {"agency_code": "A", "case_ref": "C1", "subject_key": person} | values


def visit(number: int, **values: Any) -> Row:
    """The official u1 of the department D1 looks at the person s1 on Monday, without a reason."""
    usual = {"visit_no": number, "agency_code": "A", "department": "D1", "requester_user": "u1", "subject_key": "s1",
             "day": MONDAY, "n_unexplained": 1, "lacking": "none", "n_requests": 1, "n_withheld": 0, "n_no_record": 0}  # fmt: skip
    return usual | values


def case(**values: Any) -> Row:
    usual = {"agency_code": "A", "case_ref": "C1", "affair_code": "JM1", "subject_key": "s1", "opened": MONDAY}
    return usual | values


def official(name: str = "u1", number: int = 1, agency: str = "A", department: str = "D1") -> Row:
    return {"official_no": number, "agency_code": agency, "department": department, "requester_user": name}


def did(value: str, n: int, who: Row | None = None) -> Row:
    """So many visits of the week with a procedure."""
    return {"attribute": "procedure", "value": value, "n": n} | (who or official())


def day(after: int) -> date:
    return MONDAY + timedelta(days=after)


def here_and_there(**there: Any) -> dict[str, list[Row]]:
    """The officials u1 at A and u9 at B, who does JT1 once and JT2 thrice; `there` changes what is known of B."""
    other = official("u9", 9, "B", "D9")
    return {
        "agency_now": [{"agency_code": "A", "kind": "city"}, {"agency_code": "B", "kind": "city"} | there],
        "official": [official(), other], "week_profile": [did("JT2", 1), did("JT1", 1, other), did("JT2", 3, other)],
    }  # fmt: skip


def past(**before: float) -> dict[str, list[Row]]:
    """Earlier visits of u1, by procedure, which are his department's as well."""
    rows = [{"attribute": "procedure", "agency_code": "A", "department": "D1", "requester_user": "u1",
             "value": value, "n": 1000.0 * n, "slow": 1000.0 * n} for value, n in before.items()]  # fmt: skip
    return {
        "earlier_user_profile": rows,
        "earlier_department_profile": [
            {k: v for k, v in r.items() if k not in {"requester_user", "slow"}} for r in rows
        ],
    }


def hit(number: int, excusable: bool) -> Row:
    return {
        "week": "2026-W46",
        "rule_id": "rule",
        "request_id": f"R{number}",
        "agency_code": "A",
        "excusable": excusable,
    }


def strange(track: str, quarter: int, n: int, agency: str = "A") -> Row:
    return {"agency_code": agency, "track": track, "bin": float(quarter), "n": n}


def surprisal(value: str, nats: float, attribute: str = "procedure", who: int = 1) -> Row:
    return {"official_no": who, "attribute": attribute, "value": value, "surprisal": nats}


STEPS = [{"step": n, "least": 1.5 * n} for n in range(6)]
STRENGTH_2: dict[str, Scalar] = {"strength": 2.0}
STRENGTH_10: dict[str, Scalar] = {"tail_strength": 10.0}
PEOPLE = ("visit_no", "n_people")
BRIEF = ("visit_no", "brief")
PLACE = ("visit_no", "place")
DAYS = ("visit_no", "earlier_days")
SURPRISAL = ("value", "surprisal")
GIVEN = ("official_no", "attribute", "value", "surprisal")
SHARE = ("agency_code", "track", "bin", "p")
COUNT = ("attribute", "step", "n")
UNDER_C1 = [{"visit_no": 1, "agency_code": "A", "case_ref": "C1"}]


def rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(value, 9) if isinstance(value, float) else value for value in row)
