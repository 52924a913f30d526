"""One run at a time on a lake."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from features.errors import LakeBusyError, StorageError
from pipelines.lake import Lake
from pipelines.lake.journal import replay


@contextmanager
def sole_run(lake: Lake, *, existing: bool = False) -> Iterator[None]:
    """Hold the lake for one run; LakeBusyError if another has it, StorageError if an `existing` one is not there.

    The lock belongs to the open file, so the system lets go of it however the process ends: a killed run
    leaves no stale lock behind. What it had written down to move is moved first.
    """
    if existing:
        require_lake(lake)
    lake.root.mkdir(parents=True, exist_ok=True)
    with (lake.root / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusyError(
                f"{lake.root}: another run is at work on this lake; wait until it has ended, then run again"
            ) from None
        replay(lake)
        yield
        _sweep(lake)


def require_lake(lake: Lake) -> None:
    """StorageError if there is no such folder: a mistyped name must not become a new, empty lake."""
    if not lake.root.is_dir():
        raise StorageError(f"{lake.root}: no such lake; correct --lake, or run `shirabe ingest` first")


def _sweep(lake: Lake) -> None:
    """Drop drafts that a killed run left, unless a journal still needs them."""
    if not (lake.root / "journal.json").exists():
        shutil.rmtree(lake.root / ".staging", ignore_errors=True)
