"""`python -m benchmarks.growth`: one more week, as the scheduler runs it, at growing sizes and with growing histories.

For each size a large log is generated (`benchmarks.bigworld`). All weeks but the last are ingested, their facts made and a
champion trained; none of that is timed. Then the last week's file and the reference tables of the day are delivered, and
`shirabe weekly` runs in a process of its own: from delivered files to report. Beside it, in the same run, stands the
floor: DuckDB reading once every column of the week's log that detection needs.
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


def run(*arguments: str) -> Ran:
    """Run `shirabe` in a process of its own; subprocess.CalledProcessError if it fails."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "pipelines.cli", *arguments, "--log-format", "json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
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


def measure(world: BigWorld, folder: Path, parameters: Path | None) -> tuple[Ran, float, int]:
    """The last week's run, the floor in seconds, and the number of the week's requests."""
    shutil.rmtree(folder, ignore_errors=True)
    data, aside, lake = folder / "data", folder / "aside.parquet", folder / "lake"
    with DuckDBEngine("6GB", spill=folder / "spill") as engine:
        write(world, data, engine)
    delivered = data / "landing" / "linkage_log" / f"{world.last}.parquet"
    delivered.rename(aside)
    common = ["--data", str(data), "--lake", str(lake)] + (["--params", str(parameters)] if parameters else [])
    run("weekly", *common, "--week", str(world.last.shift(-1)), "--force")
    aside.rename(delivered)
    ran = run("weekly", *common, "--week", str(world.last), "--force")
    log = Lake(lake).log(world.last)
    return ran, floor_seconds(log), pq.read_metadata(log).num_rows


@click.command()
@click.option("--rows", multiple=True, type=int, default=(300_000,), show_default=True, help="Requests a week.")
@click.option("--weeks", multiple=True, type=int, default=(6,), show_default=True, help="Weeks of history, 5 or more.")
@click.option("--agencies", default=4_000, show_default=True)
@click.option("--officials", default=60_000, show_default=True)
@click.option(
    "--params", type=click.Path(exists=True, path_type=Path), help="Parameters of the runs (memory, threads)."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/growth"), show_default=True)
def main(
    rows: tuple[int, ...], weeks: tuple[int, ...], agencies: int, officials: int, params: Path | None, out: Path
) -> None:
    """Print what one more week costs for every size with every history."""
    click.echo(f"{'requests':>12}{'history':>9}{'weekly s':>10}{'core s':>9}{'MB':>7}{'floor s':>9}{'ratio':>7}")
    for size in rows:
        for history in weeks:
            world = BigWorld(size, agencies, officials, history + 1, LAST)
            ran, floor, counted = measure(world, out, params)
            line = f"{counted:>12,}{history:>9}{ran.clock:>10.1f}{ran.cores:>9.1f}{ran.memory:>7.0f}"
            click.echo(f"{line}{floor:>9.2f}{ran.clock / floor:>7.0f}")
            click.echo("    " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in ran.steps.items()))
    shutil.rmtree(out, ignore_errors=True)


if __name__ == "__main__":
    main()
