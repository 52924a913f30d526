"""Golden tables of a week's tables whose text alone does not show what they give."""

from __future__ import annotations

from datetime import timedelta
from math import log

import pytest

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from models.statistics.unexplained import EDGES
from tests.spec.golden import NINE
from tests.spec.golden_tables import (
    COUNT,
    GIVEN,
    SHARE,
    STEPS,
    STRENGTH_2,
    STRENGTH_10,
    SURPRISAL,
    Golden,
    case,
    did,
    here_and_there,
    hit,
    official,
    past,
    rounded,
    rows_of,
    strange,
    surprisal,
    visit,
)


def worked(user: str, terminal: str, visits: int, department: str = "D1") -> dict[str, object]:
    """So many visits of the weeks before, at a terminal."""
    return {"attribute": "terminal", "agency_code": "A", "department": department, "requester_user": user, "value": terminal,
            "n": 1000.0 * visits}  # fmt: skip


def leveled(number: int, **levels: float) -> list[dict[str, object]]:
    """A visit at A, and how rare it is in each attribute."""
    return [
        {"visit_no": number, "agency_code": "A", "attribute": name, "level": level} for name, level in levels.items()
    ]


OFFICE = [worked("u1", "T1", 100), worked("u2", "T2", 90), worked("u2", "T2", 10, "D2"), worked("u3", "T3", 60), worked("u3", "T1", 2),
          worked("u4", "T1", 5), worked("u4", "T4", 60), worked("u5", "T5", 10), worked("u1", "T6", 30), worked("u2", "T6", 30)]  # fmt: skip
