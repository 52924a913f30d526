"""`shirabe demo` and `shirabe simulate`: a generated world."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from features.weeks import Week
from pipelines.commands.options import CAPACITY, FOLDER, PARAMS, read_week, speaking
from pipelines.logs import EventLog


def _size_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How large a world; what is left out comes from the parameters."""
    for option in (
        click.option("--last-week", callback=read_week, help="The week in which the log ends."),
        click.option("--seed", type=click.IntRange(min=0), help="The same seed writes the same bytes."),
        click.option("--agencies", type=click.IntRange(min=1), help="Agencies that ask and answer."),
        click.option("--weeks", type=click.IntRange(min=1), help="Weeks of logs."),
    ):
        command = option(command)
    return command


@click.command()
@click.option("--out", type=FOLDER, required=True, help="The DATA folder to write; absent or empty.")
@_size_options
@PARAMS
@speaking
def simulate(log: EventLog, out: Path, params: Path | None, **size: int | Week | None) -> None:
    """Write a DATA folder with planted misuse and its truth."""
    from pipelines.parameters import Parameters
    from pipelines.sample import write_world

    world = Parameters.read(params).simulate.resized(size)
    with log.progress(1):
        write_world(out, world, log)
    log.result(
        "simulated",
        f"wrote {world.weeks} weeks up to {world.last_week} of {world.agencies} agencies to {out}"
        f" (seed {world.seed}); what was planted is in {out / 'truth.parquet'}",
        data=str(out),
        **world.model_dump(),
    )


@click.command()
@click.option(
    "--out",
    type=FOLDER,
    default=Path("build/demo/data"),
    show_default=True,
    help="Where to write the sample data.",
)
@click.option(
    "--lake",
    type=FOLDER,
    default=Path("build/demo/lake"),
    show_default=True,
    help="Where to keep the results.",
)
@_size_options
@CAPACITY
@PARAMS
@speaking
def demo(
    log: EventLog, out: Path, lake: Path, capacity: int | None, params: Path | None, **size: int | Week | None
) -> None:
    """From nothing to a weekly report on generated sample data; prints the page's path.

    Run again, it uses the sample data that is there.
    """
    from pipelines.commands.detection import tell_weekly
    from pipelines.commands.loading import tell_ingested
    from pipelines.lake import Lake
    from pipelines.parameters import Parameters
    from pipelines.sample import write_world
    from pipelines.steps.stages import Stages
    from pipelines.steps.weekly import STEPS, run_weekly

    parameters = Parameters.read(params).with_capacity(capacity)
    world = parameters.simulate.resized(size)
    with log.progress(STEPS + 1):
        write_world(out, world, log, keep=True)
        stages, week = Stages(Lake(lake), parameters, log), Week.parse(world.last_week)
        done = run_weekly(stages, out, week, tell=partial(tell_ingested, log))
    tell_weekly(log, done)  # the sample holds files that are refused on purpose: no failure here
