"""Does a case list say honestly how many of its cases a quiet week would hold anyway?

Writes honest worlds of both simulators, one seed after the other, runs the last weeks, and compares what the cases state
(`expected_equals`) with how many there are: on a world without misuse both have to agree.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pyarrow.parquet as pq

from benchmarks.otherworld.habits import PRESETS
from benchmarks.otherworld.world import create
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.stages import Stages
from pipelines.steps.weekly import run_weekly

STATED = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Numbers of cases a quiet week is said to hold."""


@dataclass(frozen=True)
class Quiet:
    """The honest cases of a week, as the numbers of equals that they state."""

    seed: int
    week: str
    stated: tuple[float, ...]

    def found(self, at_most: float) -> int:
        """How many cases state at most so many equals."""
        return sum(stated <= at_most for stated in self.stated)


def quiet_weeks(out: Path, habits: str, seed: int, agencies: int, weeks: int, scored: int) -> list[Quiet]:
    """Write an honest world, run its last weeks, read what the cases state."""
    shutil.rmtree(out, ignore_errors=True)
    create(out / "data", PRESETS[habits], weeks, agencies, seed, honest=True)
    lake, last = Lake(out / "lake"), Week.parse(PRESETS[habits].last_week)
    found = []
    for back in range(scored - 1, -1, -1):
        week = last.shift(-back)
        run_weekly(Stages(lake, Parameters(), EventLog()), out / "data", week)
        cases = pq.read_table(lake.cases(week), columns=["expected_equals"], partitioning=None)
        found.append(Quiet(seed, str(week), tuple(cases["expected_equals"].to_pylist())))
    return found


@click.command()
@click.option("--habits", type=click.Choice(sorted(PRESETS)), default="calm", show_default=True)
@click.option("--seeds", default=3, show_default=True)
@click.option("--agencies", default=80, show_default=True)
@click.option("--weeks", default=16, show_default=True)
@click.option("--scored", default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/honest"), show_default=True)
def main(habits: str, seeds: int, agencies: int, weeks: int, scored: int, out: Path) -> None:
    """Compare stated and found honest cases."""
    # A folder for each seed: MLflow keeps a connection to every store that it ever opened.
    quiet = [
        found
        for seed in range(1001, 1001 + seeds)
        for found in quiet_weeks(out / str(seed), habits, seed, agencies, weeks, scored)
    ]
    print(f"{habits}, {seeds} seeds, {len(quiet)} weeks\n{'stated':>8}{'found':>8}{'90 % of weeks':>16}")
    rows = []
    for stated in STATED:
        found = np.array([q.found(stated) for q in quiet])
        low, high = np.quantile(found, [0.05, 0.95])
        print(f"{stated:8.1f}{found.mean():8.2f}{low:10.0f} to {high:.0f}")
        rows.append({"stated": stated, "found": float(found.mean()), "low": float(low), "high": float(high)})
    (out / f"{habits}.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
