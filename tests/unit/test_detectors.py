"""One conformance test for every row of the table of detectors."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bundle import FittedDetector
from models.detectors import DETECTORS, Detector, Floats, common_rarity, fit, fit_all, fit_score, score_all
from models.ranking.combination import learned_rarity
from models.sizes import USUAL, Sizes

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


def degenerate() -> dict[str, Floats]:
    """Tables that public benchmarks hold, or that a careless caller gives."""
    some, rng = cloud()[:60], np.random.default_rng(5)
    return {
        "a column without a value": np.hstack([some, np.full((60, 1), np.nan)]),
        "infinite values": np.where(rng.random(some.shape) < 0.05, np.inf, some),
        "huge values": some * 1e200,
        "a column twice": np.hstack([some, some[:, :1]]),
        "yes and no": (some > 0).astype(float),
        "three different rows": np.repeat(some[:3], 20, axis=0),
        "one row unlike the others": np.vstack([np.zeros((59, 6)), np.ones((1, 6))]),
        "more columns than rows": some[:12].repeat(5, axis=1) + rng.normal(size=(12, 30)),
        "nothing that varies": np.ones((60, 3)),
        "one row": some[:1],
        "no row": some[:0],
    }


@pytest.mark.parametrize("name", degenerate())
def test_the_combination_survives_degenerate_tables(name: str) -> None:
    data = degenerate()[name]
    scores = fit_score(data, seed=1)
    assert scores.shape == (len(data),)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", ["yes and no", "infinite values", "a column twice"])
def test_the_combination_is_the_same_to_the_last_digit_in_any_order(name: str) -> None:
    data = degenerate()[name]
    order = np.random.default_rng(2).permutation(len(data))
    assert (fit_score(data[order], seed=1) == fit_score(data, seed=1)[order]).all()


def test_equal_rows_are_equally_strange() -> None:
    scores = fit_score(np.repeat(cloud()[:50], 3, axis=0), seed=1).reshape(50, 3)
    assert (scores == scores[:, :1]).all()


def test_benchmarks_use_the_combination_of_production() -> None:
    data = np.vstack([cloud(), np.full((1, 6), 9.0)])
    fitted = {name: FittedDetector(*parts) for name, parts in fit_all(data, seed=1).items()}
    names = [str(column) for column in range(6)]
    production = learned_rarity(pd.DataFrame(data, columns=names), names, fitted)
    np.testing.assert_allclose(fit_score(data, seed=1), production)


def test_no_detector_is_lost_on_more_rows_than_it_learns_from(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(replace(detector, most_rows=100) for detector in DETECTORS)
    monkeypatch.setattr("models.detectors.DETECTORS", few)
    members = score_all(np.vstack([cloud(), np.full((1, 6), 9.0)]), seed=1)
    # What lies beyond all that was learned from is as rare as a scale can say; others may be so too.
    assert [name for name, values in members.items() if values[400] < values.max()] == []
    assert members["combination"].argmax() == 400


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((0, 3)),
        np.zeros((1, 3)),
        np.zeros((9, 3)),
        np.eye(9)[:, :1] * np.ones((1, 3)),
        np.vstack([np.zeros((8, 2)), [[1.0, 0.0]]]),
        np.arange(2.0)[:, None],
    ],
)
def test_rows_that_teach_nothing_leave_a_detector_out(rows: np.ndarray) -> None:
    """One official, one request a day: an ellipse has no row left to stand on."""
    fitted = fit_all(rows, seed=1)
    assert set(fitted) <= {row.name for row in DETECTORS}
    for row in DETECTORS:
        if row.name in fitted:
            assert np.isfinite(row.strangeness(fitted[row.name][0], rows)).all()


def test_a_week_without_rows_has_no_rarities() -> None:
    assert len(common_rarity(fit_all(cloud(), seed=1), np.zeros((0, 6)))) == 0


def test_rows_that_teach_something_keep_every_detector() -> None:
    assert set(fit_all(cloud(), seed=1)) == {row.name for row in DETECTORS}


def test_one_thread_and_two_learn_the_same() -> None:
    """More rows than k-means gives to one thread, so that several would add up in another order."""
    import threadpoolctl

    random = np.random.default_rng(1)
    rows = random.poisson(0.3, (6000, 12)) * random.random((6000, 12))
    for row in (each for each in DETECTORS if each.name in {"cblof", "mcd"}):
        with threadpoolctl.threadpool_limits(1):
            alone = fit(row, rows, 7)[1]
        with threadpoolctl.threadpool_limits(2):
            assert (fit(row, rows, 7)[1] == alone).all(), row.name


def test_nothing_is_compiled_to_train_or_score() -> None:
    """A compiler that starts in every process costs a small week more than its detectors."""
    script = (
        "import numpy as np; from models.detectors import DETECTORS, fit_all\n"
        "from pyod.utils import stat_models\n"
        "kernel = stat_models._pairwise_distances_no_broadcast_helper\n"
        "data = np.random.default_rng(0).normal(size=(400, 6))\n"
        "for name, (estimator, _) in fit_all(data, 1).items():\n"
        "    next(row for row in DETECTORS if row.name == name).strangeness(estimator, data)\n"
        "assert not kernel.signatures"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_every_detector_has_a_size_and_0_leaves_it_out() -> None:
    assert {f"detectors.{row.name}" for row in DETECTORS} == set(USUAL.told())
    assert set(fit_all(cloud(), 1, sizes=Sizes(knn=0, mcd=0))) == {"iforest", "near", "cblof"}


def test_a_size_is_what_the_detector_is_built_with_and_is_read_from_its_model() -> None:
    fitted = fit_all(cloud(), 1, sizes=Sizes(iforest=11, knn=7, mcd=0.7))
    assert fitted["iforest"][0][-1].n_estimators == 11
    assert fitted["knn"][0][-1].n_neighbors == 7
    assert fitted["mcd"][0][-1].support_fraction == 0.7
    other = Sizes(iforest=11, mcd=0.7)
    assert Sizes.of(other.told()) == other
    assert other.unusual() == {"detectors.iforest": 11, "detectors.mcd": 0.7}
    assert Sizes.of({"seed": 1}) == USUAL, "a model of a program that knew no sizes"
