"""What names someone: the scale of all statistics together, one aspect alone, and what was never seen before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.weeks import Week
from models.calibration import Floats, Tail
from models.findings import ASPECT, CASE, ENTITY, OFFICIAL, WEIGHT, find, learn_tails
from models.statistics import Readings
from models.unexplained import LEAD

FIRST = Week.parse("2026-W10")
WEEKS, OFFICIALS = 8, 1_000
COLUMNS = ["agency_code", "requester_user", "aspect", "window", "value"]


def nothing_learned(officials: pd.DataFrame) -> Floats:
    return np.zeros(len(officials))


def quiet(week: Week, more: tuple[tuple[str, float], ...] = ()) -> Readings:
    """A week of honest chance: values are minus logarithms of probabilities; `more` is added to the official `u0`."""
    rng = np.random.default_rng(week.monday.toordinal())
    rows = [
        (f"A{n % 20}", f"u{n}", aspect, window, value)
        for aspect in (LEAD, "clock", "terminal")
        for window in (1, 4, 8)
        for n, value in enumerate(rng.exponential(size=OFFICIALS))
    ]
    rows += [("A0", "u0", aspect, 1, value) for aspect, value in more]
    scans = pd.DataFrame(rows, columns=COLUMNS).assign(step=0, past=3, expected=0.5)
    texts, numbers = (
        ("agency_code", "requester_user", "entity_id", "rule_id"),
        ("value", "actual", "typical", "window", "n"),
    )
    kinds = dict.fromkeys(texts, "object") | dict.fromkeys(numbers, "float")
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    return Readings(week, scans, dict.fromkeys(ENTITY, empty), empty)


@pytest.fixture(scope="module")
def tails() -> dict[str, Tail]:
    return learn_tails([quiet(FIRST.shift(n)) for n in range(WEEKS)], nothing_learned)


def found_of(readings: Readings, tails: dict[str, Tail]) -> pd.DataFrame:
    found = find(readings, tails, nothing_learned)
    return found[found.requester_user == "u0"].reset_index(drop=True)


def test_a_quiet_week_holds_as_many_cases_as_the_scale_says(tails: dict[str, Tail]) -> None:
    counts = []
    for n in range(20):
        found = find(quiet(FIRST.shift(WEEKS + n)), tails, nothing_learned).drop_duplicates(["entity", "entity_id"])
        counts.append(int((found.log_expected <= np.log(10.0)).sum()))
    assert 7.0 < np.mean(counts) < 13.0


def test_strangest_comes_first_on_one_scale(tails: dict[str, Tail]) -> None:
    found = find(quiet(FIRST.shift(WEEKS)), tails, nothing_learned)
    assert found.log_expected.is_monotonic_increasing
    assert set(found.statistic) <= WEIGHT.keys()


def test_more_work_without_a_reason_is_never_less_strange(tails: dict[str, Tail]) -> None:
    week = FIRST.shift(WEEKS)
    expected = [found_of(quiet(week, ((LEAD, value),)), tails).log_expected[0] for value in (8.0, 12.0, 20.0)]
    assert expected == sorted(expected, reverse=True)
    assert found_of(quiet(week, ((LEAD, 20.0),)), tails).statistic[0] == OFFICIAL


def test_an_aspect_rarer_than_all_before_names_an_official_by_itself(tails: dict[str, Tail]) -> None:
    led = found_of(quiet(FIRST.shift(WEEKS), (("clock", 40.0),)), tails).iloc[0]
    assert (led.statistic, led.aspect, led.actual) == (ASPECT, "clock", 3)
    assert led.log_expected < np.log(0.1)


def test_an_aspect_as_rare_as_before_does_not(tails: dict[str, Tail]) -> None:
    assert ASPECT not in set(found_of(quiet(FIRST.shift(WEEKS), (("clock", 6.0),)), tails).statistic)


def test_what_was_never_seen_in_the_weeks_before_counts(tails: dict[str, Tail]) -> None:
    led = found_of(quiet(FIRST.shift(WEEKS), (("pretext", 20.0),)), tails).iloc[0]
    assert (led.statistic, led.aspect) == (ASPECT, "pretext")


def test_the_last_scale_is_of_all_statistics_together(tails: dict[str, Tail]) -> None:
    assert CASE in tails
    found = find(quiet(FIRST.shift(WEEKS)), tails, nothing_learned)
    assert found.log_expected[0] >= tails[CASE].log_expected(np.array([50.0]))[0]
