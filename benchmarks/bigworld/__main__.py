"""A large log in seconds: officials with habits, cases, runs of files, reference tables; for measuring speed, not detection.

Written by DuckDB from hashes alone: the same numbers write the same rows, and a week costs no more than a copy of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

HERE = Path(__file__).parent
BATCH_SHARE = 0.4
REQUESTS_A_SITTING = 2.5
CASE_WEEKS_BEFORE = 6
FILE_ROWS = 500_000


@dataclass(frozen=True)
class BigWorld:
    """How much there is: requests a week, agencies, officials, weeks that end with `last`."""

    rows: int
    agencies: int
    officials: int
    weeks: int
    last: Week

    @property
    def sittings(self) -> float:
        """How often an official sits down in a week, on average."""
        return self.rows * (1 - BATCH_SHARE) / REQUESTS_A_SITTING / self.officials


def text(name: str) -> str:
    """One of the queries beside this module."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def write(world: BigWorld, data: Path, engine: DuckDBEngine) -> None:
    """Write a DATA folder."""
    landing, reference = data / "landing" / "linkage_log", data / "reference"
    for folder in (landing, reference):
        folder.mkdir(parents=True, exist_ok=True)
    engine.table(
        "official",
        text("official"),
        {"agencies": world.agencies, "officials": world.officials, "sittings": world.sittings},
    )
    for back in range(world.weeks + CASE_WEEKS_BEFORE - 1, -1, -1):
        week = world.last.shift(-back)
        when = {"week": 1000 - back, "monday": week.monday}
        cases = f"CREATE TABLE IF NOT EXISTS case_file AS FROM ({text('case_file')}) LIMIT 0"
        engine.connection.execute(cases, when)
        engine.connection.execute(f"INSERT INTO case_file {text('case_file')}", when)
        if back < world.weeks:
            size = {"agencies": world.agencies, "batch_rows": int(world.rows * BATCH_SHARE)}
            engine.parquet(f"{text('request')} ORDER BY requested_at", landing / f"{week}.parquet", when | size)
    _reference(world, engine, reference)


def _reference(world: BigWorld, engine: DuckDBEngine, folder: Path) -> None:
    for table in ("agencies", "accounts", "cases", "authority"):
        parameters = {"agencies": world.agencies} if table == "agencies" else {}
        engine.parquet(text(table), folder / f"{table}.parquet", parameters)


@click.command()
@click.option("--rows", default=300_000, show_default=True, help="requests a week")
@click.option("--agencies", default=4_000, show_default=True)
@click.option("--officials", default=60_000, show_default=True)
@click.option("--weeks", default=6, show_default=True)
@click.option("--last", default="2026-W46", show_default=True)
@click.option("--memory", default="6GB", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(rows: int, agencies: int, officials: int, weeks: int, last: str, memory: str, out: Path) -> None:
    """Write a large log below OUT."""
    with DuckDBEngine(memory, spill=out / ".spill") as engine:
        write(BigWorld(rows, agencies, officials, weeks, Week.parse(last)), out, engine)


if __name__ == "__main__":
    main()
