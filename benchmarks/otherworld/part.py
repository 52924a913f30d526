"""What one event does to the record."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.otherworld.nation import Ints
from benchmarks.otherworld.slips import Slips, slips


def _none() -> Ints:
    return np.zeros(0, int)


@dataclass(frozen=True)
class Part:
    """Slips that it adds; rows of the honest heap that it claims, moves in time, leaves unanswered or removes."""

    added: Slips = field(default_factory=lambda: slips(0))
    claimed: Ints = field(default_factory=_none)
    moved: Ints = field(default_factory=_none)
    moved_to: Ints = field(default_factory=_none)
    silenced: Ints = field(default_factory=_none)
    removed: Ints = field(default_factory=_none)
    ordinances: list[tuple[object, ...]] = field(default_factory=list)
    erased: bool = False
    agency: int = -1
    silent_weeks: tuple[int, ...] = ()
