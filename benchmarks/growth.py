"""`python -m benchmarks.growth`: one more week, as the scheduler runs it, at growing sizes and with growing histories.

For each size a large log is generated (`benchmarks.bigworld`). All weeks but the last are ingested, their facts made and a
champion trained; none of that is timed. Then the last week's file and the reference tables of the day are delivered, and
`shirabe weekly` runs in a process of its own: from delivered files to report. Beside it, in the same run, stands the
floor: DuckDB reading once every column of the week's log that detection needs. `--against` names a checkout of another
version with its own `.venv`: it has the same week, in turn with this one, and the ratio of their core-seconds is told.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import pyarrow.parquet as pq

from benchmarks.bigworld.__main__ import BigWorld, write
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines.lake import Lake

LAST = Week.parse("2026-W46")


@dataclass(frozen=True)
class Ran:
    """A process: seconds by the clock and of the processors, the most memory it held (MB), and seconds of its steps."""

    clock: float
    cores: float
    memory: float
    steps: Mapping[str, float]


def run(*arguments: str, checkout: Path | None = None) -> Ran:
    """Run `shirabe`, of another checkout if one is given, in a process of its own; subprocess.CalledProcessError if it
    fails."""
    started = time.perf_counter()
    python = str(checkout.resolve() / ".venv/bin/python") if checkout else sys.executable
    command = [python, "-m", "pipelines.cli", *arguments, "--log-format", "json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=checkout)
    told = [line for line in process.stderr or () if line.startswith("{")]
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if code := os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(code, arguments, stderr="".join(told[-3:]))
    events = [json.loads(line) for line in told]
    steps = {event["step"]: event["seconds"] for event in events if event["event"] == "step_finished"}
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, steps)


def floor_seconds(log: Path) -> float:
    """Reading every column of a week's log once."""
    columns = ", ".join(f"COUNT({name})" for name in pq.read_schema(log).names)
    started = time.perf_counter()
    with DuckDBEngine() as engine:
        engine.view("linkage_log", [log])
        engine.arrow(f"SELECT {columns} FROM linkage_log")
    return time.perf_counter() - started


def measure(
    world: BigWorld, folder: Path, parameters: Path | None, against: Path | None = None
) -> tuple[Ran, Ran | None, float, int]:
    """The last week's run, that of the other checkout, the floor in seconds, and the number of the week's requests."""
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    data, aside, lake, other = (folder / name for name in ("data", "aside.parquet", "lake", "other"))
    with DuckDBEngine("6GB", spill=folder / "spill") as engine:
        write(world, data, engine)
    delivered = data / "landing" / "linkage_log" / f"{world.last}.parquet"
    delivered.rename(aside)
    given = ["--params", str(parameters.resolve())] if parameters else []

    def weekly(week: Week, lake: Path, checkout: Path | None = None) -> Ran:
        return run(
            "weekly",
            "--data",
            str(data),
            "--lake",
            str(lake),
            *given,
            "--week",
            str(week),
            "--force",
            checkout=checkout,
        )

    weekly(world.last.shift(-1), lake)
    if against:
        weekly(world.last.shift(-1), other, against)
    aside.rename(delivered)
    ran = weekly(world.last, lake)
    compared = weekly(world.last, other, against) if against else None
    log = Lake(lake).log(world.last)
    return ran, compared, floor_seconds(log), pq.read_metadata(log).num_rows


@click.command()
@click.option("--rows", multiple=True, type=int, default=(300_000,), show_default=True, help="Requests a week.")
@click.option("--weeks", multiple=True, type=int, default=(6,), show_default=True, help="Weeks of history, 5 or more.")
@click.option("--agencies", default=4_000, show_default=True)
@click.option("--officials", default=60_000, show_default=True)
@click.option(
    "--params", type=click.Path(exists=True, path_type=Path), help="Parameters of the runs (memory, threads)."
)
@click.option("--against", type=click.Path(exists=True, path_type=Path), help="A checkout of another version.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/growth"), show_default=True)
def main(
    rows: tuple[int, ...], weeks: tuple[int, ...], agencies: int, officials: int, params: Path | None,
    against: Path | None, out: Path,
) -> None:  # fmt: skip
    """Print what one more week costs for every size with every history."""
    click.echo(f"{'requests':>12}{'history':>9}{'weekly s':>10}{'core s':>9}{'MB':>7}{'floor s':>9}{'ratio':>7}")
    for size in rows:
        for history in weeks:
            world = BigWorld(size, agencies, officials, history + 1, LAST)
            ran, other, floor, counted = measure(world, out, params, against)
            line = f"{counted:>12,}{history:>9}{ran.clock:>10.1f}{ran.cores:>9.1f}{ran.memory:>7.0f}"
            click.echo(f"{line}{floor:>9.2f}{ran.clock / floor:>7.0f}")
            for each in (ran, other) if other else (ran,):
                click.echo("    " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in each.steps.items()))
            if other:
                click.echo(f"    against {other.cores:.1f} core s: {ran.cores / other.cores:.2f} times")
    shutil.rmtree(out, ignore_errors=True)


if __name__ == "__main__":
    main()
