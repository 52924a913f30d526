"""Drift: as many false alarms as were asked for and no more, and each kind of change is told apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from models.drift import NATION, Settings, WeekCells
from models.drift.alarms import LEAST_DISTANCE_OF_BINS, detect, judged
from models.drift.causes import CAUSES, explained, kind_label, measure_label, messages, wording
from models.drift.effects import Stream, hellinger, smooth, streams

Rows = list[dict[str, str | int]]
KINDS = ("town", "city")
ATTRIBUTES = ("terminal", "clock", "procedure", "case_size")


def rows_of(rng: np.random.Generator, busy: float = 1.0) -> Rows:
    """A week of two kinds of agency: work varies by week, more than chance alone would make it."""
    rows: Rows = []
    for kind in KINDS:
        visits = int(rng.poisson(1500 * busy * rng.lognormal(0.0, 0.1)))

        def add(
            measure: str, cells: list[str], n: int, sharp: float = 400.0, kind: str = kind, share: float = 1.0
        ) -> None:
            usual = np.exp(-np.arange(len(cells)) / 3.0)
            chances = rng.dirichlet(sharp * usual / usual.sum() + 0.01)
            for cell, count in zip(cells, rng.multinomial(int(rng.binomial(n, share)), chances), strict=True):
                rows.append({"kind": kind, "measure": measure, "cell": cell, "n": int(count)})

        bins = [f"{b}.0" for b in range(16)]
        for attribute in ATTRIBUTES:
            add(f"attribute:{attribute}", bins, visits, share=0.8 if attribute == "case_size" else 1.0)
        add("strangeness:all", bins, visits)
        add("strangeness:unexplained", bins, visits, share=0.2)
        add("count:all", ["all"], 2 * visits)
        add("count:procedure", [f"P{p}" for p in range(12)], 2 * visits)
        add("count:channel", ["interactive", "batch"], 2 * visits)
    return rows


def week_of(seed: int, number: int, change: Callable[[Rows], Rows] = lambda rows: rows, days: int = 5) -> WeekCells:
    rng = np.random.default_rng([seed, number])
    return WeekCells.of(f"2026-W{number:02d}", days, change(rows_of(rng, days / 5)))


def learned(seed: int, weeks: int = 8) -> list[WeekCells]:
    return [week_of(seed, number) for number in range(1, weeks + 1)]


def told(change: Callable[[Rows], Rows]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The kinds and measures of each message about a week that was changed."""
    past, now = learned(3), week_of(3, 20, change)
    drift = explained(detect(now, past, Settings()), now, past)
    return {message.cause: (message.kinds, message.measures) for message in messages(drift)}


def without(measure: str, kind: str = "town") -> Callable[[Rows], Rows]:
    return lambda rows: [row for row in rows if (row["measure"], row["kind"]) != (measure, kind)]


def scaled(kind: str, factor: float) -> Callable[[Rows], Rows]:
    return lambda rows: [r | {"n": int(int(r["n"]) * factor)} if r["kind"] == kind else r for r in rows]


def moved(measure: str, nats: int) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        return [
            r | {"cell": f"{float(r['cell']) + 4 * nats}"} if (r["measure"], r["kind"]) == (measure, "town") else r
            for r in rows
        ]

    return change


def renamed(rows: Rows) -> Rows:
    """Half of the town's requests go by a procedure that is new."""
    new: Rows = []
    for row in rows:
        if (row["kind"], row["measure"]) == ("town", "count:procedure"):
            half = int(row["n"]) // 2
            new += [row | {"n": int(row["n"]) - half}, row | {"cell": "NEW", "n": half}]
        else:
            new.append(row)
    return new


@pytest.fixture(scope="module")
def unchanged() -> list[list[Stream]]:
    """What is measured in worlds without any change."""
    return [streams(week_of(seed, 20), learned(seed)) for seed in range(120)]


