"""An agency's week as one value: the most marked count leads, others and the detectors add to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.weeks import Week
from models.ranking.agencies import agency_values
from models.ranking.calibration import Floats, Tail
from models.statistics import WeekStatistics
from models.statistics.agency_counts import counted_statistics

WEEK = Week.parse("2026-W46")
CITIES = [f"A{n:02d}" for n in range(40)]
NAMES = [statistic.name for statistic in counted_statistics()]
PLAIN = {name: Tail((0.0,), (np.log(40.0),), 1.0) for name in NAMES}
"""A value of so many nats is expected forty times e to the minus so many times a week."""


def week(**values: dict[str, float]) -> WeekStatistics:
    """A week of forty agencies with these values of some counts; nothing else stands out."""
    others = {
        name: pd.DataFrame({"agency_code": CITIES, "value": [values.get(name, {}).get(city, 0.1) for city in CITIES],
                            "cell": f"cell of {name}", "actual": 5.0, "typical": 1.0})
        for name in NAMES
    }  # fmt: skip
    return WeekStatistics(WEEK, pd.DataFrame(), others, pd.DataFrame())


def nothing(entities: pd.DataFrame) -> Floats:
    return np.zeros(len(entities))


def values(readings: WeekStatistics) -> pd.DataFrame:
    return agency_values(readings, PLAIN, nothing).set_index("agency_code")


def test_the_most_marked_count_leads_and_is_told() -> None:
    found = values(week(agency_item={"A05": 9.0}, agency_outcome={"A05": 4.0})).loc["A05"]
    assert (found.cell, found.actual) == ("cell of agency_item", 5.0)


def test_several_odd_counts_are_more_than_one() -> None:
    one = values(week(agency_item={"A05": 9.0}))["value"]
    several = values(week(agency_item={"A05": 9.0}, agency_outcome={"A05": 6.0}, agency_off_hours={"A05": 6.0}))[
        "value"
    ]
    assert several["A05"] > one["A05"]
    assert several["A06"] == pytest.approx(one["A06"])


def test_what_a_tenth_of_the_agencies_shows_adds_nothing() -> None:
    common = dict.fromkeys(CITIES[:6], 1.0)
    assert values(week(agency_item={"A05": 9.0}, agency_outcome=common))["value"]["A05"] == pytest.approx(
        values(week(agency_item={"A05": 9.0}))["value"]["A05"]
    )


def test_detectors_add() -> None:
    readings = week(agency_item={"A05": 9.0})
    learned = agency_values(readings, PLAIN, lambda frame: np.where(frame.index == "A07", 6.0, 0.0)).set_index(
        "agency_code"
    )
    assert learned["value"]["A07"] > values(readings)["value"]["A07"]


def test_a_log_without_counts_has_no_such_weeks() -> None:
    assert agency_values(WeekStatistics(WEEK, pd.DataFrame(), {}, pd.DataFrame()), {}, nothing).empty
