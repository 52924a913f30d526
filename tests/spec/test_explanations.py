"""Golden rows for every explanation: a request that it explains, and near misses that it does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from features.catalogue import explanations
from tests.spec.golden import NINE, request
from tests.spec.golden_explanations import (
    DAY,
    Golden,
    campaign,
    case,
    contact,
    explained_of,
    known_cases,
    known_references,
)
from tests.spec.other_affairs import OTHER_AFFAIRS

GOLDEN = [
    Golden("batch_run", "a file that a system sends", [request(1, channel="batch"), request(2)], {"R1"}),
    Golden("batch_run", "not a channel that nobody noted", [request(1, channel=None), request(2, channel="unknown")], set()),
    Golden(
        "open_case", "the case is this person's, of this affair, and open",
        [request(1, case_ref="C1"), request(2, case_ref="C1", subject_key="s2"), request(3, case_ref="C1", affair_code="JM2")],
        {"R1"}, [case()],
    ),
    Golden(
        "open_case", "on the day on which it is opened and closed",
        [request(1, case_ref="C1")], {"R1"}, [case(opened=DAY, closed=DAY)],
    ),
    Golden("open_case", "not opened tomorrow", [request(1, case_ref="C1")], set(), [case(opened=DAY + timedelta(days=1))]),
    Golden("open_case", "nor closed yesterday", [request(1, case_ref="C1")], set(), [case(closed=DAY - timedelta(days=1))]),
    Golden("open_case", "of this agency's register", [request(1, case_ref="C1")], set(), [case(agency_code="B")]),
    Golden(
        "open_case", "a register that names no person is believed", [request(1, case_ref="C1", subject_key="s9")], {"R1"},
        [case(subject_key=None)],
    ),
    Golden("open_case", "and so is a request about nobody", [request(1, case_ref="C1", subject_key=None)], {"R1"}, [case()]),
    Golden(
        "open_case_unreferenced", "nobody typed the reference in",
        [request(1), request(2, subject_key="s2"), request(3, affair_code="JM2")], {"R1"}, [case()],
    ),
    Golden("open_case_unreferenced", "on its first day and its last", [request(1)], {"R1"}, [case(opened=DAY, closed=DAY)]),
    Golden("open_case_unreferenced", "not opened tomorrow", [request(1)], set(), [case(opened=DAY + timedelta(days=1))]),
    Golden("open_case_unreferenced", "nor closed yesterday", [request(1)], set(), [case(closed=DAY - timedelta(days=1))]),
    Golden("open_case_unreferenced", "of this agency's register", [request(1)], set(), [case(agency_code="B")]),
    Golden("open_case_unreferenced", "another case was typed in", [request(1, case_ref="C9")], set(), [case()]),
    Golden("open_case_unreferenced", "a case without a person is nobody's", [request(1)], set(), [case(subject_key=None)]),
    Golden("open_case_near", "entered seven days later", [request(1, case_ref="C1")], {"R1"}, [case(opened=DAY + timedelta(days=7))]),
    Golden("open_case_near", "but not eight", [request(1, case_ref="C1")], set(), [case(opened=DAY + timedelta(days=8))]),
    Golden(
        "open_case_near", "closed fourteen days before", [request(1)], {"R1"},
        [case(opened=date(2026, 9, 1), closed=DAY - timedelta(days=14))],
    ),
    Golden(
        "open_case_near", "but not fifteen", [request(1)], set(),
        [case(opened=date(2026, 9, 1), closed=DAY - timedelta(days=15))],
    ),
    Golden(
        "open_case_near", "nor another case than the one that was named", [request(1, case_ref="C9")], set(),
        [case(opened=DAY + timedelta(days=1)), case(case_ref="C9", subject_key="s9")],
    ),
    Golden(
        "open_case_near", "nor another person, affair or agency",
        [request(1), request(2, subject_key="s2"), request(3, affair_code="JM2"), request(4, requester_agency="B")],
        {"R1"}, [case(opened=DAY + timedelta(days=1))],
    ),
    Golden(
        "household_of_case", "a member of the household in the same case",
        [request(1, case_ref="C1"), request(2, case_ref="C1", subject_key="s2"), request(3, case_ref="C2", subject_key="s3")],
        {"R2"}, [case(), case(case_ref="C2", subject_key="s4")],
    ),
    Golden(
        "household_of_case", "the person of the case was looked up in an earlier week",
        [request(1, case_ref="C1", subject_key="s2")], {"R1"}, [case()], [contact()],
    ),
    Golden(
        "household_of_case", "or was, while the application was being entered", [request(1, case_ref="C1", subject_key="s2")], {"R1"},
        [case()], [contact(explained_by="open_case_near")],
    ),
    Golden(
        "household_of_case", "or the application is entered tomorrow",
        [request(1, case_ref="C1"), request(2, case_ref="C1", subject_key="s2")], {"R2"}, [case(opened=DAY + timedelta(days=1))],
    ),
    Golden(
        "household_of_case", "a file that names a case does not make it anybody's",
        [request(1, case_ref="C1", channel="batch"), request(2, case_ref="C1", subject_key="s2")], set(), [case(subject_key="s9")],
    ),
    Golden(
        "household_of_case", "not where the person himself had only a follow-up", [request(1, case_ref="C1", subject_key="s2")],
        set(), [case()], [contact(explained_by="follow_up")],
    ),
    Golden(
        "household_of_case", "another affair, another agency, another case",
        [request(1, case_ref="C1"), request(2, case_ref="C1", subject_key="s2", affair_code="JM2"),
         request(3, case_ref="C1", subject_key="s2", requester_agency="B"), request(4, subject_key="s2")],
        set(), [case()],
    ),
    Golden(
        "household_of_case", "the same in an earlier week",
        [request(1, case_ref="C1", subject_key="s2", affair_code="JM2"), request(2, case_ref="C2", subject_key="s2"),
         request(3, case_ref="C1", subject_key="s2", requester_agency="B")],
        set(), [case()], [contact()],
    ),
    *OTHER_AFFAIRS,
    Golden(
        "case_reference", "no register lists any reference of the agency",
        [request(1, case_ref="X1"), request(2)], {"R1"},
    ),
    Golden(
        "case_reference", "where the register is whole, an unknown reference is none",
        [request(1, case_ref="X1"), *[request(n, case_ref=f"C{n}", subject_key=f"s{n}") for n in range(2, 120)]], set(),
        [case(case_ref=f"C{n}", subject_key=f"s{n}") for n in range(2, 120)],
    ),
    Golden(
        "case_reference", "where one in ten is missing, it is taken at its word",
        [request(n, case_ref=f"C{n}", subject_key=f"s{n}") for n in range(100)], {f"R{n}" for n in range(10)},
        [case(case_ref=f"C{n}", subject_key=f"s{n}") for n in range(10, 100)],
    ),
    Golden(
        "case_reference", "a reference that the register lists has to fit", [request(1, case_ref="C1", subject_key="s9")], set(),
        [case()],
    ),
    Golden(
        "case_reference", "also where many are missing", [request(1, case_ref="C1", subject_key="s9"), request(2, case_ref="X1")],
        {"R2"}, [case()],
    ),
    Golden(
        "case_reference", "two in a hundred are common", known_references(98, missing=2), {"A-X0", "A-X1"}, known_cases(98),
    ),
    Golden("case_reference", "one in a hundred is not", known_references(99, missing=1), set(), known_cases(99)),
    Golden(
        "case_reference", "one in forty of a small agency is chance where the others lack next to none",
        [*known_references(39, missing=1), *known_references(300, missing=1, agency="B")], set(),
        [*known_cases(39), *known_cases(300, agency="B")],
    ),
    Golden(
        "case_reference", "one in fifty is no chance where the others lack one in ten",
        [*known_references(50, missing=1), *known_references(90, missing=10, agency="B")],
        {"A-X0", *(f"B-X{n}" for n in range(10))}, [*known_cases(50), *known_cases(90, agency="B")],
    ),
    Golden(
        "case_reference", "an agency without any register says nothing about the others'",
        [*known_references(99, missing=1), *known_references(0, missing=100, agency="B")],
        {f"B-X{n}" for n in range(100)}, known_cases(99),
    ),
    Golden(
        "same_sitting", "a further item beside a request with a reason, the same day and affair",
        [request(1, case_ref="X1"), request(2, item_code="TM2"), request(3, item_code="TM2", affair_code="JM2"),
         request(4, requested_at=NINE + timedelta(days=1)), request(5, requester_user="u2")],
        {"R2"},
    ),
    Golden(
        "same_sitting", "before it or after it",
        [request(1, item_code="TM2"), request(2, case_ref="X1"), request(3, item_code="TM2")], {"R1", "R3"},
    ),
    Golden(
        "same_sitting", "not under a reference that does not fit",
        [request(1, case_ref="X1"), request(2, case_ref="C1", item_code="TM2"), request(3, subject_key="s2"),
         request(4, requester_agency="B")],
        set(), [case(subject_key="s9")],
    ),
    Golden(
        "same_sitting", "nobody sat there, and about nobody",
        [request(1, case_ref="X1", requester_user=None), request(2, requester_user=None),
         request(3, case_ref="X1", subject_key=None), request(4, subject_key=None)],
        set(),
    ),
    Golden(
        "follow_up", "the department went on with a person of an earlier week",
        [request(1, requester_department="D1"), request(2, requester_department="D2"),
         request(3, requester_department="D1", affair_code="JM2")],
        {"R1"}, contacts=[contact()],
    ),
    Golden(
        "follow_up", "but not where the earlier contact had no reason either",
        [request(1, requester_department="D1")], set(), contacts=[contact(explained_by=None)],
    ),
    Golden(
        "follow_up", "on another day of the week, by a colleague, and not before it",
        [request(1, requester_department="D1", requester_user="u2"),
         request(2, requester_department="D1", requested_at=NINE + timedelta(days=1), case_ref="X1"),
         request(3, requester_department="D1", requested_at=NINE + timedelta(days=2), requester_user="u2"),
         request(4, requester_department="D2", requested_at=NINE + timedelta(days=2), requester_user="u3")],
        {"R3"},
    ),
    Golden(
        "follow_up", "a file that a system sent is no dealing with the person",
        [request(1, requester_department="D1", channel="batch", requester_user=None), request(2, requester_department="D1")], set(),
    ),
    Golden(
        "follow_up", "not under a reference that does not fit", [request(1, requester_department="D1", case_ref="C2")], set(),
        [case(case_ref="C2", subject_key="s9")], [contact()],
    ),
    Golden(
        "follow_up", "of another person, or at another agency",
        [request(1, requester_department="D1", subject_key="s2"), request(2, requester_department="D1", requester_agency="B")],
        set(), contacts=[contact()],
    ),
    Golden(
        "campaign", "on its first and its last day, and not a day later",
        [request(1), request(2, requested_at=NINE + timedelta(days=2)), request(3, requested_at=NINE + timedelta(days=3)),
         request(4, affair_code="JM2")],
        {"R1", "R2"}, campaigns=[campaign()],
    ),
    Golden("campaign", "of another kind of agency", [request(1)], set(), campaigns=[campaign(agency_kind="pension")]),
    Golden("campaign", "of all agencies", [request(1)], {"R1"}, campaigns=[campaign(agency_kind=None)]),
    Golden("campaign", "not the day before", [request(1)], set(), campaigns=[campaign(starts=DAY + timedelta(days=1))]),
    Golden("campaign", "not under a reference that does not fit", [request(1, case_ref="C1")], set(), [case(subject_key="s9")],
           campaigns=[campaign()]),
    Golden("campaign", "of this agency alone", [request(1)], {"R1"}, campaigns=[campaign(agency_kind=None, agency_code="A")]),
    Golden("campaign", "of another agency", [request(1)], set(), campaigns=[campaign(agency_kind=None, agency_code="B")]),
]  # fmt: skip


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.explanation}: {g.says}")
def test_golden(golden: Golden) -> None:
    assert explained_of(golden) == golden.explained


def test_every_explanation_has_golden_rows() -> None:
    assert {golden.explanation for golden in GOLDEN} == {explanation.name for explanation in explanations()}


def test_an_exact_case_is_told_before_one_nearby() -> None:
    order = [explanation.name for explanation in explanations()]
    assert order.index("open_case_unreferenced") < order.index("open_case_near")
