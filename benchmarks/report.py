"""`python -m benchmarks.report LAKE WEEK`: how long the report of a scored week takes, page and paper, and how large both are."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from features.weeks import Week
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.reporting import inputs_of
from reports.weekly import PAGE, PAPER, write_report


@click.command()
@click.argument("lake", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("week", type=Week.parse)
def main(lake: Path, week: Week) -> None:
    """Write the report of a WEEK that LAKE has scored beside it, as it is published, in a process that has drawn nothing yet."""
    given = inputs_of(Lake(lake), week, 1, (), Parameters())
    with tempfile.TemporaryDirectory() as place:
        clock, cores = time.perf_counter(), time.process_time()
        page = write_report(given, Path(place, "report"))
        clock, cores = time.perf_counter() - clock, time.process_time() - cores
        files = {file.name: file.stat().st_size for file in page.parent.iterdir()}
        cases = page.read_text(encoding="utf-8").count('<article class="case"')
    click.echo(f"page and paper: {clock:.1f} s by the clock, {cores:.1f} s of the processor")
    click.echo(
        f"{cases} cases; "
        + ", ".join(f"{name} {files[name] / 1e6:.1f} MB" for name in (PAGE, *PAPER.values()) if name in files)
    )


if __name__ == "__main__":
    main()
