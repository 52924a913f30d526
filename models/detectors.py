"""The detectors, one row each: how to build it from a seed and how to read its strangeness. Higher is stranger, here and
everywhere else: the libraries disagree on direction (scikit-learn: lower is stranger; PyOD: higher), so it is turned once,
here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_ROWS = 20_000
"""Detectors that look for neighbours learn from at most so many rows: their search grows faster than n log n in high
dimensions, and a neighbourhood of ten among 20,000 rows is as telling as one of ten among a million."""


@dataclass(frozen=True)
class Detector:
    """A row of the table. `strangeness` takes the fitted estimator and `(n, d)` and gives `(n,)`, higher is stranger."""

    name: str
    label_ja: str
    build: Callable[[int], Any]
    strangeness: Callable[[Any, Floats], Floats]
    samples: bool


def _prepared(estimator: Any) -> Any:
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import RobustScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        VarianceThreshold(),
        RobustScaler(quantile_range=(5.0, 95.0), unit_variance=False),
        estimator,
    )


def _isolation_forest(seed: int) -> Any:
    from sklearn.ensemble import IsolationForest

    return _prepared(IsolationForest(n_estimators=200, random_state=seed))


def _knn(seed: int) -> Any:
    from pyod.models.knn import KNN

    return _prepared(KNN(n_neighbors=10, method="mean"))


def _ecod(seed: int) -> Any:
    from pyod.models.ecod import ECOD

    return _prepared(ECOD())


def _pca(seed: int) -> Any:
    from pyod.models.pca import PCA

    return _prepared(PCA(n_components=0.99, svd_solver="full", random_state=seed))


def _hbos(seed: int) -> Any:
    from pyod.models.hbos import HBOS

    return _prepared(HBOS(n_bins=20))


def _pyod_score(fitted: Any, data: Floats) -> Floats:
    return np.asarray(fitted[-1].decision_function(fitted[:-1].transform(data)), dtype=float)


def _sklearn_score(fitted: Any, data: Floats) -> Floats:
    found: Floats = -np.asarray(fitted.score_samples(data), dtype=float)
    return found


DETECTORS: tuple[Detector, ...] = (
    Detector("iforest", "孤立木", _isolation_forest, _sklearn_score, samples=False),
    Detector("knn", "近傍距離", _knn, _pyod_score, samples=True),
    Detector("ecod", "経験分布の裾", _ecod, _pyod_score, samples=False),
    Detector("pca", "主成分", _pca, _pyod_score, samples=False),
    Detector("hbos", "ヒストグラム", _hbos, _pyod_score, samples=False),
)


def fit(detector: Detector, data: Floats, seed: int) -> tuple[Any, Floats]:
    """The fitted estimator and the rising strangeness of its training rows; rows are sampled where the table says so.

    Training does not depend on the order of the rows: they are sorted first.
    """
    ordered = data[np.lexsort(data.T[::-1])]
    if detector.samples and len(ordered) > MOST_ROWS:
        ordered = ordered[np.random.default_rng(seed).choice(len(ordered), MOST_ROWS, replace=False)]
    estimator = detector.build(seed).fit(ordered)
    return estimator, np.sort(detector.strangeness(estimator, ordered))


def tail_rarity(scores: Floats, reference: Floats) -> Floats:
    """Minus the logarithm of the share of training rows at least so strange, `(n,)`, in nats."""
    at_least = len(reference) - np.searchsorted(reference, scores, side="left")
    rarity: Floats = -np.log((at_least + 0.5) / (len(reference) + 1.0))
    return rarity


def combine(rarities: Mapping[str, Floats]) -> Floats:
    """The mean rarity over the detectors: robust against one that fails, and sharp where several agree."""
    return np.asarray(np.mean(np.stack(list(rarities.values())), axis=0), dtype=float)


def fit_score(X: Floats, seed: int) -> Floats:
    """Train on X `(n, d)` and score the same rows: the combination's strangeness `(n,)`, higher is stranger."""
    rarities = {}
    for detector in DETECTORS:
        estimator, reference = fit(detector, X, seed)
        rarities[detector.name] = tail_rarity(detector.strangeness(estimator, X), reference)
    return combine(rarities)
