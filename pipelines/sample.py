"""The generated world that `shirabe demo` and `shirabe simulate` write."""

from __future__ import annotations

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
        simulate(out, world.weeks, world.agencies, world.seed, Week.parse(world.last_week))
