"""Golden tables: whose case it is, who joined it, what finds nothing any more, and what is in a file."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from math import log
from typing import Any

import pytest

from tests.spec.golden import NINE
from tests.spec.golden_tables import MONDAY, STRENGTH_2, Golden, Row, case, rounded, rows_of

WEEK = {"week_start": NINE}
MEMBER = ("subject_key", "joined", "in_register", "n_people")


def asked(number: int, person: str | None = "s1", minutes: int = 0, **values: Any) -> Row:
    """A request of the agency A under the case C1, minutes after nine."""
    usual = {"request_id": f"R{number}", "requester_agency": "A", "subject_key": person, "case_ref": "C1", "procedure_code": "JT1",
             "affair_code": "JM1", "item_code": "TM1", "provider_agency": "P", "result": "provided", "channel": "interactive",
             "requester_user": "u1", "requested_at": NINE + timedelta(minutes=minutes)}  # fmt: skip
    return usual | values


def was(person: str = "s1", ref: str = "C1", minutes: int = 0) -> Row:
    return {"agency_code": "A", "case_ref": ref, "subject_key": person, "first_at": NINE + timedelta(minutes=minutes)}


def item(person: str = "s1", **values: Any) -> Row:
    usual = {
        "agency_code": "A",
        "subject_key": person,
        "item_code": "TM1",
        "provider_agency": "P",
        "found": True,
        "at_screen": False,
    }
    return usual | values


def member(person: str, joined: bool, **values: Any) -> Row:
    usual = {"agency_code": "A", "case_ref": "C1", "procedure_code": "JT1", "subject_key": person, "this_week": True,
             "joined": joined, "in_register": True, "n_people": 2}  # fmt: skip
    return usual | values


def opened(number: int, affair: str, days_ago: int = 0) -> list[Row]:
    """So many applications of an affair, each of another person, so many days before the week's first."""
    day = MONDAY - timedelta(days=days_ago)
    return [
        {"agency_code": "A", "case_ref": f"{affair}-{n}-{days_ago}", "affair_code": affair, "subject_key": f"p{n}", "opened": day, "closed": None}
        for n in range(number)
    ]  # fmt: skip


def filed(number: int, person: str, provider: str = "P", **values: Any) -> Row:
    return asked(number, person, channel="batch", case_ref=None, requester_user=None, provider_agency=provider) | values


