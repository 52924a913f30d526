"""What leads an official's week: work without a reason, and visits as a whole where nobody lacks one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.ranking.calibration import CALIBRATION_WEEKS, Tail
from models.ranking.combination import VISIT, combined, leading
from models.statistics.unexplained import LEAD

REASON, WHOLE = f"{LEAD}:1", f"{VISIT}:1"
OFFICIALS = 14


def scale(official_weeks: int) -> Tail:
    """Of so many official-weeks in all that had anything."""
    return Tail.of(np.linspace(0.5, 3.0, official_weeks), CALIBRATION_WEEKS)


@pytest.mark.parametrize(("official_weeks", "leads"), [(0, True), (6, True), (7, False), (400, False)])
def test_visits_as_a_whole_lead_where_less_than_one_official_a_week_lacks_a_reason(
    official_weeks: int, leads: bool
) -> None:
    assert (WHOLE in leading({REASON: scale(official_weeks)})) == leads


def test_without_a_scale_of_work_without_a_reason_there_was_none() -> None:
    assert leading({}) == (REASON, WHOLE)


def test_where_nobody_lacks_a_reason_rare_visits_count_in_full_and_before_detectors() -> None:
    rarities = pd.DataFrame({WHOLE: [2.5, 0.0], "clock:1": [0.0, 0.0]})
    rare, learned = combined(rarities, np.array([2.0, 5.0]), OFFICIALS, (REASON, WHOLE))
    assert rare > learned
    one, other = combined(rarities, np.zeros(2), OFFICIALS, (REASON, WHOLE))
    assert one - other == pytest.approx(2.5, abs=0.05)


def test_where_reasons_are_lacking_rare_visits_only_add() -> None:
    rarities = pd.DataFrame({REASON: [1.0, 0.0], WHOLE: [0.0, 2.5]})
    lacking, rare = combined(rarities, np.zeros(2), OFFICIALS, (REASON,))
    assert lacking > rare


def test_the_first_work_without_a_reason_still_leads() -> None:
    rarities = pd.DataFrame({REASON: [4.0, -0.5], WHOLE: [0.0, 2.5]})
    lacking, rare = combined(rarities, np.zeros(2), OFFICIALS, (REASON, WHOLE))
    assert lacking > rare
