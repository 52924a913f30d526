"""What a case says of itself: no number that its evidence does not bear out."""

from __future__ import annotations

import pytest

from features.catalogue import statistics
from models.cases import _reason, without_what
from models.cases.evidence import NOTHING, Evidence
from models.cases.wording import Text

SIX = Evidence(tuple("abcdef"), ("u",), ("s",), 2, 3, 1)


def test_a_silent_agency_has_no_visits_without_which_it_would_not_be_here() -> None:
    assert "0" not in without_what(NOTHING, False, "agency_quiet").ja
    assert "照会がなければ" not in without_what(NOTHING, False, "agency_quiet").ja


@pytest.mark.parametrize(
    ("statistic", "of_visits", "told"),
    [("official_week", True, "3回"), ("rule_violation", True, "6件"), ("batch_off_hours", False, "6件")],
)
def test_visits_are_told_of_officials_and_requests_of_all_else(statistic: str, of_visits: bool, told: str) -> None:
    assert told in without_what(SIX, of_visits, statistic).ja


def test_what_was_not_to_be_expected_exceeds_no_zero() -> None:
    text = str(_reason("x", Text("照会", "look-ups"), Text("件", "requests"), 4.0, 0.01, 1.0)["text_ja"])
    assert "見込み0" not in text
    assert "見込まれない" in text


def test_two_are_not_many() -> None:
    assert not [name for name, declared in statistics().items() if "多数" in declared.label.ja]
