"""`python -m models.benchmark FILE.npz …`: every tabular detector and the combination on public benchmark data."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.detectors import Floats, score_all


def read_table(file: Path) -> tuple[Floats, NDArray[np.int_]]:
    """The arrays `X` (n, d) and `y` (n,), 1 for an anomaly, of a file; SystemExit if it has none."""
    with np.load(file) as content:
        if not {"X", "y"} <= set(content.files):
            raise SystemExit(f"{file}: holds no arrays named X and y")
        return np.asarray(content["X"], dtype=float), np.asarray(content["y"]).astype(int)


def measure(X: Floats, y: NDArray[np.int_], seed: int) -> dict[str, tuple[float, float]]:
    """AUC-ROC and average precision of every detector and of their combination, trained on X `(n, d)` alone."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores = score_all(X, seed)
    return {n: (float(roc_auc_score(y, s)), float(average_precision_score(y, s))) for n, s in scores.items()}


def mean_of(measured: Sequence[Mapping[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """The means over tables, of each detector."""
    return {
        name: (float(np.mean([m[name][0] for m in measured])), float(np.mean([m[name][1] for m in measured])))
        for name in measured[0]
    }


def main(arguments: list[str]) -> int:
    """Print a table a file and the means over all files."""
    if not arguments:
        print("usage: python -m models.benchmark FILE.npz …", file=sys.stderr)
        return 2
    measured = []
    for file in map(Path, arguments):
        measured.append(measure(*read_table(file), seed=7))
        print_figures(file.name, measured[-1])
    print_figures(f"mean of {len(measured)}", mean_of(measured))
    return 0


def print_figures(title: str, measured: Mapping[str, tuple[float, float]]) -> None:
    """One table: a detector a line."""
    print(f"{title}\n{'':14}{'AUC-ROC':>9}{'AP':>9}")
    for name, (auc, precision) in measured.items():
        print(f"{name:14}{auc:9.3f}{precision:9.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
