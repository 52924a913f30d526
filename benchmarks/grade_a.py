"""Strips a DATA folder to what the law itself records (grade A): `python -m benchmarks.grade_a DATA OUT`.

Columns of grades B and C go, and the tables about officials and cases; names of agencies, authority, calendar and
announced campaigns stay, and the truth, so that `shirabe evaluate` tells what such a record still shows.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pyarrow.parquet as pq

from features.contract.columns import LINKAGE_LOG

KEPT = [column.name for column in LINKAGE_LOG if column.grade == "A"]
ABOUT_PEOPLE = ("accounts.parquet", "cases.parquet")


def strip(data: Path, out: Path) -> int:
    """Write the stripped folder; returns the number of delivered files. Files that cannot be read are left out."""
    files = sorted((data / "landing").rglob("*.parquet"))
    written = 0
    for file in files:
        if _stripped(file, out / file.relative_to(data)):
            written += 1
    (out / "reference").mkdir(parents=True, exist_ok=True)
    for file in (data / "reference").glob("*.parquet"):
        if file.name not in ABOUT_PEOPLE:
            shutil.copyfile(file, out / "reference" / file.name)
    shutil.copyfile(data / "truth.parquet", out / "truth.parquet")
    return written


def _stripped(file: Path, target: Path) -> bool:
    try:
        table = pq.ParquetFile(file).read()
    except (OSError, ValueError):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.select([name for name in KEPT if name in table.column_names]), target, compression="zstd")
    return True


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
def main(data: Path, out: Path) -> None:
    """Strip DATA to grade A and write it to OUT."""
    click.echo(f"{strip(data, out)} files of grade A in {out}")


if __name__ == "__main__":
    main()
