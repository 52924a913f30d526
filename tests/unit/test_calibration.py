"""The scale of a statistic: what it promises about quiet weeks has to hold."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import Tail
from models.scoring import score_of

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


def test_next_to_no_history_promises_little() -> None:
    assert Tail.of([], 2).log_expected(np.array([0.0]))[0] == pytest.approx(np.log(0.5))


def test_score_is_half_where_one_equal_is_expected() -> None:
    assert score_of(np.log(np.array([100.0, 1.0, 0.01]))) == pytest.approx([0.99, 50.0, 99.0], abs=0.02)
