"""`shirabe search`: parameters of training tried within a budget."""

from __future__ import annotations

import time
from pathlib import Path

import click

from pipelines.commands.options import FILE, LAKE, PARAMS, speaking
from pipelines.logs import EventLog


@click.command()
@LAKE
@click.option(
    "--trials", type=click.IntRange(1, 10_000), default=20, show_default=True,
    help="Trials in all, the present parameters first, those of an earlier run among them.",
)  # fmt: skip
@click.option("--minutes", type=click.FloatRange(min=0), help="No trial is started after so many minutes.")
@click.option(
    "--truth", type=FILE, help="truth.parquet of a simulated world; without it misuse is planted into copies."
)
@PARAMS
@speaking
def search(
    log: EventLog, *, lake: Path, trials: int, minutes: float | None, truth: Path | None, params: Path | None
) -> None:
    """Try parameters of training, each judged on weeks of which its models have not learned, and write the best as a file for
    `shirabe train --params`. Registers nothing; run again it goes on."""
    started = time.monotonic()
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.search import Budget, lines
    from pipelines.lifecycle.search import search as within
    from pipelines.parameters import Parameters

    budget = Budget(trials) if minutes is None else Budget(trials, started + 60.0 * minutes)
    with sole_run(Lake(lake), existing=True):
        found = within(Lake(lake), Parameters.read(params), budget, truth, log)
    held = found.held_of(found.best)
    log.result(
        "searched", "\n".join(lines(found)), trials=len(found.trials), failed=sum(bool(t.failed) for t in found.trials),
        best=found.best.number, parameters=dict(found.best.parameters), figures=dict(found.best.figures),
        held=None if held is None else dict(held.figures), file=str(found.file),
    )  # fmt: skip
