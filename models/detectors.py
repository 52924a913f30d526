"""The detectors, one row each: how to build it from a seed and how to read its strangeness. Higher is stranger, here and
everywhere else: the libraries disagree on direction (scikit-learn: lower is stranger; PyOD: higher), so it is turned once,
here.

The members were chosen on public benchmark tables, of which half were kept aside (`benchmarks/README.md`): trees,
neighbours far and near, clusters and a robust ellipse err on different tables, so that their mean beats each of them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.sizes import USUAL, Sizes

Floats = NDArray[np.float64]
MOST_ROWS = 20_000
"""Detectors that look for neighbours learn from at most so many rows: their search grows faster than n log n in high
dimensions, and a neighbourhood of a hundred among 20,000 rows is as telling as one of a hundred among a million."""
ROWS_OF_AN_ELLIPSE = 5_000
"""The minimum covariance determinant is a search of many rounds; its 40 x 40 matrix needs no more rows than these."""
MOST_DIMENSIONS = 64
"""Ellipses are fitted in at most so many principal directions: their time grows with the cube."""
ROWS_A_DIMENSION = 5
"""and in no more than one direction for so many rows."""
FLAT = 1e-3
"""A principal direction with so small a standard deviation, where columns have 1, is a combination of others."""
LEAST_ROWS = 8
"""With fewer rows there is nobody to differ from."""
LARGEST = 1e100
"""Beyond it squares overflow; a value as large is as strange as can be."""


@dataclass(frozen=True)
class Shape:
    """What is learned from: how many rows, distinct rows and rows like the commonest one; how many columns that are no
    combinations of others."""

    rows: int
    distinct: int
    alike: int
    rank: int

    @property
    def directions(self) -> int:
        """Principal directions in which an ellipse can be fitted."""
        return max(1, min(self.rank, MOST_DIMENSIONS, self.rows // ROWS_A_DIMENSION))


@dataclass(frozen=True)
class Detector:
    """A row of the table. `steps` builds library transformers and the estimator, which see standardised columns, from seed,
    shape and size;
    `strangeness` takes the fitted pipeline and `(n, d)` and gives `(n,)`, higher is stranger. `one_thread`: it learns in
    one thread, as it would learn something else in two."""

    name: str
    label_ja: str
    steps: Callable[[int, Shape, float], tuple[Any, ...]]
    strangeness: Callable[[Any, Floats], Floats]
    most_rows: int | None = None
    one_thread: bool = False


def _iforest(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from sklearn.ensemble import IsolationForest

    return (IsolationForest(n_estimators=int(size), random_state=seed),)


def _knn(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from pyod.models.knn import KNN

    return (KNN(n_neighbors=max(1, min(int(size), shape.rows // 2)), method="mean"),)


def _near(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from pyod.models.knn import KNN
    from sklearn.preprocessing import FunctionTransformer

    return (FunctionTransformer(np.arcsinh), KNN(n_neighbors=max(1, min(int(size), shape.rows // 2)), method="mean"))


def _uncompiled() -> None:
    """Have PyOD take CBLOF's distances as the NumPy expression that it wrote. Compiled by numba they are no faster, and each
    process would spend many seconds compiling."""
    from pyod.utils import stat_models

    helper = stat_models._pairwise_distances_no_broadcast_helper
    stat_models._pairwise_distances_no_broadcast_helper = getattr(helper, "py_func", helper)


def _cblof(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from pyod.models.cblof import CBLOF
    from sklearn.preprocessing import FunctionTransformer

    # The largest clusters that hold `alpha` of the rows are the large ones; a higher share need not be splittable.
    clusters = max(2, min(int(size), shape.distinct))
    alpha = min(0.8, (clusters - 1) / clusters - 0.01)
    _uncompiled()
    cblof = CBLOF(n_clusters=clusters, alpha=alpha, check_estimator=False, random_state=seed)
    return (FunctionTransformer(np.arcsinh), cblof)


def _mcd(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from pyod.models.mcd import MCD
    from sklearn.decomposition import PCA

    # Where the commonest row could be all of the support there is no ellipse in it; then all rows support it.
    support = size if shape.alike < 0.9 * size * shape.rows else 1.0
    # No whitening: directions in which the support does not vary must stay small, to be left out as such.
    return (
        PCA(n_components=shape.directions, svd_solver="full"),
        MCD(support_fraction=support, random_state=seed),
    )


def _pyod_score(fitted: Any, data: Floats) -> Floats:
    _uncompiled()
    return np.asarray(fitted[-1].decision_function(fitted[:-1].transform(data)), dtype=float)


def _sklearn_score(fitted: Any, data: Floats) -> Floats:
    found: Floats = -np.asarray(fitted.score_samples(data), dtype=float)
    return found


DETECTORS: tuple[Detector, ...] = (
    Detector("iforest", "孤立木", _iforest, _sklearn_score),
    Detector("knn", "近傍距離", _knn, _pyod_score, MOST_ROWS),
    Detector("near", "近い近傍", _near, _pyod_score, MOST_ROWS),
    Detector("cblof", "群からの距離", _cblof, _pyod_score, MOST_ROWS, one_thread=True),  # k-means adds up by thread
    Detector("mcd", "頑健な楕円", _mcd, _pyod_score, ROWS_OF_AN_ELLIPSE),
)


def fit(detector: Detector, data: Floats, seed: int, sizes: Sizes = USUAL) -> tuple[Any, Floats]:
    """The fitted pipeline and the rising strangeness of its training rows; rows are sampled where the table says so.

    Training does not depend on the order of the rows: they are sorted first. NaN counts as the median of its column.
    """
    import threadpoolctl
    from sklearn.pipeline import make_pipeline

    ordered = data[np.lexsort(data.T[::-1])]
    if detector.most_rows is not None and len(ordered) > detector.most_rows:
        ordered = ordered[np.random.default_rng(seed).choice(len(ordered), detector.most_rows, replace=False)]
    # Thousands of products of small matrices: shared out between threads, MCD took 30 s where it takes 2 s in one.
    limited = None if detector.one_thread else "blas"
    with threadpoolctl.threadpool_limits(1, user_api=limited), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # degenerate columns are met by the detectors' own fallbacks
        prepared = _preparation().fit(ordered)
        seen = prepared.transform(ordered)
        steps = detector.steps(seed, _shape(seen), sizes[detector.name])
        estimator = make_pipeline(*[step for _, step in prepared.steps], *steps).fit(ordered)
        return estimator, np.sort(detector.strangeness(estimator, ordered))


def fit_all(
    data: Floats, seed: int, without: Collection[str] = (), sizes: Sizes = USUAL
) -> dict[str, tuple[Any, Floats]]:
    """What `fit` gives, by detector; one that cannot learn from these rows (too few, or all alike) is left out, as are those
    that are named or of size 0."""
    fitted = {}
    for detector in (row for row in DETECTORS if data.size and row.name not in without and sizes[row.name]):
        with suppress(ValueError):
            fitted[detector.name] = fit(detector, data, seed, sizes)
    return fitted


def _shape(seen: Floats) -> Shape:
    _, alike = np.unique(seen, axis=0, return_counts=True)
    rank = int(np.linalg.matrix_rank(seen, tol=FLAT * np.sqrt(len(seen))))
    return Shape(len(seen), len(alike), int(alike.max()), rank)


def _preparation() -> Any:
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), VarianceThreshold(), StandardScaler()
    )


def tail_rarity(scores: Floats, reference: Floats) -> Floats:
    """Minus the logarithm of the share of training rows at least so strange, `(n,)`, in nats."""
    at_least = len(reference) - np.searchsorted(reference, scores, side="left")
    rarity: Floats = -np.log((at_least + 0.5) / (len(reference) + 1.0))
    return rarity


def combine(rarities: Mapping[str, Floats]) -> Floats:
    """The mean over the detectors: robust against one that fails, and sharp where several agree."""
    return np.asarray(np.mean(np.stack(list(rarities.values())), axis=0), dtype=float)


def rarities(fitted: Mapping[str, tuple[Any, Floats]], data: Floats) -> dict[str, Floats]:
    """The rarity of every row of `(n, d)` by each fitted detector, by name, `(n,)` each, nats."""
    return {
        detector.name: tail_rarity(detector.strangeness(fitted[detector.name][0], data), fitted[detector.name][1])
        for detector in DETECTORS
        if detector.name in fitted
    }


def common_rarity(fitted: Mapping[str, tuple[Any, Floats]], data: Floats) -> Floats:
    """The combination, in production and in benchmarks: the mean rarity of every row, `(n,)`; 0 without detectors."""
    found = rarities(fitted, data) if len(data) else {}
    return combine(found) if found else np.zeros(len(data))


def score_all(X: Floats, seed: int) -> dict[str, Floats]:
    """The rarity of every row of X `(n, d)` by every detector trained on X and by the `combination`, `(n,)` each.

    The same rows and seed give the same values whatever the order of the rows; 0 for all where there is nothing to
    compare (fewer than LEAST_ROWS rows, or no column that varies).
    """
    data = np.where(np.isfinite(X), np.clip(X, -LARGEST, LARGEST), np.nan)
    fitted = fit_all(data, seed) if len(data) >= LEAST_ROWS else {}
    # Rows are scored once and in a fixed order: how a library blocks its products shows in the last digits.
    rows, place = np.unique(data, axis=0, return_inverse=True)
    found = rarities(fitted, rows)
    nothing = np.zeros(len(rows))
    scores = {detector.name: found.get(detector.name, nothing) for detector in DETECTORS}
    scores["combination"] = combine(found) if found else nothing
    return {name: values[place.ravel()] for name, values in scores.items()}


def fit_score(X: Floats, seed: int) -> Floats:
    """Train on X `(n, d)` and score the same rows: the combination's strangeness `(n,)`, higher is stranger."""
    return score_all(np.asarray(X, dtype=float), seed)["combination"]
