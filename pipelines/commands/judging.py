"""`shirabe evaluate`, `review` and `verify`: how good findings are, and whether a report is genuine."""

from __future__ import annotations

from pathlib import Path

import click

from features.errors import ShirabeError
from pipelines.commands.options import FILE, LAKE, speaking
from pipelines.logs import EventLog


@click.command()
@LAKE
@click.option("--truth", type=FILE, required=True, help="truth.parquet, as the simulator writes it.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Also write the figures there.")
@speaking
def evaluate(log: EventLog, lake: Path, truth: Path, out: Path | None) -> None:
    """Compare the cases of scored weeks with what was planted."""
    from pipelines.judging import judge, lines, write_figures
    from pipelines.lake import Lake

    judgement = judge(Lake(lake), truth)
    if out is not None:
        write_figures(judgement, out)
    ours = judgement.ours
    recall = {f"recall_{k}": round(v, 4) for k, v in ours.recall.items()}
    log.result("evaluated", "\n".join(lines(judgement)), events=ours.events, **recall)


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