TRAIT = {"agency_code": "A", "case_ref": "C1", "apart": False, "in_turn": True}
RUN = {
    "monday": MONDAY,
    "agency_code": "A",
    "department": "",
    "affair_code": "JM1",
    "first_at": NINE,
    "last_at": NINE + timedelta(hours=1),
}
HERE = {"agency_code": "A", "item_code": "TM1", "provider_agency": "P", "surprisal": 0.1}
PERSON = ("subject_key", "away", "far", "unknown", "stranger", "alone", "nothing", "at_screen")
GOLDEN = [
    Golden(
        "case_member", "without a register the case is that of the first, also if he came in an earlier week",
        {"request": [asked(1, "s2")], "case_person": [was("s2", minutes=5)], "earlier_case_person": [was("s1")]},
        {("s1", False, False, 2), ("s2", True, False, 2)}, MEMBER,
    ),
    Golden(
        "case_member", "with a register it is that of the person whom it names; another case says nothing",
        {"request": [asked(1)], "case_person": [was("s1"), was("s2", minutes=5), was("s3", "C2")], "cases": [case(subject_key="s2")]},
        {("s1", True, True, 2), ("s2", False, True, 2)}, MEMBER,
    ),
    Golden(
        "case_trait", "one after the other, all at one provider: neither",
        {"request": [asked(1), asked(2, minutes=1), asked(3, "s2", 2)]}, {("C1", False, False)}, ("case_ref", "apart", "in_turn"),
    ),
    Golden(
        "case_trait", "in turn, at different providers for one item",
        {"request": [asked(1), asked(2, "s2", 1, provider_agency="Q"), asked(3, minutes=2)]},
        {("C1", True, True)}, ("case_ref", "apart", "in_turn"),
    ),
    Golden(
        "case_trait", "one person whose item is sought at two providers is not apart from himself, nor two with different items",
        {"request": [asked(1), asked(2, minutes=1, provider_agency="Q"), asked(3, "s2", 2, item_code="TM2", provider_agency="Q")]},
        {("C1", False, False)}, ("case_ref", "apart", "in_turn"),
    ),
    Golden(
        "joined_case", "the request about him who joined, and not that about whose case it is",
        {"request": [asked(1), asked(2, "s2")], "case_member": [member("s1", False), member("s2", True)], "case_trait": [TRAIT],
         "case_person": [was("s1"), was("s2")]},
        {("R2", "C1", 2, True)}, ("request_id", "case_ref", "n_people", "in_turn"), WEEK,
    ),
    Golden(
        "joined_case", "all requests where no register says whose case it is",
        {"request": [asked(1), asked(2, "s2")], "case_member": [member("s1", False, in_register=False), member("s2", True, in_register=False)],
         "case_trait": [TRAIT]},
        {("R1",), ("R2",)}, ("request_id",), WEEK,
    ),
    Golden(
        "joined_case", "none where both stand together under another reference: they belong together",
        {"request": [asked(1), asked(2, "s2")], "case_member": [member("s1", False), member("s2", True)], "case_trait": [TRAIT],
         "case_person": [was("s1"), was("s2")], "earlier_case_person": [was("s1", "C0"), was("s2", "C0")]},
        set(), ("request_id",), WEEK,
    ),
    Golden(
        "joined_case", "none about him who joined in an earlier week and was told of then",
        {"request": [asked(1), asked(2, "s2")], "case_member": [member("s1", False), member("s2", True)], "case_trait": [TRAIT],
         "case_person": [was("s1"), was("s2")], "earlier_case_person": [was("s2")]},
        set(), ("request_id",), WEEK,
    ),
    Golden(
        "joined_case", "but about another who joins now, and about him who had joined another case",
        {"request": [asked(1), asked(2, "s2")], "case_member": [member("s1", False), member("s2", True)], "case_trait": [TRAIT],
         "case_person": [was("s1"), was("s2")], "earlier_case_person": [was("s1"), was("s2", "C2")]},
        {("R2",)}, ("request_id",), WEEK,
    ),
    Golden(
        "affair_surge", "twenty applications in a fortnight, five times as many as in the four before; what is to come is not known",
        {"delivered_case": [*opened(20, "JM1"), *opened(19, "JM2"), *opened(20, "JM3"), *opened(17, "JM3", 30), *opened(20, "JM4", 7),
                            *opened(16, "JM4", 63 - 6), *opened(20, "JM5", -8), *opened(20, "JM6", 8), *opened(99, "JM1", 64), *opened(90, "JM7", 30)]},
        {("A", "JM1"), ("A", "JM4")}, ("agency_code", "affair_code"), {"week_start": datetime.combine(MONDAY, time()), "week_end": datetime.combine(MONDAY, time()) + timedelta(days=7)},
    ),
    Golden(
        "affair_surge", "none where all affairs begin, as in a register that is new, or the agency has but one",
        {"delivered_case": [*opened(20, "JM1"), *opened(20, "JM2"), *[r | {"agency_code": "B"} for r in opened(20, "JM1")]]},
        set(), ("agency_code", "affair_code"), {"week_start": datetime.combine(MONDAY, time()), "week_end": datetime.combine(MONDAY, time()) + timedelta(days=7)},
    ),
    Golden(
        "case_size", "cases by the number of their people",
        {"case_member": [member("s1", False), member("s2", True), member("s3", False, case_ref="C2", n_people=1)],
         "case_trait": [TRAIT, TRAIT | {"case_ref": "C2", "in_turn": False}]},
        {(2, 1, 0, 1), (1, 1, 0, 0)}, ("n_people", "n", "n_apart", "n_in_turn"),
    ),
    Golden(
        "person_item", "found if it was provided once, at a screen if it was asked there once",
        {"request": [asked(1, result="no_record"), asked(2, channel="batch"), asked(3, "s2", channel="batch", result="withheld"), asked(4, None)]},
        {("s1", True, True), ("s2", False, False)}, ("subject_key", "found", "at_screen"),
    ),
    Golden(
        "repeated_answer", "nothing found where the same provider had provided the item: earlier, or before in this week",
        {"request": [asked(1, result="no_record"), asked(2, "s2"), asked(3, "s2", 5, result="no_record"), asked(4, "s1", 9)],
         "earlier_person_item": [item()]},
        {("R1", True), ("R3", True), ("R4", False)}, ("request_id", "lost"), WEEK,
    ),
    Golden(
        "repeated_answer", "another provider, item or agency never said it, nor one that had found nothing; an error is no answer",
        {"request": [asked(1, result="no_record"), asked(2, "s3", result="error")],
         "earlier_person_item": [item(provider_agency="Q"), item(item_code="TM2"), item(agency_code="B"), item(found=False), item("s3")]},
        set(), ("request_id",), WEEK,
    ),
    Golden(
        "repeated_answers", "by official, or nobody named",
        {"repeated_answer": [{"request_id": f"R{n}", "agency_code": "A", "requester_user": user, "lost": lost}
                             for n, (user, lost) in enumerate([("u1", True), ("u1", False), (None, True)])]},
        {("u1", 2, 1), (None, 1, 1)}, ("requester_user", "n", "n_lost"),
    ),
    Golden(
        "lost_answer", "those that are lost",
        {"repeated_answer": [{"request_id": "R1", "agency_code": "A", "lost": True}, {"request_id": "R2", "agency_code": "A", "lost": False}]},
        {("R1",)}, ("request_id",),
    ),
    Golden(
        "usual_provider", "3 of 4 people here, 4 of 5 anywhere: (3 + 2 · 5/8) of 6; nobody ever: 2 · 1/8 of 6",
        {"request": [filed(1, "s1"), filed(2, "s2", "N")],
         "earlier_person_item": [item("s1"), item("s2"), item("s3"), item("s4", provider_agency="Q"), item("s5", agency_code="B")]},
        {("P", -log((3 + 2 * 5 / 8) / 6)), ("N", -log(2 / 8 / 6))}, ("provider_agency", "surprisal"), STRENGTH_2,
    ),
    Golden(
        "run_person", "who is known, at whose provider, with what answer; beside the time of the run nobody",
        {"batch_run": [RUN], "usual_provider": [HERE, HERE | {"provider_agency": "Q", "surprisal": 3.5}, HERE | {"provider_agency": "N", "surprisal": 7.0}],
         "request": [filed(1, "s1"), filed(2, "s2"), filed(3, "s3", "Q", result="no_record"), filed(4, "s4", "N"), filed(5, "s5", requested_at=NINE + timedelta(minutes=99))],
         "earlier_person_item": [item("s1"), item("s4", at_screen=True)], "person_item": [item("s2", at_screen=True)]},
        {("s1", False, False, False, False, False, False, False), ("s2", False, False, True, False, False, False, True),
         ("s3", True, False, True, True, True, True, False), ("s4", True, True, False, False, True, False, True)},
        PERSON, WEEK,
    ),
    Golden(
        "run_content", "a run in numbers",
        {"run_person": [RUN | {"subject_key": "s1", "surprisal": 1.0, "away": True, "unknown": True, "nothing": False},
                        RUN | {"subject_key": "s2", "surprisal": 2.0, "away": False, "unknown": True, "nothing": False}]},
        {(2, 1.5, 1, 2, 0)}, ("n_people", "surprisal", "n_away", "n_unknown", "n_nothing"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: f"{g.name}: {g.says}")
def test_golden(golden: Golden) -> None:
    found = [rounded(row) for row in rows_of(golden)]
    assert len(found) == len(golden.gives)
    assert set(found) == {rounded(row) for row in golden.gives}
