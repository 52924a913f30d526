"""`shirabe evaluate`, `power`, `review` and `verify`: how good findings are, and whether a report is genuine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from features.errors import BadParametersError, ShirabeError
from features.weeks import Week
from pipelines.commands.options import FILE, LAKE, ONE_WEEK, PARAMS, speaking
from pipelines.logs import EventLog

if TYPE_CHECKING:
    from pipelines.lake import Lake


@click.command()
@LAKE
@click.option("--truth", type=FILE, required=True, help="truth.parquet, as the simulator writes it.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Also write the figures there.")
@click.option(
    "--ablation",
    is_flag=True,
    help="Instead: what is lost without each detector, attribute, rule and statistic (slow).",
)
@click.option("--part", "part", multiple=True, help="Of the ablation only this one, by its name; may be given again.")
@PARAMS
@speaking
def evaluate(
    log: EventLog,
    *,
    lake: Path,
    truth: Path,
    out: Path | None,
    ablation: bool,
    part: tuple[str, ...],
    params: Path | None,
) -> None:
    """Compare the cases of scored weeks, and what others would have found, with what was planted."""
    from pipelines.lake import Lake
    from pipelines.lifecycle.judging import judge, lines, write_figures

    if part and not ablation:
        raise BadParametersError("--part names parts to leave out one by one: give it with --ablation")
    if ablation:
        _ablate(log, Lake(lake), truth, out, part, params)
        return
    judgement = judge(Lake(lake), truth)
    if out is not None:
        write_figures(judgement, out)
    ours = judgement.ours
    recall = {f"recall_{k}": round(v, 4) for k, v in ours.recall.items()}
    log.result("evaluated", "\n".join(lines(judgement)), events=ours.events, **recall)


def _ablate(
    log: EventLog, lake: Lake, truth: Path, out: Path | None, only: tuple[str, ...], params: Path | None
) -> None:
    from pipelines.lifecycle.ablation import ablate, lines, write_losses
    from pipelines.parameters import Parameters

    losses = ablate(lake, truth, Parameters.read(params), lambda text: log.event("ablating", detail=text), only)
    if out is not None:
        write_losses(losses, out)
    log.result("ablated", "\n".join(lines(losses)), parts=len(losses) - 1)


@click.command()
@LAKE
@ONE_WEEK
@click.option(
    "--rounds", type=click.IntRange(1, 1000), default=4, show_default=True, help="More rounds, tighter intervals."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed plants the same.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object in place of the table.")
@PARAMS
@speaking
def power(
    log: EventLog, *, lake: Path, week: Week, rounds: int, seed: int, as_object: bool, params: Path | None
) -> None:
    """Say which misuse a scored week's list would have held, by planting it into copies of the log."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.parameters import Parameters
    from pipelines.steps.power import as_json, lines, measure

    with sole_run(Lake(lake), existing=True), log.progress(1), log.step("power", f"planting misuse into {week}"):
        done = measure(Lake(lake), week, Parameters.read(params), rounds, seed, log.part)
    log.result(
        "power_measured", as_json(done) if as_object else "\n".join(lines(done)), week=str(week), events=done.events
    )


@click.command()
@LAKE
@speaking
def review(log: EventLog, lake: Path) -> None:
    """The inspectors' review desk (not in this version)."""
    raise ShirabeError(
        "the review desk is not part of this version; read reports/week=WEEK/report.html below "
        f"{lake}, which holds every case with its evidence"
    )


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@speaking
def verify(log: EventLog, path: Path) -> None:
    """Check a published report or evidence bundle, offline."""
    from reports.verify import verify as check

    names = check(path)
    log.result("verified", f"{path}: {len(names)} files are as they were published", files=len(names))
