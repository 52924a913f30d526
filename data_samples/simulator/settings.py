"""How large, how long, how hard: everything a caller may choose about a world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.errors import BadParametersError
from features.weeks import Week

EPOCH = np.datetime64("1970-01-01")
DAY = 86_400_000_000
"""Microseconds in a day."""


@dataclass(frozen=True)
class Settings:
    """The choices behind one world; equal settings give equal bytes."""

    weeks: int
    agencies: int
    seed: int
    last_week: Week
    misuse: bool = True
    hard_negatives: bool = True
    messy: bool = True
    rows_a_week: int | None = None
    officials: int | None = None
    planted_weeks: int = 8
    events_a_week: float | None = None
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {value}, it must be at least {least}"
            for name, value, least in (
                ("weeks", self.weeks, 1),
                ("agencies", self.agencies, 12),
                ("rows_a_week", self.row_target, 100),
                ("officials", self.official_target, self.agencies),
                ("planted_weeks", self.planted_weeks, 1),
            )
            if value < least
        ]
        if faults:
            raise BadParametersError("This world cannot be simulated: " + "; ".join(faults))

    @property
    def row_target(self) -> int:
        """Requests in an average week."""
        return self.rows_a_week or 340 * self.agencies

    @property
    def official_target(self) -> int:
        """Officials who work at any one time."""
        return self.officials or round(8.5 * self.agencies)

    @property
    def first_week(self) -> Week:
        """The earliest week of the log."""
        return self.last_week.shift(1 - self.weeks)

    @property
    def first_day(self) -> int:
        """The log's first day, in days since 1970."""
        return day_number(self.first_week)

    @property
    def misuse_a_week(self) -> float:
        """Planted misuse in a week: seven at 400 agencies, growing slower than the country."""
        if not self.misuse:
            return 0.0
        return self.events_a_week or 7 * (self.agencies / 400) ** 0.5

    @property
    def hard_negatives_a_week(self) -> float:
        """Planted honest oddities in a week."""
        return 3 * (self.agencies / 400) ** 0.5 if self.hard_negatives else 0.0


def day_number(week: Week) -> int:
    """A week's Monday in days since 1970."""
    return int((np.datetime64(week.monday) - EPOCH).astype(int))