"""u1 works at T1 and, as u2 does, at T6; u3 came to T1 twice, u4 oftener; T5 has hardly been used."""
ASKED = {
    "requester_agency": "A",
    "provider_agency": "P",
    "procedure_code": "JT1",
    "item_code": "TM1",
    "subject_key": "s1",
    "requested_at": NINE,
}
"""A question that has no answer."""
AFTER = {"agency_code": "A", "case_ref": "C1", "requester_user": "u2", "procedure_code": "JT2"}
GOLDEN = [
    Golden(
        "unanswered_request", "a question asked again on the day is one, of another person, provider or day another; where nobody is named each is",
        {"request": [ASKED | {"request_id": f"R{n}"} | other for n, other in enumerate((
            {}, {"requested_at": NINE + timedelta(hours=2), "requester_user": "u2"}, {"subject_key": "s2"}, {"provider_agency": "P2"},
            {"requested_at": NINE + timedelta(days=1)}, {"subject_key": None}, {"subject_key": None}, {"item_code": "TM2", "responded_at": NINE},
        ))]},
        {("R0",), ("R2",), ("R3",), ("R4",), ("R5",), ("R6",)}, ("request_id",),
    ),
    Golden(
        "agency_provider_week", "questions of an agency to each provider, and those without an answer",
        {"request": [ASKED | {"request_id": f"R{n}", "provider_agency": provider} for n, provider in enumerate(("P", "P", "P2"))],
         "unanswered_request": [{"request_id": "R1"}]},
        {("A", "P", 2, 1), ("A", "P2", 1, 0)}, ("agency_code", "provider_agency", "n_requests", "n_unanswered"),
        {"week_start": NINE},
    ),
    Golden(
        "case_sequence", "the look-up before in the case, of this week or the last of an earlier one",
        {"look_up": [AFTER | {"request_id": "R1", "requested_at": NINE}, AFTER | {"request_id": "R2", "requested_at": NINE + timedelta(hours=1), "requester_user": "u3"}],
         "look_up_visit": [{"request_id": "R1", "visit_no": 1}, {"request_id": "R2", "visit_no": 2}],
         "earlier_case_step": [{"agency_code": "A", "case_ref": "C1", "procedure_code": "JT1", "requester_user": "u1"},
                               {"agency_code": "B", "case_ref": "C1", "procedure_code": "JT9", "requester_user": "u9"}]},
        {(1, "JT1", "u1"), (2, "JT2", "u2")}, ("visit_no", "procedure_before", "user_before"),
    ),
    Golden(
        "case_step", "the last step of a case; one that rested for half a year is forgotten",
        {"look_up": [AFTER | {"requested_at": NINE}],
         "earlier_case_step": [{"agency_code": "A", "case_ref": "C1", "procedure_code": "JT1", "requester_user": "u1", "at": NINE - timedelta(days=9)},
                               {"agency_code": "A", "case_ref": "C2", "procedure_code": "JT1", "requester_user": "u1", "at": NINE - timedelta(days=9)},
                               {"agency_code": "A", "case_ref": "C3", "procedure_code": "JT1", "requester_user": "u1", "at": NINE - timedelta(days=190)}]},
        {("C1", "JT2"), ("C2", "JT1")}, ("case_ref", "procedure_code"), {"week_start": NINE},
    ),
    Golden(
        "guest_visit", "an account at the terminal of somebody else where it did less than a twentieth of its work; not a shared one, one that it "
        "uses now and then, a hardly used one or its own, nor an account without a past",
        {"visit": [visit(n, requester_user=user, requester_terminal=terminal) for n, (user, terminal) in enumerate(
            (("u2", "T1"), ("u3", "T1"), ("u4", "T1"), ("u4", "T6"), ("u1", "T5"), ("u1", "T1"), ("u9", "T1"), ("u3", None)))],
         "earlier_user_profile": OFFICE},
        {(0, "T1", "u1", "u2"), (1, "T1", "u1", "u3")}, ("visit_no", "requester_terminal", "host", "requester_user"), {"week_start": NINE},
    ),
    Golden(
        "surprisal", "what an official does this very week does not make it usual of him",
        {"official": [official()], "week_profile": [did("JT1", 9), did("JT2", 1)]},
        {("JT1", log(2)), ("JT2", log(2))}, SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal", "his earlier weeks do: (8 + 2 · 1/2) of 10 visits; the agency counts his past too: (8 + 1) of 10",
        {"official": [official()], "week_profile": [did("JT1", 1), did("JT2", 1)], **past(JT1=8.0)},
        {("JT1", -log((8 + 2 * 0.9) / 10)), ("JT2", -log(2 * 0.1 / 10))}, SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal", "the slow memory holds more of it: (98 + 2 · 0.9) of 100 visits",
        {"official": [official()], "week_profile": [did("JT1", 1), did("JT2", 1)], **past(JT1=8.0),
         "earlier_user_profile": [row | {"slow": 98e3} for row in past(JT1=8.0)["earlier_user_profile"]]},
        {("JT1", -log(0.98), -log(0.998)), ("JT2", -log(0.02), -log(0.002))}, (*SURPRISAL, "lasting"), STRENGTH_2,
    ),
    Golden(
        "surprisal", "what a colleague begins this week surprises less: agency (3 + 1) of 6, department (3 + 2 · 2/3) of 6",
        {"official": [official(), official("u2", 2)],
         "week_profile": [did("JT2", 1), did("JT2", 3, official("u2", 2)), did("JT1", 1, official("u2", 2))]},
        {("JT2", -log(13 / 18)), ("JT2", -log((1 + 2 * (1 + 2 * 0.5) / 3) / 3)), ("JT1", -log((0 + 2 * (0 + 2 * 0.5) / 3) / 3))},
        SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal", "another agency of the kind counts in the nation (3.5 of 5) and in the kind (3 + 2 · 0.7 of 6)",
        here_and_there(), {("JT2", -log(4.4 / 6)), ("JT1", -log(0.5 / 2 * 2 / 3)), ("JT2", -log((1 + 2 * 0.75) / 3))},
        SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal", "one of another kind in the nation alone",
        here_and_there(kind="pension"), {("JT2", -log(0.7)), ("JT1", -log(0.25)), ("JT2", -log(0.75))}, SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal", "a name is an official of his own in each department",
        {"official": [official(department="D2")], "week_profile": [did("JT1", 1, official(department="D2")), did("JT2", 1, official(department="D2"))],
         "earlier_user_profile": past(JT1=8.0)["earlier_user_profile"]},
        {("JT1", log(2)), ("JT2", log(2))}, SURPRISAL, STRENGTH_2,
    ),
    Golden(
        "surprisal_given", "an item, a period and a breadth are read given their procedure; nothing else is",
        {"surprisal": [surprisal("JT1", 2.0), surprisal("JT2", 1.0), surprisal("JT1/TM1", 5.0, "item"), surprisal("JT2/TM1", 5.0, "item"),
                      surprisal("JT1/121+", 2.5, "period"), surprisal("JT1/9+", 1.5, "breadth"), surprisal("w9", 0.5, "clock")]},
        {(1, "procedure", "JT1", 2.0), (1, "procedure", "JT2", 1.0), (1, "item", "JT1/TM1", 3.0), (1, "item", "JT2/TM1", 4.0),
         (1, "period", "JT1/121+", 0.5), (1, "breadth", "JT1/9+", -0.5), (1, "clock", "w9", 0.5)},
        GIVEN,
    ),
    Golden(
        "surprisal_given", "the procedure of another official is his",
        {"surprisal": [surprisal("JT1", 2.0, who=2), surprisal("JT1/TM1", 5.0, "item")]},
        {(2, "procedure", "JT1", 2.0), (1, "item", "JT1/TM1", 5.0)}, GIVEN,
    ),
    Golden(
        "rule_hit", "a reason excuses where the rule can be excused, and only there",
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
        "visit_strangeness", "what is rare counts in full, what is not a tenth above one nat; the handler does not weigh where a reason is missing",
        {"visit_level": [*leveled(1, clock=2.9, handler=4.0), *leveled(2, clock=2.0, procedure=2.5), *leveled(3, clock=3.0, handler=3.0)]},
        {(1, 1.9, 4.19), (2, 2.5, 0.25), (3, 2.0, 6.0)}, ("visit_no", "strangeness", "total"),
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
        {"visit": [visit(1), visit(2), visit(3)], "level_step": STEPS,
         "attribute_level": [{"visit_no": n, "attribute": "clock", "level": level} for n, level in ((1, 6.0), (2, 3.0), (3, 2.9))]},
        {("clock", 2, 2), ("clock", 3, 1), ("clock", 4, 1)}, COUNT, {"week_start": NINE},
    ),
    Golden(
        "exceedance", "without a reason also those that are common, all of them at level 0",
        {"visit": [visit(1), visit(2)], "level_step": STEPS,
         "attribute_level": [{"visit_no": 1, "attribute": "unexplained", "level": 0.0}, {"visit_no": 2, "attribute": "unexplained", "level": 1.6},
                        {"visit_no": 1, "attribute": "period", "level": None}]},
        {("unexplained", 0, 2), ("unexplained", 1, 1)}, COUNT, {"week_start": NINE},
    ),
    Golden(
        "exceedance", "officials are counted apart",
        {"visit": [visit(1), visit(2, requester_user="u2"), visit(3, department="D2")], "level_step": STEPS,
         "attribute_level": [{"visit_no": n, "attribute": "visit", "level": 3.0} for n in (1, 2, 3)]},
        {("D1", "u1", 1), ("D1", "u2", 1), ("D2", "u1", 1)}, ("department", "requester_user", "n"), {"week_start": NINE},
    ),
]  # fmt: skip


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.name}: {g.says}")
def test_golden(golden: Golden) -> None:
    found = [rounded(row) for row in rows_of(golden)]
    assert len(found) == len(golden.gives)
    assert set(found) == {rounded(row) for row in golden.gives}


def test_the_scan_reads_the_levels_at_which_visits_are_counted() -> None:
    with DuckDBEngine() as engine:
        steps = engine.arrow(query("tables", "level_step")).to_pydict()
    assert steps == {"step": list(range(len(EDGES))), "least": EDGES.tolist()}
