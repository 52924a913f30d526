"""`shirabe ingest`: delivered files into the lake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from features.errors import FileRefusedError
from pipelines.commands.options import DATA, LAKE, MAPPING, PARAMS, speaking
from pipelines.logs import EventLog

if TYPE_CHECKING:
    from pipelines.ingest.loading import Ingested


@click.command()
@DATA
@LAKE
@MAPPING
@PARAMS
@speaking
def ingest(log: EventLog, data: Path, lake: Path, mapping: Path | None, params: Path | None) -> int:
    """Check delivered files against the log contract and load them."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.parameters import Parameters
    from pipelines.steps.stages import Stages

    stages = Stages(Lake(lake), Parameters.read(params), log)
    with sole_run(stages.lake), log.progress(1):
        done = stages.ingest(data, mapping)
    tell_ingested(log, done)
    return ending(done)


def ending(done: Ingested) -> int:
    """The exit code: 10 if a file was refused, or every row set aside."""
    return FileRefusedError.exit_code if done.refused or done.unusable else 0


def tell_ingested(log: EventLog, done: Ingested) -> None:
    """Say what was loaded and what was not."""
    log.result(
        "ingested",
        _told(done),
        files=done.files,
        loaded=done.rows_loaded,
        duplicate=done.rows_duplicate,
        quarantined=done.rows_quarantined,
        refused=len(done.refused),
        not_read=len(done.not_read),
        missing=len(done.missing),
        weeks=[str(week) for week in done.weeks],
    )
    for event, said, lines in (
        ("file_refused", "refused", done.refused),
        ("file_not_read", "not read", done.not_read),
        ("file_missing", "announced in manifest.csv and not there", done.missing),
        ("reference_noted", "taken all the same", done.notes),
    ):
        for line in lines:
            log.warned(event, f"{said}: {line}")
    if done.unusable:
        log.warned("nothing_usable", "every row was set aside; the lake's folder quarantine/ has them with the reasons")


def _told(done: Ingested) -> str:
    refused = f"{len(done.refused)} files refused"
    if not done.new_files:
        return f"nothing new in {done.files:,} delivered files, {refused}"
    weeks = f" of {done.weeks[0]} to {done.weeks[-1]}" if done.weeks else ""
    return (
        f"{done.files:,} delivered files, {done.new_files:,} of them new: "
        f"{done.rows_loaded:,} requests loaded{weeks}, "
        f"{done.rows_duplicate:,} twice, {done.rows_quarantined:,} set aside, {refused}"
    )
