"""What leads an official's week: work without a reason, and visits as a whole as far as its lack says little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.ranking.calibration import CALIBRATION_WEEKS, Tail
from models.ranking.combination import REASON, VISIT, behind, combined

OFFICIALS = 14
BESIDE, AFTER = np.zeros(2), np.full(2, np.inf)


def scale(official_weeks: int) -> Tail:
    """Of so many official-weeks in all that had anything."""
    return Tail.of(np.linspace(0.5, 3.0, official_weeks), CALIBRATION_WEEKS)


@pytest.mark.parametrize(("official_weeks", "leads"), [(0, True), (6, True), (7, False), (400, False)])
def test_visits_as_a_whole_lead_where_less_than_one_official_a_week_lacks_a_reason(
    official_weeks: int, leads: bool
) -> None:
    assert (behind({REASON: scale(official_weeks)}, np.zeros(1))[0] == 0.0) == leads


def test_without_a_scale_of_work_without_a_reason_there_was_none() -> None:
    assert (behind({}, np.array([0.0, 0.5])) == 0.0).all()


def test_visits_as_a_whole_stand_behind_by_what_the_lack_of_a_reason_may_say() -> None:
    found = behind({REASON: scale(400)}, np.array([1.0, 0.5, 0.05, 0.0]))
    assert found == pytest.approx([0.0, np.log(2.0), np.log(20.0), np.inf])


def test_where_nobody_lacks_a_reason_rare_visits_count_in_full_and_before_detectors() -> None:
    rarities = pd.DataFrame({VISIT: [2.5, 0.0], "clock:1": [0.0, 0.0]})
    rare, learned = combined(rarities, np.array([2.0, 5.0]), OFFICIALS, BESIDE)
    assert rare > learned
    one, other = combined(rarities, np.zeros(2), OFFICIALS, BESIDE)
    assert one - other == pytest.approx(2.5, abs=0.05)


def test_where_reasons_are_lacking_rare_visits_only_add() -> None:
    rarities = pd.DataFrame({REASON: [1.0, 0.0], VISIT: [0.0, 2.5]})
    lacking, rare = combined(rarities, np.zeros(2), OFFICIALS, AFTER)
    assert lacking > rare


def test_the_first_work_without_a_reason_still_leads() -> None:
    rarities = pd.DataFrame({REASON: [4.0, -0.5], VISIT: [0.0, 2.5]})
    lacking, rare = combined(rarities, np.zeros(2), OFFICIALS, BESIDE)
    assert lacking > rare


def test_an_agency_without_any_reason_is_led_by_rare_visits_and_its_neighbour_with_reasons_is_not() -> None:
    rarities = pd.DataFrame({REASON: [1.0, 0.0, 1.0, 0.0], VISIT: [0.0, 2.5, 0.0, 2.5]})
    share = np.array([1.0, 1.0, 0.05, 0.05])
    values = combined(rarities, np.zeros(4), OFFICIALS, behind({REASON: scale(400)}, share))
    assert values[1] > values[0]
    assert values[3] < values[2]


def test_rarer_visits_never_make_a_week_less_strange() -> None:
    rarer = np.linspace(-2.0, 12.0, 57)
    for share in (1.0, 0.5, 0.1, 0.0):
        rarities = pd.DataFrame({REASON: np.full(len(rarer), 2.0), VISIT: rarer})
        whole_behind = behind({REASON: scale(400)}, np.full(len(rarer), share))
        values = combined(rarities, np.zeros(len(rarer)), OFFICIALS, whole_behind)
        assert (np.diff(values) > 0).all()
