"""The scale of a statistic: what it promises about quiet weeks has to hold."""

from __future__ import annotations

import numpy as np
import pytest

from models.ranking.calibration import FEW, FLATTEST, STEEPEST, Tail
from models.ranking.scores import score_of

WEEKS = 8


def exponential(seed: int, weeks: int = WEEKS, per_week: int = 1500) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).exponential(1.0, weeks * per_week)


@pytest.mark.parametrize("rate", [0.5, 2.0, 10.0, 50.0])
def test_so_many_equals_come_as_it_says(rate: float) -> None:
    tail = Tail.of(exponential(1), WEEKS)
    later = exponential(2, weeks=400)
    found = (tail.log_expected(later) <= np.log(rate)).sum() / 400
    assert found == pytest.approx(rate, rel=0.35)


def test_what_is_stranger_is_rarer() -> None:
    tail = Tail.of(exponential(3), WEEKS)
    expected = tail.log_expected(np.linspace(0, 30, 400))
    assert (np.diff(expected) <= 1e-12).all()


def test_misuse_among_the_earlier_weeks_does_not_teach_that_it_is_normal() -> None:
    clean = exponential(4)
    fouled = np.concatenate([clean, np.full(2 * WEEKS, 25.0)])
    value = np.array([15.0])
    assert Tail.of(fouled, WEEKS).log_expected(value)[0] < np.log(0.2)
    assert Tail.of(fouled, WEEKS).log_expected(value)[0] == pytest.approx(
        Tail.of(clean, WEEKS).log_expected(value)[0], abs=3.0
    )


def test_survives_as_json() -> None:
    tail = Tail.of(exponential(5), WEEKS)
    assert Tail.from_json(tail.to_json()) == tail


@pytest.mark.parametrize("rank", [1, 10, 100])
def test_a_quiet_week_expects_as_many_as_its_rank_says(rank: int) -> None:
    tail = Tail.of(exponential(6, weeks=60), 60)
    weeks = np.sort(exponential(7, weeks=200).reshape(200, -1), axis=1)
    expected = np.exp(tail.log_expected(weeks[:, -rank]))
    assert expected.mean() == pytest.approx(rank, rel=0.2)


def slope(tail: Tail) -> float:
    """How fast the expected number falls beyond all that was seen, nats a nat."""
    beyond = np.array([10_000.0, 10_001.0])
    return float(-np.diff(tail.log_expected(beyond))[0])


def test_beyond_what_was_seen_it_falls_as_the_bulk_does() -> None:
    assert slope(Tail.of(exponential(8) * 2.0, WEEKS)) == pytest.approx(0.5, rel=0.2)


@pytest.mark.parametrize(("scale", "expected"), [(0.1, STEEPEST), (100.0, FLATTEST)])
def test_but_no_faster_than_one_to_one_and_not_flat(scale: float, expected: float) -> None:
    assert slope(Tail.of(exponential(9) * scale, WEEKS)) == pytest.approx(expected)
    assert slope(Tail.of(exponential(9, per_week=5) * scale, WEEKS)) == pytest.approx(expected), "nor with few values"


def test_a_statistic_that_is_mostly_zero_has_the_slope_of_what_is_not() -> None:
    values = np.concatenate([np.zeros(WEEKS * 10_000), exponential(10, per_week=5 * FEW) * 2.0])
    assert slope(Tail.of(values, WEEKS)) == pytest.approx(0.5, rel=0.3)
    assert Tail.of(values, WEEKS).log_expected(np.array([0.0]))[0] > np.log(5 * FEW)


def planted(spared: float) -> float:
    """The expected number of equals of what stood out once a week in the weeks before, on its scale."""
    misuse = np.full(WEEKS, 25.0)
    tail = Tail.of(np.concatenate([exponential(11), misuse]), WEEKS, spared=spared)
    return float(np.exp(tail.log_expected(np.array([25.0]))[0]))


def test_what_is_spared_does_not_count_as_usual_and_what_is_not_does() -> None:
    assert planted(spared=5.0) < 0.001
    assert planted(spared=0.0) == pytest.approx(1.0, rel=0.15)


def test_where_nothing_is_spared_only_what_is_rarer_than_all_before_is_rare() -> None:
    values = exponential(12)
    tail = Tail.of(values, WEEKS, spared=0.0)
    assert tail.log_expected(np.array([values.max()]))[0] == pytest.approx(np.log(1 / WEEKS))
    assert tail.log_expected(np.array([values.max() + 1.0]))[0] < np.log(1 / WEEKS)


