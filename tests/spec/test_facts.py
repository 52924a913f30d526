"""Golden tables for facts whose text alone does not show what they give: small inputs, counted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import log
from typing import Any

import pyarrow as pa
import pytest

from features.build import sql
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Scalar
from models.unexplained import EDGES
from tests.spec.golden import NINE

Row = dict[str, Any]
MONDAY = date(2026, 11, 9)
TABLES = {
    "contact": "agency_code department subject_key case_ref explained_by",
    "look_up": "agency_code case_ref subject_key",
    "look_up_visit": "visit_no agency_code case_ref",
    "cases": "agency_code case_ref affair_code subject_key opened closed",
    "delivered_case": "agency_code case_ref affair_code subject_key opened closed",
    "request": "request_id requester_agency subject_key case_ref",
    "visit": "visit_no agency_code department requester_user subject_key day n_unexplained",
    "earlier_visit": "agency_code requester_user subject_key day n_unexplained",
    "official": "official_no agency_code department requester_user",
    "agency_now": "agency_code kind",
    "tally": "official_no dimension agency_code department requester_user value n",
    "earlier_habit": "dimension agency_code department requester_user value n",
    "earlier_custom": "dimension agency_code department value n",
    "surprise": "official_no dimension value surprise",
    "rule_hits": "week rule_id request_id agency_code requester_user detail_ja detail_en excusable",
    "explained": "request_id explained_by",
    "strangeness_histogram": "agency_code track bin n",
    "earlier_strangeness_histogram": "agency_code track bin n",
    "mark_level": "visit_no aspect level",
    "step": "step least",
}
KINDS = {
    **dict.fromkeys(("visit_no", "official_no", "n_unexplained", "step"), pa.int64()),
    **dict.fromkeys(("n", "surprise", "bin", "level", "least"), pa.float64()),
    **dict.fromkeys(("day", "opened", "closed"), pa.date32()),
    "excusable": pa.bool_(),
}


@dataclass(frozen=True)
class Golden:
    """A fact, the tables that it reads, and what it gives of them: the named columns, in any order of rows."""

    fact: str
    says: str
    given: dict[str, list[Row]]
    gives: set[tuple[Any, ...]]
    columns: tuple[str, ...]
    parameters: dict[str, Scalar] = field(default_factory=dict)


def facts_of(golden: Golden) -> list[tuple[Any, ...]]:
    """What the fact's query gives; a table that is not given is empty."""
    with DuckDBEngine() as engine:
        for name, columns in TABLES.items():
            schema = pa.schema([(column, KINDS.get(column, pa.string())) for column in columns.split()])
            engine.given(name, pa.Table.from_pylist(golden.given.get(name, []), schema=schema))
        found = engine.arrow(sql(golden.fact), golden.parameters).to_pylist()
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
             "day": MONDAY, "n_unexplained": 1}  # fmt: skip
    return usual | values


def case(**values: Any) -> Row:
    usual = {"agency_code": "A", "case_ref": "C1", "affair_code": "JM1", "subject_key": "s1", "opened": MONDAY}
    return usual | values


def official(name: str = "u1", number: int = 1, agency: str = "A", department: str = "D1") -> Row:
    return {"official_no": number, "agency_code": agency, "department": department, "requester_user": name}


def did(value: str, n: int, who: Row | None = None) -> Row:
    """So many visits of the week with a procedure."""
    return {"dimension": "procedure", "value": value, "n": n} | (who or official())


def day(after: int) -> date:
    return MONDAY + timedelta(days=after)


def here_and_there(**there: Any) -> dict[str, list[Row]]:
    """The officials u1 at A and u9 at B, who does JT1 once and JT2 thrice; `there` changes what is known of B."""
    other = official("u9", 9, "B", "D9")
    return {
        "agency_now": [{"agency_code": "A", "kind": "city"}, {"agency_code": "B", "kind": "city"} | there],
        "official": [official(), other], "tally": [did("JT2", 1), did("JT1", 1, other), did("JT2", 3, other)],
    }  # fmt: skip


