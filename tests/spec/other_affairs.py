"""Golden rows of explanations by a case of another affair."""

from __future__ import annotations

from datetime import timedelta

from tests.spec.golden import request
from tests.spec.golden_explanations import DAY, Golden, case, contact
from tests.spec.relief import earlier_relief, relief, relief_cases

RELIEF = relief_cases(1)[0]["affair_code"]
SURGING = {"agency_code": "A", "affair_code": RELIEF}
IN_HAND = [
    request(1, case_ref="C1"), request(2, case_ref="C1", affair_code="JM2"),
    request(3, case_ref="C1", affair_code="JM2", subject_key="s2"),
]  # fmt: skip
"""An official asks about the person of a case in its affair, and about him and another in a further affair."""
OTHER_AFFAIRS = [
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
        "case_of_surge", "one official alone, as relief begins", relief({"u1": 2}), {"R0", "R1"}, relief_cases(2), surges=[SURGING],
    ),
    Golden(
        "case_of_surge", "colleagues are told first", relief({"u1": 1, "u2": 1, "u3": 1}), set(), relief_cases(3), surges=[SURGING],
    ),
    Golden(
        "case_of_surge", "not another affair or agency that surges, nor under a stranger's case",
        [*relief({"u1": 1}), request(9, requester_user="u1", subject_key="s9", case_ref="C9")], set(),
        [*relief_cases(1), case(case_ref="C9", affair_code=RELIEF, subject_key="s8")],
        surges=[SURGING | {"agency_code": "B"}, SURGING | {"affair_code": "JM1"}],
    ),
    Golden("case_of_surge", "not before the case is opened", relief({"u1": 1}), set(),
           relief_cases(1, opened=DAY + timedelta(days=1)), surges=[SURGING]),
    Golden(
        "case_in_hand", "a further affair of the person of the case and of his household", IN_HAND, {"R2", "R3"}, [case()],
        [contact(), contact(subject_key="s2", explained_by="household_of_case")],
    ),
    Golden(
        "case_in_hand", "whose household is looked up in this week alone", [*IN_HAND, request(4, case_ref="C1", subject_key="s2")],
        {"R2", "R3"}, [case()], [contact()],
    ),
    Golden("case_in_hand", "who is slipped into it has no part in it", IN_HAND, {"R2"}, [case()], [contact()]),
    Golden("case_in_hand", "of a week alone it is not", [*IN_HAND, request(4, case_ref="C1", subject_key="s2")], set(), [case()]),
    Golden(
        "case_in_hand", "nor by what had no reason, or stood under another case, or at another agency", IN_HAND, set(), [case()],
        [contact(explained_by=None), contact(case_ref="C2"), contact(agency_code="B")],
    ),
    Golden(
        "case_in_hand", "not where the official himself has no reason under it in this week",
        [IN_HAND[0] | {"requester_user": "u2"}, *IN_HAND[1:]], set(), [case()], [contact()],
    ),
    Golden(
        "case_in_hand", "nor a file", [IN_HAND[0], IN_HAND[1] | {"channel": "batch"}], set(), [case()], [contact()],
    ),
]  # fmt: skip