@pytest.mark.parametrize("spared", [0.0, 1.0])
def test_equals_are_counted_among_what_is_at_least_so_strange(spared: float) -> None:
    """Two agencies that count for three nats each make six: many findings may have the very same value."""
    values = np.concatenate([exponential(14) * 0.5, np.full(30 * WEEKS, 6.0), np.full(2 * WEEKS, 9.0)])
    tail = Tail.of(values, WEEKS, spared)
    assert np.exp(tail.log_expected(np.array([6.0])))[0] == pytest.approx(32.0, rel=0.05)


FEW_VALUES = [2.0, 2.0, 4.0, 6.0]


def test_of_few_values_all_stand_and_one_more_is_presumed() -> None:
    expected = np.exp(Tail.of(FEW_VALUES, WEEKS).log_expected(np.array([0.0, 2.0, 4.0, 6.0])))
    assert expected * WEEKS == pytest.approx([5.0, 5.0, 3.0, 2.0])


def test_beyond_few_values_it_falls_by_half_for_each_median() -> None:
    tail = Tail.of(FEW_VALUES, WEEKS)
    assert slope(tail) == pytest.approx(np.log(2.0) / 3.0)
    assert np.exp(tail.log_expected(np.array([9.0])))[0] * WEEKS == pytest.approx(1.0)


def test_zeros_add_nothing_to_few_values() -> None:
    assert Tail.of([*FEW_VALUES, *[0.0] * 100_000], WEEKS) == Tail.of(FEW_VALUES, WEEKS)


@pytest.mark.parametrize("per_week", [0, 1, FEW - 1, FEW, 5 * FEW])
@pytest.mark.parametrize("spared", [0.0, 1.0, 5.0])
def test_however_much_was_seen_what_is_stranger_is_rarer_and_finite(per_week: int, spared: float) -> None:
    tail = Tail.of(exponential(13, per_week=per_week), WEEKS, spared)
    expected = tail.log_expected(np.linspace(0.0, 700.0, 1000))
    assert np.isfinite(expected).all()
    assert (np.diff(expected) <= 1e-12).all()


def test_next_to_no_history_promises_little() -> None:
    assert Tail.of([], 2).log_expected(np.array([0.0]))[0] == pytest.approx(np.log(0.5))


def test_score_is_half_where_one_equal_is_expected() -> None:
    assert score_of(np.log(np.array([100.0, 1.0, 0.01]))) == pytest.approx([0.99, 50.0, 99.0], abs=0.02)


def heavy(kind: str, seed: int, weeks: int = WEEKS) -> np.ndarray:  # type: ignore[type-arg]
    """Values that no exponential tail fits, `(weeks, officials)`: log-normal, or a hundredth odd by habit."""
    rng = np.random.default_rng(seed)
    if kind == "log-normal":
        return np.exp(rng.normal(0.0, 1.2, (weeks, 1500)))
    values = rng.exponential(size=(weeks, 1500))
    values[:, :15] *= 3.0
    return values


@pytest.mark.parametrize("kind", ["log-normal", "odd by habit"])
def test_a_heavy_tail_keeps_its_promise_where_an_exponential_one_does_not(kind: str) -> None:
    later = heavy(kind, 99, weeks=500)
    found = {}
    for may_be_heavy in (False, True):
        tails = [Tail.of(heavy(kind, seed).ravel(), WEEKS, spared=5.0, heavy=may_be_heavy) for seed in range(8)]
        found[may_be_heavy] = [
            np.mean([(tail.log_expected(later) <= np.log(stated)).sum() / 500 for tail in tails])
            for stated in (0.5, 5.0)
        ]
    assert found[True][0] < 1.0 < found[False][0]
    assert found[True][1] == pytest.approx(5.0, rel=0.25)


def test_a_heavy_tail_is_learned_past_misuse_too_and_survives_as_json() -> None:
    fouled = np.concatenate([exponential(4), np.full(4 * WEEKS, 25.0)])
    tail = Tail.of(fouled, WEEKS, spared=5.0, heavy=True)
    assert tail.log_expected(np.array([25.0]))[0] < np.log(0.2)
    assert Tail.from_json(tail.to_json()) == tail
    assert Tail.from_json({"values": [0.0], "log_rates": [0.0], "slope": [0.5]}) == Tail((0.0,), (0.0,), 0.5)
