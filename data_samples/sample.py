"""The committed sample: which world it is, and how to write it again (`python -m data_samples.sample`)."""

from __future__ import annotations

import shutil
from pathlib import Path

from data_samples.simulator import simulate
from features.weeks import Week

DATA = Path(__file__).parent / "sample"
"""A DATA folder of the log contract, with `truth.parquet`."""
LAST_WEEK = Week.parse("2026-W46")


def write_sample(out: Path) -> int:
    """Write the sample's world; the same bytes each time. Returns the number of requests."""
    return simulate(out, 12, 40, 12, LAST_WEEK, rows_a_week=3_000, officials=220, planted_weeks=6, events_a_week=3.0)


if __name__ == "__main__":
    shutil.rmtree(DATA, ignore_errors=True)
    write_sample(DATA)
