"""Simulates a world, runs a week on it, and prints what each step took beside the floor of one plain scan."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pyarrow.parquet as pq

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.sample import write_world
from pipelines.steps.stages import Stages
from pipelines.steps.weekly import run_weekly


class StepClock(EventLog):
    """An event log that keeps how long each step took, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, label: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def floor_seconds(log: Path) -> float:
    """Reading every column of a week's log once."""
    columns = ", ".join(f"COUNT({name})" for name in pq.read_schema(log).names)
    started = time.perf_counter()
    with DuckDBEngine() as engine:
        engine.view("linkage_log", [log])
        engine.arrow(f"SELECT {columns} FROM linkage_log")
    return time.perf_counter() - started


@click.command()
@click.option("--weeks", default=8, show_default=True)
@click.option("--agencies", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/bench"), show_default=True)
def bench(weeks: int, agencies: int, seed: int, out: Path) -> None:
    """Measure one weekly run on a generated world."""
    shutil.rmtree(out, ignore_errors=True)
    clock, lake, parameters = StepClock(), Lake(out / "lake"), Parameters()
    world = parameters.simulate.resized({"weeks": weeks, "agencies": agencies, "seed": seed})
    week = Week.parse(world.last_week)
    write_world(out / "data", world, clock)
    started = time.perf_counter()
    run_weekly(Stages(lake, parameters, clock), out / "data", week)
    whole = time.perf_counter() - started
    rows = pq.read_metadata(lake.log(week)).num_rows
    click.echo(f"{rows:,} requests in {week}, {weeks} weeks, {agencies} agencies")
    for name, seconds in {
        **clock.seconds,
        "weekly, all": whole,
        "floor": floor_seconds(lake.log(week)),
    }.items():
        click.echo(f"{name:<14}{seconds:>9.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"{'peak memory':<14}{peak:>9.0f} MB")


if __name__ == "__main__":
    bench()
