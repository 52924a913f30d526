"""Golden tables of what can be said of a visit, one attribute after the other; every declared attribute has some."""

from __future__ import annotations

from datetime import timedelta
from math import log
from typing import Any

import pyarrow as pa
import pytest

from features.build import attribute_table, ordinary_values
from features.catalogue import attributes, query
from features.engines.duckdb import DuckDBEngine
from tests.spec.golden import NINE
from tests.spec.golden_tables import MONDAY, UNDER_C1, Golden, case, contact, day, look_up, rounded, rows_of, visit

VALUE = ("visit_no", "value")


def asked(
    visit_no: int, procedure: str = "JT1", item: str = "TM1", provider: str = "P1", months: int | None = None
) -> dict[str, Any]:
    """A look-up of a visit."""
    return {"visit_no": visit_no, "agency_code": "A", "procedure_code": procedure, "item_code": item,
            "provider_agency": provider, "months": months}  # fmt: skip


def step(visit_no: int, procedure: str, before: str | None, user_before: str | None = None) -> dict[str, Any]:
    """A look-up of u1 that names a case, with what was done before in it."""
    return {
        "visit_no": visit_no,
        "procedure_code": procedure,
        "requester_user": "u1",
        "procedure_before": before,
        "user_before": user_before,
    }


def worked(procedure: str, user: str | None, visits: float) -> dict[str, Any]:
    """So many visits so far with a procedure, of an official or of the department."""
    return {
        "attribute": "procedure",
        "agency_code": "A",
        "department": "D1",
        "requester_user": user,
        "value": procedure,
        "n": 1000 * visits,
    }


