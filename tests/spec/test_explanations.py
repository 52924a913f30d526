"""Golden rows for every explanation: a request that it explains, and near misses that it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from features.build import explain, make
from features.catalogue import explanations
from features.contract.columns import LINKAGE_LOG
from features.contract.reference import REFERENCE
from features.engines.duckdb import DuckDBEngine
from tests.spec.golden import NINE, request, table
from tests.spec.relief import earlier_relief, relief, relief_cases

DAY = NINE.date()
OTHER_AFFAIR = pa.schema([(c, pa.string()) for c in ("request_id", "agency_code", "requester_user", "affair_code")])
CONTACT = pa.schema([
    ("agency_code", pa.string()), ("department", pa.string()), ("subject_key", pa.string()), ("affair_code", pa.string()),
    ("case_ref", pa.string()), ("explained_by", pa.string()), ("first_at", pa.timestamp("us")), ("n_requests", pa.int64()),
])  # fmt: skip


@dataclass(frozen=True)
class Golden:
    """Requests, cases, contacts of earlier weeks, and the ids of the requests that the explanation explains."""

    explanation: str
    says: str
    requests: list[dict[str, Any]]
    explained: set[str]
    cases: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    campaigns: list[dict[str, Any]] = field(default_factory=list)
    other_affairs: list[dict[str, Any]] = field(default_factory=list)


def case(**values: Any) -> dict[str, Any]:
    """A case of the person `s1`, opened a week ago."""
    usual = {"case_ref": "C1", "agency_code": "A", "affair_code": "JM1", "subject_key": "s1",
             "opened": DAY - timedelta(days=7), "closed": None}  # fmt: skip
    return usual | values


def contact(**values: Any) -> dict[str, Any]:
    """A department dealt with the person `s1` a week ago, on an open case."""
    usual = {"agency_code": "A", "department": "D1", "subject_key": "s1", "affair_code": "JM1", "case_ref": "C1",
             "explained_by": "open_case", "first_at": NINE - timedelta(days=7), "n_requests": 1}  # fmt: skip
    return usual | values


def campaign(**values: Any) -> dict[str, Any]:
    """Mass work of an affair at all cities, for three days."""
    usual = {
        "campaign_id": "K",
        "affair_code": "JM1",
        "agency_kind": "city",
        "starts": DAY,
        "ends": DAY + timedelta(days=2),
    }
    return usual | values


def known_references(listed: int, missing: int, agency: str = "A") -> list[dict[str, Any]]:
    """Requests under so many references that a register lists, and so many under others that none lists."""
    names = [f"C{n}" for n in range(listed)] + [f"X{n}" for n in range(missing)]
    return [
        request(0, request_id=f"{agency}-{name}", requester_agency=agency, case_ref=name, subject_key=name)
        for name in names
    ]


def known_cases(listed: int, agency: str = "A") -> list[dict[str, Any]]:
    """The register that lists those references."""
    names = [f"C{n}" for n in range(listed)]
    return [case(case_ref=name, subject_key=name, agency_code=agency) for name in names]


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
    Golden(
        "case_of_other_affair", "three officials at work on relief, each under cases of his people",
        relief({"u1": 2, "u2": 1, "u3": 1}), {"R0", "R1", "R2", "R3"}, relief_cases(4),
    ),
    Golden("case_of_other_affair", "two may conspire", relief({"u1": 1, "u2": 1}), set(), relief_cases(2)),
    Golden(
        "case_of_other_affair", "whoever does more than all others is not excused by them, but excuses them",
        relief({"u1": 3, "u2": 1, "u3": 1}), {"R3", "R4"}, relief_cases(5),
    ),
    Golden(
        "case_of_other_affair", "who began a week ago counts, the official himself no less",
        relief({"u1": 1, "u2": 1}), {"R1"}, relief_cases(2), other_affairs=earlier_relief(u1=3, u3=1, u2=1),
    ),
    Golden(
        "case_of_other_affair", "not a colleague's look at somebody who has no such case, nor under a stranger's, nor without one",
        [*relief({"u1": 1, "u2": 1, "u3": 1}), request(7, requester_user="u1", subject_key="s7", case_ref="C7"),
         request(8, requester_user="u1", subject_key="s8", case_ref="C0", affair_code="JM9"),
         request(9, requester_user="u1", subject_key="s9")],
        {"R0", "R1", "R2"}, [*relief_cases(3), case(case_ref="C7", subject_key="s7", affair_code="OTHER")],
    ),
    Golden(
        "case_of_other_affair", "not before a case is opened, nor after", relief({"u1": 1, "u2": 1, "u3": 1}), set(),
        [*relief_cases(2), *relief_cases(3, opened=DAY + timedelta(days=1))[2:]],
    ),
    Golden(
        "case_of_other_affair", "a reference that the register lists for the affair as well does not excuse others",
        relief({"u1": 1, "u2": 1, "u3": 1}), set(), [*relief_cases(3), case(case_ref="C0", subject_key="s99")],
    ),
    Golden(
        "case_of_other_affair", "files and requests of nobody are no colleagues",
        [*relief({"u1": 1, "u2": 1}), *[r | {"request_id": "F" + r["request_id"]} for r in relief({"u3": 1}, channel="batch")]],
        set(), relief_cases(2),
    ),
    Golden(
        "case_of_other_affair", "nor officials of another agency",
        [*relief({"u1": 1, "u2": 1}), *relief({"x": 1, "y": 1, "u3": 1}, requester_agency="B")[2:]], set(),
        [*relief_cases(2), *relief_cases(3, agency_code="B")[2:]],
    ),
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
    given: dict[str, list[dict[str, Any]]] = {"cases": golden.cases, "campaigns": golden.campaigns}
    with DuckDBEngine() as engine:
        engine.given("request", table(LINKAGE_LOG, golden.requests))
        for name, columns in REFERENCE.items():
            engine.given(name, table(columns, given.get(name, [])))
        engine.table("agency_now", "SELECT 'A' AS agency_code, 'city' AS kind")
        engine.given("earlier_contact", pa.Table.from_pylist(golden.contacts, schema=CONTACT))
        engine.given("earlier_other_affair", pa.Table.from_pylist(golden.other_affairs, schema=OTHER_AFFAIR))
        make(engine, "other_affair", {})
        explain(engine)
        found = engine.arrow(
            "SELECT request_id FROM explained WHERE explained_by = $name", {"name": golden.explanation}
        )
    assert set(found["request_id"].to_pylist()) == golden.explained


def test_every_explanation_has_golden_rows() -> None:
    assert {golden.explanation for golden in GOLDEN} == {explanation.name for explanation in explanations()}


def test_an_exact_case_is_told_before_one_nearby() -> None:
    order = [explanation.name for explanation in explanations()]
    assert order.index("open_case_unreferenced") < order.index("open_case_near")
