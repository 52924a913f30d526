"""One conformance test for every row of the table of detectors."""

from __future__ import annotations

import numpy as np
import pytest

from models.detectors import DETECTORS, Detector, Floats, fit, fit_score

rows = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.name)


def cloud(seed: int = 0) -> Floats:
    found: Floats = np.random.default_rng(seed).normal(size=(400, 6))
    return found


@rows
def test_a_planted_outlier_ranks_first(detector: Detector) -> None:
    data = np.vstack([cloud(), np.full((1, 6), 9.0)])
    estimator, _ = fit(detector, data, seed=1)
    assert detector.strangeness(estimator, data).argmax() == len(data) - 1


@rows
def test_the_same_seed_gives_the_same_scores(detector: Detector) -> None:
    first, second = (detector.strangeness(fit(detector, cloud(), seed=3)[0], cloud(1)) for _ in range(2))
    assert (first == second).all()


@rows
def test_the_order_of_rows_does_not_matter(detector: Detector) -> None:
    shuffled = np.random.default_rng(9).permutation(cloud())
    straight, mixed = (fit(detector, data, seed=3)[0] for data in (cloud(), shuffled))
    assert detector.strangeness(straight, cloud(1)) == pytest.approx(detector.strangeness(mixed, cloud(1)))


@rows
def test_nulls_and_constant_columns_do_no_harm(detector: Detector) -> None:
    data = np.hstack([cloud(), np.ones((400, 1))])
    data[::7, 0] = np.nan
    estimator, reference = fit(detector, data, seed=1)
    assert np.isfinite(reference).all()
    assert np.isfinite(detector.strangeness(estimator, data)).all()


def test_the_combination_finds_what_its_members_find() -> None:
    data = np.vstack([cloud(), np.full((1, 6), 9.0)])
    assert fit_score(data, seed=1).argmax() == len(data) - 1
    assert fit_score(data, seed=1).shape == (401,)
