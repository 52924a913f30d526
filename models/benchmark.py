"""`python -m models.benchmark FILE.npz …`: every tabular detector and the combination on public benchmark data."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from models.detectors import DETECTORS, Floats, combine, fit, tail_rarity


def score_all(X: Floats, seed: int) -> dict[str, Floats]:
    """Strangeness of every row by every detector and by their combination, `(n,)` each."""
    rarities = {}
    for detector in DETECTORS:
        estimator, reference = fit(detector, X, seed)
        rarities[detector.name] = tail_rarity(detector.strangeness(estimator, X), reference)
    return {**rarities, "combination": combine(rarities)}


def measure(file: Path, seed: int) -> dict[str, tuple[float, float]]:
    """AUC-ROC and average precision a detector; the file holds arrays `X` (n, d) and `y` (n,), 1 for an anomaly."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    with np.load(file) as content:
        if not {"X", "y"} <= set(content.files):
            raise SystemExit(f"{file}: holds no arrays named X and y")
        X, y = np.asarray(content["X"], dtype=float), np.asarray(content["y"]).astype(int)
    scores = score_all(X, seed)
    return {n: (float(roc_auc_score(y, s)), float(average_precision_score(y, s))) for n, s in scores.items()}


def main(arguments: list[str]) -> int:
    """Print a table a file and the means over all files."""
    if not arguments:
        print("usage: python -m models.benchmark FILE.npz …", file=sys.stderr)
        return 2
    results = {file: measure(Path(file), seed=7) for file in arguments}
    for file, measured in results.items():
        _print(Path(file).name, measured)
    names = list(next(iter(results.values())))
    mean = {
        n: (
            float(np.mean([r[n][0] for r in results.values()])),
            float(np.mean([r[n][1] for r in results.values()])),
        )
        for n in names
    }
    _print(f"mean of {len(results)}", mean)
    return 0


def _print(title: str, measured: dict[str, tuple[float, float]]) -> None:
    print(f"{title}\n{'':14}{'AUC-ROC':>9}{'AP':>9}")
    for name, (auc, precision) in measured.items():
        print(f"{name:14}{auc:9.3f}{precision:9.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