def past(**before: float) -> dict[str, list[Row]]:
    """Earlier visits of u1, by procedure, which are his department's as well."""
    rows = [{"dimension": "procedure", "agency_code": "A", "department": "D1", "requester_user": "u1",
             "value": value, "n": 1000.0 * n} for value, n in before.items()]  # fmt: skip
    return {
        "earlier_habit": rows,
        "earlier_custom": [{k: v for k, v in r.items() if k != "requester_user"} for r in rows],
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


def surprise(value: str, nats: float, dimension: str = "procedure", who: int = 1) -> Row:
    return {"official_no": who, "dimension": dimension, "value": value, "surprise": nats}


STEPS = [{"step": n, "least": 1.5 * n} for n in range(6)]
STRENGTH_2: dict[str, Scalar] = {"strength": 2.0}
STRENGTH_10: dict[str, Scalar] = {"tail_strength": 10.0}
PEOPLE = ("visit_no", "n_people")
BRIEF = ("visit_no", "brief")
PLACE = ("visit_no", "place")
DAYS = ("visit_no", "earlier_days")
SURPRISE = ("value", "surprise")
GIVEN = ("official_no", "dimension", "value", "surprise")
SHARE = ("agency_code", "track", "bin", "p")
COUNT = ("aspect", "step", "n")
UNDER_C1 = [{"visit_no": 1, "agency_code": "A", "case_ref": "C1"}]

GOLDEN = [
    Golden(
        "company", "the people under one case, those of earlier weeks too, each once",
        {"look_up_visit": UNDER_C1, "look_up": [look_up("s1"), look_up("s1"), look_up("s2")],
         "contact": [contact("s2"), contact("s3"), contact("s4", case_ref="C2"), contact("s5", agency_code="B")]},
        {(1, 3)}, PEOPLE,
    ),
    Golden(
        "company", "of several cases the one with most people",
        {"look_up_visit": [*UNDER_C1, {"visit_no": 1, "agency_code": "A", "case_ref": "C2"}],
         "look_up": [look_up("s1"), look_up("s1", case_ref="C2"), look_up("s2", case_ref="C2")]},
        {(1, 2)}, PEOPLE,
    ),
    Golden(
        "company", "a case of the same name at another agency is another",
        {"look_up_visit": UNDER_C1, "look_up": [look_up("s1"), look_up("s2", agency_code="B"), look_up("s3", agency_code="B")]},
        {(1, 1)}, PEOPLE,
    ),
    Golden(
        "company", "nothing is said where no case is named, nor of a look-up at nobody",
        {"look_up_visit": [{"visit_no": 1, "agency_code": "A"}, {"visit_no": 2, "agency_code": "A", "case_ref": "C1"}],
         "look_up": [look_up("s1", case_ref=None), look_up(None)]},
        set(), PEOPLE,
    ),
    Golden("pretext", "closed on the day it was opened", {"look_up_visit": UNDER_C1, "cases": [case(closed=MONDAY)]}, {(1, 1)}, BRIEF),
    Golden("pretext", "or on the next", {"look_up_visit": UNDER_C1, "cases": [case(closed=day(1))]}, {(1, 1)}, BRIEF),
    Golden("pretext", "two days are a case", {"look_up_visit": UNDER_C1, "cases": [case(closed=day(2))]}, {(1, 0)}, BRIEF),
    Golden("pretext", "and so is an open one", {"look_up_visit": UNDER_C1, "cases": [case()]}, {(1, 0)}, BRIEF),
    Golden(
        "pretext", "one brief case among those of a visit is enough",
        {"look_up_visit": [*UNDER_C1, {"visit_no": 1, "agency_code": "A", "case_ref": "C2"}],
         "cases": [case(), case(case_ref="C2", closed=MONDAY)]},
        {(1, 1)}, BRIEF,
    ),
    Golden(
        "pretext", "nothing is said of a reference that this agency's register does not list",
        {"look_up_visit": UNDER_C1, "cases": [case(agency_code="B", closed=MONDAY)]}, set(), BRIEF,
    ),
    Golden("standing", "the department dealt with the person", {"visit": [visit(1)], "contact": [contact()]}, {(1, 1)}, PLACE),
    Golden(
        "standing", "another department did", {"visit": [visit(1)], "contact": [contact(department="D2")]}, {(1, 2)}, PLACE,
    ),
    Golden(
        "standing", "its own department goes before others",
        {"visit": [visit(1)], "contact": [contact(department="D2"), contact(department="D1")]}, {(1, 1)}, PLACE,
    ),
    Golden(
        "standing", "a log without departments has one", {"visit": [visit(1, department="")], "contact": [contact(department=None)]},
        {(1, 1)}, PLACE,
    ),
    Golden(
        "standing", "to have looked without a reason before makes nobody known",
        {"visit": [visit(1), visit(2)], "contact": [contact(explained_by=None)]}, set(), PLACE,
    ),
    Golden(
        "standing", "a colleague's visit of this week with a reason does",
        {"visit": [visit(1), visit(2, requester_user="u2", n_unexplained=0)]}, {(1, 1)}, PLACE,
    ),
    Golden(
        "standing", "a case of any affair, whenever, makes known elsewhere",
        {"visit": [visit(1)], "cases": [case(affair_code="JM9", closed=MONDAY - timedelta(days=900))]}, {(1, 2)}, PLACE,
    ),
    Golden(
        "standing", "another agency's contacts and cases, and those of others, say nothing",
        {"visit": [visit(1)], "contact": [contact(agency_code="B"), contact("s2")],
         "cases": [case(agency_code="B"), case(subject_key="s2"), case(subject_key=None)]},
        set(), PLACE,
    ),
    Golden(
        "acquaintance", "earlier days count once each, of earlier weeks and of this one; today and later days do not",
        {"visit": [visit(1), visit(2, day=day(-1)), visit(3, day=day(1))],
         "earlier_visit": [visit(0, day=day(-7)), visit(0, day=day(-7))]},
        {(2, 1), (1, 2), (3, 3)}, DAYS,
    ),
    Golden(
        "acquaintance", "a visit with a reason is no coming back",
        {"visit": [visit(1, n_unexplained=0)], "earlier_visit": [visit(0, day=day(-7))]}, set(), DAYS,
    ),
    Golden(
        "acquaintance", "of the same official, agency and person, and without a reason",
        {"visit": [visit(1), visit(2, n_unexplained=0)],
         "earlier_visit": [visit(0, day=day(-7), **other) for other in (
             {"requester_user": "u2"}, {"agency_code": "B"}, {"subject_key": "s2"}, {"n_unexplained": 0})]},
        set(), DAYS,
    ),
    Golden(
        "surprise", "what an official does this very week does not make it usual of him",
        {"official": [official()], "tally": [did("JT1", 9), did("JT2", 1)]},
        {("JT1", log(2)), ("JT2", log(2))}, SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise", "his earlier weeks do: (8 + 2 · 1/2) of 10 visits; the agency counts his past too: (8 + 1) of 10",
        {"official": [official()], "tally": [did("JT1", 1), did("JT2", 1)], **past(JT1=8.0)},
        {("JT1", -log((8 + 2 * 0.9) / 10)), ("JT2", -log(2 * 0.1 / 10))}, SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise", "what a colleague begins this week surprises less: agency (3 + 1) of 6, department (3 + 2 · 2/3) of 6",
        {"official": [official(), official("u2", 2)],
         "tally": [did("JT2", 1), did("JT2", 3, official("u2", 2)), did("JT1", 1, official("u2", 2))]},
        {("JT2", -log(13 / 18)), ("JT2", -log((1 + 2 * (1 + 2 * 0.5) / 3) / 3)), ("JT1", -log((0 + 2 * (0 + 2 * 0.5) / 3) / 3))},
        SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise", "another agency of the kind counts in the nation (3.5 of 5) and in the kind (3 + 2 · 0.7 of 6)",
        here_and_there(), {("JT2", -log(4.4 / 6)), ("JT1", -log(0.5 / 2 * 2 / 3)), ("JT2", -log((1 + 2 * 0.75) / 3))},
        SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise", "one of another kind in the nation alone",
        here_and_there(kind="pension"), {("JT2", -log(0.7)), ("JT1", -log(0.25)), ("JT2", -log(0.75))}, SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise", "a name is an official of his own in each department",
        {"official": [official(department="D2")], "tally": [did("JT1", 1, official(department="D2")), did("JT2", 1, official(department="D2"))],
         "earlier_habit": past(JT1=8.0)["earlier_habit"]},
        {("JT1", log(2)), ("JT2", log(2))}, SURPRISE, STRENGTH_2,
    ),
    Golden(
        "surprise_given", "an item, a period and a breadth are read given their procedure; nothing else is",
        {"surprise": [surprise("JT1", 2.0), surprise("JT2", 1.0), surprise("JT1/TM1", 5.0, "item"), surprise("JT2/TM1", 5.0, "item"),
                      surprise("JT1/121+", 2.5, "period"), surprise("JT1/9+", 1.5, "breadth"), surprise("w9", 0.5, "clock")]},
        {(1, "procedure", "JT1", 2.0), (1, "procedure", "JT2", 1.0), (1, "item", "JT1/TM1", 3.0), (1, "item", "JT2/TM1", 4.0),
         (1, "period", "JT1/121+", 0.5), (1, "breadth", "JT1/9+", -0.5), (1, "clock", "w9", 0.5)},
        GIVEN,
    ),
    Golden(
        "surprise_given", "the procedure of another official is his",
        {"surprise": [surprise("JT1", 2.0, who=2), surprise("JT1/TM1", 5.0, "item")]},
        {(2, "procedure", "JT1", 2.0), (1, "item", "JT1/TM1", 5.0)}, GIVEN,
    ),
    Golden(
        "rule_hit_kept", "a reason excuses where the rule can be excused, and only there",
        {"rule_hits": [hit(1, True), hit(2, True), hit(3, False), hit(4, False)],
         "explained": [{"request_id": f"R{n}", "explained_by": "open_case"} for n in (1, 3)]},
        {("R1", False), ("R2", True), ("R3", True), ("R4", True)}, ("request_id", "weighs"),
    ),
    Golden(
        "cases", "those that a request names, and those of people whom a request concerns, at the agency that asks",
        {"request": [{"requester_agency": "A", "case_ref": "C1", "subject_key": "s1"}],
         "delivered_case": [case(subject_key="s9"), case(case_ref="C2"), case(case_ref="C3", subject_key="s3"),
                            case(case_ref="C4", agency_code="B"), case(agency_code="B", subject_key="s9")]},
        {("A", "C1"), ("A", "C2")}, ("agency_code", "case_ref"),
    ),
    Golden(
        "cases", "once, however many requests are about it",
        {"request": [{"requester_agency": "A", "case_ref": "C1", "subject_key": "s1"}] * 3, "delivered_case": [case()]},
        {("A", "C1")}, ("agency_code", "case_ref"),
    ),
    Golden(
        "strangeness_tail", "2 of 8 visits are so strange here, 2 of 20 anywhere: (2 + 10 · 0.1) of 18; without a reason 1 and 1",
        {"strangeness_histogram": [strange("all", 0, 6), strange("all", 4, 2), strange("unexplained", 4, 1),
                                   strange("all", 0, 12, "B")]},
        {("A", "all", 0.0, 1.0), ("A", "all", 4.0, 3 / 18), ("A", "unexplained", 4.0, 1.5 / 18), ("B", "all", 0.0, 1.0)},
        SHARE, STRENGTH_10,
    ),
    Golden(
        "strangeness_tail", "the weeks before count as this one does, and what is stranger counts as at least so strange",
        {"strangeness_histogram": [strange("all", 0, 5), strange("all", 2, 1)],
         "earlier_strangeness_histogram": [strange("all", 0, 3), strange("all", 9, 1)]},
        {("A", "all", 0.0, 1.0), ("A", "all", 2.0, (2 + 10 * 0.2) / 20), ("A", "all", 9.0, (1 + 10 * 0.1) / 20)},
        SHARE, STRENGTH_10,
    ),
    Golden(
        "exceedance", "a visit counts at each level that it reaches, from one in twenty on",
        {"visit": [visit(1), visit(2), visit(3)], "step": STEPS,
         "mark_level": [{"visit_no": n, "aspect": "clock", "level": level} for n, level in ((1, 6.0), (2, 3.0), (3, 2.9))]},
        {("clock", 2, 2), ("clock", 3, 1), ("clock", 4, 1)}, COUNT, {"week_start": NINE},
    ),
    Golden(
        "exceedance", "without a reason also those that are common, all of them at level 0",
        {"visit": [visit(1), visit(2)], "step": STEPS,
         "mark_level": [{"visit_no": 1, "aspect": "unexplained", "level": 0.0}, {"visit_no": 2, "aspect": "unexplained", "level": 1.6},
                        {"visit_no": 1, "aspect": "period", "level": None}]},
        {("unexplained", 0, 2), ("unexplained", 1, 1)}, COUNT, {"week_start": NINE},
    ),
    Golden(
        "exceedance", "officials are counted apart",
        {"visit": [visit(1), visit(2, requester_user="u2"), visit(3, department="D2")], "step": STEPS,
         "mark_level": [{"visit_no": n, "aspect": "visit", "level": 3.0} for n in (1, 2, 3)]},
        {("D1", "u1", 1), ("D1", "u2", 1), ("D2", "u1", 1)}, ("department", "requester_user", "n"), {"week_start": NINE},
    ),
]  # fmt: skip


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.fact}: {g.says}")
def test_golden(golden: Golden) -> None:
    found = [rounded(row) for row in facts_of(golden)]
    assert len(found) == len(golden.gives)
    assert set(found) == {rounded(row) for row in golden.gives}


def rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(value, 9) if isinstance(value, float) else value for value in row)


def test_the_scan_reads_the_levels_at_which_visits_are_counted() -> None:
    with DuckDBEngine() as engine:
        steps = engine.arrow(sql("step")).to_pydict()
    assert steps == {"step": list(range(len(EDGES))), "least": EDGES.tolist()}
