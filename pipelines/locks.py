"""One run at a time on a lake."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from features.errors import ShirabeError
from pipelines.lake import Lake


class LakeBusyError(ShirabeError):
    """Another run is at work on the lake."""


@contextmanager
def sole_run(lake: Lake) -> Iterator[None]:
    """Hold the lake for one run; LakeBusyError if another has it.

    The lock belongs to the open file, so the system lets go of it however the process ends: a killed run
    leaves no stale lock behind.
    """
    lake.root.mkdir(parents=True, exist_ok=True)
    with (lake.root / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusyError(
                f"{lake.root}: another run is at work on this lake; wait until it has ended, then run again"
            ) from None
        yield
        _sweep(lake)


def _sweep(lake: Lake) -> None:
    """Drop drafts that a killed run left, unless a journal still needs them."""
    if not (lake.root / "journal.json").exists():
        shutil.rmtree(lake.root / ".staging", ignore_errors=True)
