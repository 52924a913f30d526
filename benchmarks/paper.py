"""`python -m benchmarks.paper FOLDER`: how long the PDF of a published report takes, and how large page and PDF are."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from reports.paper import write_pdf

PAGE = "report.html"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Lay the page of the report in FOLDER out anew, beside it, and say what that took."""
    page = (folder / PAGE).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "report.pdf"
        clock, cores = time.perf_counter(), time.process_time()
        write_pdf(page, "benchmark", target)
        clock, cores = time.perf_counter() - clock, time.process_time() - cores
        size = target.stat().st_size
    cases = page.count('<article class="case"')
    click.echo(f"{cases} cases: {clock:.1f} s by the clock, {cores:.1f} s of the processor")
    click.echo(f"page {len(page.encode()) / 1e6:.1f} MB, PDF {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
