"""`python -m benchmarks.tabular [FILE.npz …]`: does the combination of detectors lose to its best member?

Each file holds a public benchmark table as arrays `X` (n, d) and `y` (n,), 1 for an anomaly. Without files, tables are
made from data that scikit-learn ships: one class is the anomalies, thinned to a few, all others are ordinary (the way
most public benchmarks of anomaly detection were made). The tables are split in two by their names: the members and
their combination were chosen on one half (`choosing`), the other was kept aside until then.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.benchmark import mean_of, measure, print_figures, read_table
from models.detectors import Floats

FEW = 20
"""Anomalies of a table made from classes."""
Table = tuple[str, Floats, NDArray[np.int_]]


def shipped() -> Iterator[Table]:
    """Tables from scikit-learn's own data: every class of the digits, of the wines and of the tumours once."""
    from sklearn.datasets import load_breast_cancer, load_digits, load_wine

    for name, load in (("digits", load_digits), ("wine", load_wine), ("tumours", load_breast_cancer)):
        data, label = load(return_X_y=True)
        for rare in np.unique(label):
            yield f"{name}-{rare}", *_with_few(np.asarray(data, dtype=float), label == rare)


def _with_few(data: Floats, rare: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.int_]]:
    anomalies = np.random.default_rng(7).choice(np.flatnonzero(rare), FEW, replace=False)
    rows = np.r_[np.flatnonzero(~rare), anomalies]
    return data[rows], rare[rows].astype(int)


def given(files: list[str]) -> Iterator[Table]:
    """The tables of files, under their names without ending."""
    for file in map(Path, files):
        yield file.stem, *read_table(file)


def half(name: str) -> str:
    """The half that a table belongs to: the parity of its name's checksum."""
    return "kept aside" if crc32(name.encode()) % 2 else "choosing"


def main(files: list[str]) -> int:
    """Print the means of both halves and over all, beside the best member."""
    measured = {}
    for name, X, y in given(files) if files else shipped():
        started = time.perf_counter()
        measured[name] = measure(X, y, seed=7)
        auc, precision = measured[name]["combination"]
        took = time.perf_counter() - started
        print(f"{name:24}{X.shape!s:>15}{y.mean():8.3f}{auc:9.3f}{precision:9.3f}{took:7.1f} s", flush=True)
    for part in ("choosing", "kept aside", "all"):
        of_part = [m for name, m in measured.items() if part in ("all", half(name))]
        if of_part:
            print_figures(f"\n{part}: mean of {len(of_part)} tables", mean_of(of_part))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
