"""The generated world that `shirabe demo` and `shirabe simulate` write."""

from __future__ import annotations

import shutil
from pathlib import Path

from features.errors import ShirabeError
from features.weeks import Week
from pipelines.logs import EventLog
from pipelines.parameters import Simulate


def write_world(out: Path, world: Simulate, log: EventLog, *, keep: bool = False) -> None:
    """Write a DATA folder; one that is there already is kept if `keep`, else ShirabeError."""
    if (out / "truth.parquet").exists() and keep:
        return
    if out.exists() and any(out.iterdir()):
        raise ShirabeError(f"{out} is not empty; name a folder that does not exist yet")
    from data_samples.simulator import simulate

    with log.step("simulate", f"simulating {world.weeks} weeks of {world.agencies} agencies"):
        # Beside its place until it is whole: what a kill or a full disk leaves must not look like a world, nor block one.
        draft = out.parent / f".{out.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        simulate(draft, world.weeks, world.agencies, world.seed, Week.parse(world.last_week))
        if out.exists():
            out.rmdir()
        draft.rename(out)
