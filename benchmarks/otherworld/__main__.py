"""Command line: writes a world into a folder, as delivered logs, reference tables and the truth about them."""

from __future__ import annotations

import time
from pathlib import Path

import click

from benchmarks.otherworld.habits import PRESETS
from benchmarks.otherworld.world import create


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write to (DATA of the contract)."
)
@click.option("--habits", type=click.Choice(sorted(PRESETS)), default="calm", show_default=True)
@click.option("--weeks", default=26, show_default=True)
@click.option("--agencies", default=400, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--honest", is_flag=True, help="Neither misuse nor planted oddities.")
def main(out: Path, habits: str, weeks: int, agencies: int, seed: int, honest: bool) -> None:
    """Create another world."""
    started = time.perf_counter()
    tally = create(out, PRESETS[habits], weeks, agencies, seed, honest)
    click.echo(f"{out}: {tally} in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