@pytest.mark.parametrize("between", [10, 50])
def test_so_many_weeks_pass_between_false_alarms(unchanged: list[list[Stream]], between: int) -> None:
    """No more alarms than asked for, give or take chance (three standard deviations), however small the changes."""
    alarms = sum(
        min(false_discovery_control([e.p_value for e in judged(f, between)], method="by")) <= 1 / between
        for f in unchanged
    )
    expected = len(unchanged) / between
    assert alarms <= expected + 3 * expected**0.5
    assert sum(any(each.alarm for each in judged(found, between)) for found in unchanged) <= alarms


def test_threshold_follows_the_time_between_false_alarms() -> None:
    past = learned(5)
    now = week_of(5, 20, moved("attribute:clock", 1))
    found = streams(now, past)
    often, seldom = (sum(each.alarm for each in judged(found, weeks)) for weeks in (2, 10_000_000))
    assert often > seldom


def test_a_broken_source_is_told() -> None:
    found = told(without("attribute:terminal"))
    assert found.keys() == {"broken_source"}
    assert "filled:terminal" in found["broken_source"][1]
    assert "town" in found["broken_source"][0]


def test_a_kind_of_agency_that_falls_away_is_a_broken_source() -> None:
    found = told(scaled("town", 0.1))
    assert "volume:requests" in found["broken_source"][1]
    assert "town" in found["broken_source"][0]


def test_a_new_platform_is_told() -> None:
    found = told(moved("attribute:terminal", 6))
    assert found["new_platform"][1] == ("attribute:terminal",)
    assert "broken_source" not in found


def test_a_new_procedure_is_told() -> None:
    found = told(renamed)
    assert "town" in found["new_procedure"][0]
    assert found["new_procedure"][1] == ("count:procedure",)


def test_a_change_of_behaviour_is_told() -> None:
    found = told(moved("attribute:clock", 4))
    assert found.keys() == {"behaviour"}
    assert found["behaviour"][1] == ("attribute:clock",)


def test_nothing_is_told_of_an_ordinary_week() -> None:
    assert told(lambda rows: rows) == {}


def test_a_short_week_is_held_against_short_weeks() -> None:
    past = [*learned(7), *(week_of(7, number, days=3) for number in range(9, 13))]
    drift = detect(week_of(7, 20, days=3), past, Settings())
    assert drift.same_working_days
    assert drift.compared == tuple(week.week for week in past[8:])
    assert not detect(week_of(7, 20, days=3), past[:10], Settings()).same_working_days


def test_volume_is_per_working_day() -> None:
    drift = detect(week_of(7, 20, days=3), learned(7), Settings())
    assert not [each for each in drift.alarms if each.measure.startswith("volume:")]


def test_too_few_weeks_say_nothing() -> None:
    drift = detect(week_of(1, 20), learned(1, 3), Settings())
    assert drift.measured == ()


def test_distance_is_between_0_and_1() -> None:
    one, other = np.array([3.0, 1.0, 0.0]), np.array([0.0, 0.0, 5.0])
    assert hellinger(one, other) == 1.0
    assert hellinger(one, one * 7) == pytest.approx(0.0, abs=1e-7)
    assert hellinger(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx((1 - 0.5**0.5) ** 0.5)


def test_a_distribution_that_moves_by_a_bin_is_hardly_another() -> None:
    one, other = smooth(np.array([[0.0, 100.0, 0.0], [0.0, 0.0, 100.0]]))
    assert hellinger(one, other) < LEAST_DISTANCE_OF_BINS
    assert one.sum() == pytest.approx(100.0)


def test_every_cause_kind_and_measure_has_words() -> None:
    assert set(wording().causes) == set(CAUSES)
    now = week_of(1, 20)
    for stream in streams(now, learned(1)):
        assert measure_label(stream.measure).ja != stream.measure
        assert kind_label(stream.kind).ja != stream.kind
    assert NATION in wording().kinds