ASKED = [asked(1), asked(1), asked(1, item="TM2"), asked(1, "JT2"), asked(2)]
GOLDEN = [
    Golden(
        "previous_step", "each procedure with the one before it in the case, or that it is the first",
        {"case_sequence": [step(1, "JT2", "JT1"), step(1, "JT2", "JT1"), step(1, "JT3", "JT2"), step(2, "JT1", None)]},
        {(1, "JT2/JT1"), (1, "JT3/JT2"), (2, "JT1/first")}, VALUE,
    ),
    Golden(
        "previous_official", "whom the case was taken over from",
        {"case_sequence": [step(1, "JT2", "JT1", "u1"), step(2, "JT2", "JT1", "u7"), step(3, "JT1", None)]},
        {(1, "himself"), (2, "u7"), (3, "nobody")}, VALUE,
    ),
    Golden(
        "handler", "a procedure that others do here: 5 of his 105 visits by the agency's share of one half, where he did none",
        {"earlier_user_profile": [worked("JT1", "u1", 100.0), worked("JT2", "u2", 99.0)],
         "earlier_department_profile": [worked("JT1", None, 100.0), worked("JT2", None, 99.0)],
         "week_profile": [{"official_no": 1, "attribute": "procedure", "agency_code": "A", "requester_user": "u1", "value": "JT2", "n": 1.0}],
         "visit_attribute": [{"visit_no": 1, "official_no": 1, "attribute": "procedure", "value": "JT2"}]},
        {(1, log(105 / 5))}, ("visit_no", "surprisal"),
    ),
    Golden(
        "handler", "a newcomer is expected to do what the agency does",
        {"earlier_department_profile": [worked("JT1", None, 100.0), worked("JT2", None, 99.0)],
         "week_profile": [{"official_no": 1, "attribute": "procedure", "agency_code": "A", "requester_user": "u3", "value": "JT2", "n": 1.0}],
         "visit_attribute": [{"visit_no": 1, "official_no": 1, "attribute": "procedure", "value": "JT2"}]},
        {(1, 0.0)}, ("visit_no", "surprisal"),
    ),
    Golden(
        "subject_history", "himself goes before a colleague, and that before another department; the same day does not count",
        {"visit": [visit(1), visit(2, subject_key="s2"), visit(3, subject_key="s3"), visit(4, subject_key="s4"), visit(5, subject_key="s4", requester_user="u2")],
         "earlier_rated_visit": [visit(0, day=day(-7)), visit(0, day=day(-7), requester_user="u2"),
                                 visit(0, subject_key="s2", day=day(-7), requester_user="u2"),
                                 visit(0, subject_key="s3", day=day(-7), requester_user="u2", department="D2")]},
        {(1, "himself"), (2, "colleague"), (3, "elsewhere"), (4, "nobody"), (5, "nobody")}, VALUE,
    ),
    Golden("procedure", "each procedure of a visit once", {"look_up_visit": ASKED}, {(1, "JT1"), (1, "JT2"), (2, "JT1")}, VALUE),
    Golden("item", "each item under its procedure", {"look_up_visit": ASKED}, {(1, "JT1/TM1"), (1, "JT1/TM2"), (1, "JT2/TM1"), (2, "JT1/TM1")}, VALUE),
    Golden("breadth", "how many items under a procedure", {"look_up_visit": ASKED}, {(1, "JT1/2"), (1, "JT2/1"), (2, "JT1/1")}, VALUE),
    Golden(
        "breadth", "many items are told in steps",
        {"look_up_visit": [asked(n // 10, item=f"TM{n}") for n in [*range(10, 15), *range(20, 29)]]}, {(1, "JT1/5-8"), (2, "JT1/9+")}, VALUE,
    ),
    Golden(
        "depth", "under how many procedures and at how many providers, in steps",
        {"look_up_visit": [asked(1), asked(1, item="TM2"), *(asked(2, procedure=f"JT{n}", provider=f"P{n % 6}") for n in range(9))]},
        {(1, "1 at 1"), (2, "9+ at 5-8")}, VALUE,
    ),
    Golden(
        "period", "the longest period under a procedure; nothing where none is asked about",
        {"look_up_visit": [asked(1, months=1), asked(1, months=13), asked(2, months=None), asked(3, months=200)]},
        {(1, "JT1/13-24"), (3, "JT1/121+")}, VALUE,
    ),
    Golden(
        "provider", "the most surprising provider of a visit, as the agency's procedures have them",
        {"look_up_visit": [asked(1), asked(1, provider="P2")],
         "provider_surprisal": [{"agency_code": "A", "procedure_code": "JT1", "provider_agency": p, "surprisal": s} for p, s in (("P1", 0.5), ("P2", 3.0))]},
        {(1, 3.0)}, ("visit_no", "surprisal"),
    ),
    Golden(
        "clock", "the hour, on a working day or not",
        {"visit": [visit(1, first_at=NINE), visit(2, first_at=NINE, day=day(-1))],
         "calendar": [{"date": MONDAY, "is_working_day": True}, {"date": day(-1), "is_working_day": False}]},
        {(1, "w9"), (2, "h9")}, VALUE,
    ),
    Golden("terminal", "nothing where no terminal is named", {"visit": [visit(1, requester_terminal="T1"), visit(2)]}, {(1, "T1")}, VALUE),
    Golden(
        "outcome", "what is withheld goes before what is not found, and that before what is",
        {"visit": [visit(1, n_requests=3, n_withheld=1, n_no_record=2), visit(2, n_requests=2, n_no_record=2),
                   visit(3, n_requests=2, n_no_record=1), visit(4, n_requests=2)]},
        {(1, "withheld"), (2, "no_record"), (3, "partly"), (4, "provided")}, VALUE,
    ),
    Golden(
        "reason", "in what way a reason is lacking goes before the reason of another request",
        {"visit": [visit(1, lacking="mismatch", explained_by="open_case"), visit(2, lacking=None, explained_by="open_case")]},
        {(1, "mismatch"), (2, "open_case")}, VALUE,
    ),
    Golden(
        "reason", "a case of another affair that colleagues use too is an open case, and no new reason of the official",
        {"visit": [visit(1, lacking=None, explained_by="case_of_other_affair"), visit(2, explained_by="case_of_other_affair")]},
        {(1, "open_case"), (2, "none")}, VALUE,
    ),
    Golden(
        "amount", "in doubling steps; nothing where it is not recorded",
        {"visit": [visit(1, items_returned=0), visit(2, items_returned=3), visit(3, items_returned=1024), visit(4)]},
        {(1, "0"), (2, "2-3"), (3, "1024+")}, VALUE,
    ),
    Golden(
        "case_size", "the people under one case, those of earlier weeks too, each once",
        {"look_up_visit": UNDER_C1, "look_up": [look_up("s1"), look_up("s1"), look_up("s2")],
         "earlier_contact": [contact("s2"), contact("s3"), contact("s4", case_ref="C2"), contact("s5", agency_code="B")]},
        {(1, '3-4')}, VALUE,
    ),
    Golden(
        "case_size", "of several cases the one with most people",
        {"look_up_visit": [*UNDER_C1, {"visit_no": 1, "agency_code": "A", "case_ref": "C2"}],
         "look_up": [look_up("s1"), look_up("s1", case_ref="C2"), look_up("s2", case_ref="C2")]},
        {(1, '2')}, VALUE,
    ),
    Golden(
        "case_size", "a case of the same name at another agency is another",
        {"look_up_visit": UNDER_C1, "look_up": [look_up("s1"), look_up("s2", agency_code="B"), look_up("s3", agency_code="B")]},
        {(1, '1')}, VALUE,
    ),
    Golden(
        "case_size", "nothing is said where no case is named, nor of a look-up at nobody",
        {"look_up_visit": [{"visit_no": 1, "agency_code": "A"}, {"visit_no": 2, "agency_code": "A", "case_ref": "C1"}],
         "look_up": [look_up("s1", case_ref=None), look_up(None)]},
        set(), VALUE,
    ),
    Golden("short_lived_case", "closed on the day it was opened", {"look_up_visit": UNDER_C1, "cases": [case(closed=MONDAY)]}, {(1, 'brief')}, VALUE),
    Golden("short_lived_case", "or on the next", {"look_up_visit": UNDER_C1, "cases": [case(closed=day(1))]}, {(1, 'brief')}, VALUE),
    Golden("short_lived_case", "two days are a case", {"look_up_visit": UNDER_C1, "cases": [case(closed=day(2))]}, {(1, 'ordinary')}, VALUE),
    Golden("short_lived_case", "and so is an open one", {"look_up_visit": UNDER_C1, "cases": [case()]}, {(1, 'ordinary')}, VALUE),
    Golden(
        "short_lived_case", "one brief case among those of a visit is enough",
        {"look_up_visit": [*UNDER_C1, {"visit_no": 1, "agency_code": "A", "case_ref": "C2"}],
         "cases": [case(), case(case_ref="C2", closed=MONDAY)]},
        {(1, 'brief')}, VALUE,
    ),
    Golden(
        "short_lived_case", "nothing is said of a reference that this agency's register does not list",
        {"look_up_visit": UNDER_C1, "cases": [case(agency_code="B", closed=MONDAY)]}, set(), VALUE,
    ),
    Golden("known_subject", "the department dealt with the person", {"visit": [visit(1)], "earlier_contact": [contact()]}, {(1, 'known here')}, VALUE),
    Golden(
        "known_subject", "another department did", {"visit": [visit(1)], "earlier_contact": [contact(department="D2")]}, {(1, 'known elsewhere')}, VALUE,
    ),
    Golden(
        "known_subject", "its own department goes before others",
        {"visit": [visit(1)], "earlier_contact": [contact(department="D2"), contact(department="D1")]}, {(1, 'known here')}, VALUE,
    ),
    Golden(
        "known_subject", "a log without departments has one", {"visit": [visit(1, department="")], "earlier_contact": [contact(department=None)]},
        {(1, 'known here')}, VALUE,
    ),
    Golden(
        "known_subject", "to have looked without a reason before makes nobody known",
        {"visit": [visit(1), visit(2)], "earlier_contact": [contact(explained_by=None)]}, {(1, 'stranger'), (2, 'stranger')}, VALUE,
    ),
    Golden(
        "known_subject", "a colleague's visit of this week with a reason does",
        {"visit": [visit(1), visit(2, requester_user="u2", n_unexplained=0, lacking=None)]}, {(1, 'known here'), (2, 'explained')}, VALUE,
    ),
    Golden(
        "known_subject", "a case of any affair, whenever, makes known elsewhere",
        {"visit": [visit(1)], "cases": [case(affair_code="JM9", closed=MONDAY - timedelta(days=900))]}, {(1, 'known elsewhere')}, VALUE,
    ),
    Golden(
        "known_subject", "another agency's contacts and cases, and those of others, say nothing",
        {"visit": [visit(1)], "earlier_contact": [contact(agency_code="B"), contact("s2")],
         "cases": [case(agency_code="B"), case(subject_key="s2"), case(subject_key=None)]},
        {(1, 'stranger')}, VALUE,
    ),
    Golden(
        "repeat_access", "earlier days count once each, of earlier weeks and of this one; today and later days do not",
        {"visit": [visit(1), visit(2, day=day(-1)), visit(3, day=day(1))],
         "earlier_rated_visit": [visit(0, day=day(-7)), visit(0, day=day(-7))]},
        {(2, 'again'), (1, 'again and again'), (3, 'again and again')}, VALUE,
    ),
    Golden(
        "repeat_access", "a visit with a reason is no coming back",
        {"visit": [visit(1, n_unexplained=0, lacking=None)], "earlier_rated_visit": [visit(0, day=day(-7))]}, {(1, 'explained')}, VALUE,
    ),
    Golden(
        "repeat_access", "of the same official, agency and person, and without a reason",
        {"visit": [visit(1), visit(2, n_unexplained=0, lacking=None)],
         "earlier_rated_visit": [visit(0, day=day(-7), **other) for other in (
             {"requester_user": "u2"}, {"agency_code": "B"}, {"subject_key": "s2"}, {"n_unexplained": 0})]},
        {(1, 'once'), (2, 'explained')}, VALUE,
    ),
]  # fmt: skip


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.name}: {g.says}")
def test_golden(golden: Golden) -> None:
    found = [rounded(row) for row in rows_of(golden, "attributes")]
    assert len(found) == len(golden.gives)
    assert set(found) == {rounded(row) for row in golden.gives}


def test_every_attribute_has_a_golden_table() -> None:
    assert {golden.name for golden in GOLDEN} == {attribute.name for attribute in attributes()}


ORDINARY = [(a.name, value) for a in attributes() for value in a.ordinary]


@pytest.mark.parametrize(("attribute", "value"), ORDINARY)
def test_what_is_ordinary_is_a_value_and_surprises_nobody_however_rare(attribute: str, value: str) -> None:
    given = {row[1] for golden in GOLDEN if golden.name == attribute for row in golden.gives}
    assert value in given or f"'{value}'" in query("attributes", attribute)
    with DuckDBEngine() as engine:
        engine.given("attribute", attribute_table(attributes()))
        engine.given("ordinary_value", ordinary_values(attributes()))
        engine.given("visit", pa.table({"visit_no": [1, 2], "agency_code": ["A", "A"]}))
        values = {"official_no": [1, 1], "attribute": [attribute] * 2, "value": [value, "another"]}
        engine.given("visit_attribute", pa.table({"visit_no": [1, 2], **values}))
        engine.given("surprisal_given", pa.table({**values, "surprisal": [8.0, 8.0]}))
        engine.given(
            "visit_attribute_surprisal",
            engine.arrow("SELECT visit_no, attribute, 0e0 AS surprisal FROM visit_attribute WHERE false"),
        )
        rows = engine.arrow(query("tables", "visit_surprisal")).to_pylist()
    assert {row["visit_no"]: row["surprisal_bin"] for row in rows} == {1: 0.0, 2: 32.0}
