"""Facts of one week on DuckDB and on a standalone Spark cluster of as many cores, at growing sizes.

`python -m benchmarks.engines [--copies 1,10,100]` simulates a small world, copies its last week so many times (agencies,
people, cases and requests get new codes, so that nothing joins across copies), and computes all facts, rules and
explanations of that week on both engines, without earlier weeks. It tells time and core-seconds (processor time of all
processes, which other work on the machine disturbs less), and ends with a straight line for each engine.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from benchmarks.spark_cluster import running
from features.build import Smoothing, WeekInputs, build_week, write_kept
from features.catalogue import kept_tables
from features.engines.duckdb import DuckDBEngine, quoted
from features.engines.engine import Engine
from features.engines.spark import SparkEngine
from pipelines.ingest.loading import load
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.sample import write_world

CODES = {
    "log": ("request_id", "requester_agency", "requester_user", "subject_key", "subject_key_national", "case_ref"),
    "agencies": ("agency_code",),
    "accounts": ("requester_user", "agency_code"),
    "cases": ("case_ref", "agency_code", "subject_key"),
}
"""Columns that name somebody or something of one copy of the world."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and by the processors, of all processes together."""

    clock: float
    cores: float


@dataclass(frozen=True)
class Timed:
    """What both engines spent on a week of so many requests."""

    rows: int
    duckdb: Spent
    spark: Spent


def copied(lake: Lake, copies: int, folder: Path) -> tuple[WeekInputs, int]:
    """The lake's last week so many times over, and its number of requests."""
    week = lake.weeks()[-1]
    sources = {"log": lake.log(week)} | {name: lake.reference(name) for name in REFERENCE_TABLES}
    folder.mkdir(parents=True)
    files = {name: folder / f"{name}.parquet" for name in sources}
    with DuckDBEngine() as engine:
        for name, source in sources.items():
            coded = ", ".join(f"{column} || '~' || k AS {column}" for column in CODES.get(name, ()))
            plain = f"SELECT * FROM read_parquet({quoted(source)})"
            many = f"SELECT * REPLACE ({coded}) FROM read_parquet({quoted(source)}), range({copies}) AS c(k)"
            excluded = f"SELECT * EXCLUDE (k) FROM ({many})"
            rows = engine.parquet(excluded if coded else plain, files[name])
            if name == "log":
                requests = rows
    reference = {name: files[name] for name in REFERENCE_TABLES}
    return WeekInputs(week, files["log"], reference, {}), requests


def spent(engine: Engine, inputs: WeekInputs, out: Path) -> Spent:
    """From opening the week's log to the last kept fact on disk."""
    started, before = time.perf_counter(), core_seconds()
    build_week(engine, inputs, Smoothing())
    for table in kept_tables():
        write_kept(engine, table.name, out / f"{table.name}.parquet")
    return Spent(time.perf_counter() - started, core_seconds() - before)


def core_seconds() -> float:
    """Processor time so far of this process and the living ones that it started, and they (Linux)."""
    parents, times = {}, {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(folder.name)
        parents[number], times[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {os.getpid()}
    while more := {number for number, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(times[number] for number in ours) / os.sysconf("SC_CLK_TCK")


def line(rows: list[int], took: list[float]) -> tuple[float, float]:
    """Seconds that every run costs, and seconds a million requests: least squares of the relative error."""
    x, y = np.array(rows) / 1e6, np.array(took)
    slope, start = np.polyfit(x, y, 1, w=1 / y)
    return float(start), float(slope)


def small_world(out: Path) -> Lake:
    """A lake with the log of two simulated weeks."""
    parameters, lake = Parameters(), Lake(out / "lake")
    world = parameters.simulate.resized({"weeks": 2, "agencies": 30, "seed": 3})
    write_world(out / "data", world, EventLog())
    load(out / "data", lake, None, parameters.ingest)
    return lake


@click.command()
@click.option("--copies", default="1,10,50", show_default=True, help="Sizes, as copies of about ten thousand requests.")
@click.option("--memory", default="2g", show_default=True, help="Memory of each of the two workers.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/bench-engines"), show_default=True)
def bench(copies: str, memory: str, out: Path) -> None:
    """Measure both engines."""
    shutil.rmtree(out, ignore_errors=True)
    lake = small_world(out)
    settings = {"spark.executor.memory": memory, "spark.sql.shuffle.partitions": "4"}
    found: list[Timed] = []
    with running(out / "cluster", memory=memory) as cluster:
        for number in (int(text) for text in copies.split(",")):
            inputs, rows = copied(lake, number, out / f"copies-{number}")
            with DuckDBEngine(spill=out / "spill") as ours:
                duckdb = spent(ours, inputs, out)
            with SparkEngine(out / "scratch", cluster.master, settings) as theirs:
                if not found:
                    click.echo(f"the first week on a cold cluster: {_told(spent(theirs, inputs, out))}")
                spark = spent(theirs, inputs, out)
            found.append(Timed(rows, duckdb, spark))
            click.echo(f"{rows:>10,} requests  DuckDB {_told(duckdb)}  Spark {_told(spark)}")
    if len(found) > 1:
        for name in ("duckdb", "spark"):
            start, slope = line([t.rows for t in found], [getattr(t, name).cores for t in found])
            click.echo(f"{name:<7}{start:6.1f} core-seconds + {slope:6.1f} for each million requests")


def _told(done: Spent) -> str:
    return f"{done.clock:6.1f} s, {done.cores:6.1f} core-seconds"


if __name__ == "__main__":
    bench()
