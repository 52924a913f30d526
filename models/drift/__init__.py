"""Whether this week is still like the weeks that a model learned from: what goes in, how strange it is, how much is alerted.

An effect size for each measure and kind of agency (`models.drift.effects`), held against how much the learned weeks differ
from one another (`models.drift.alarms`), and what may lie behind an alarm (`models.drift.causes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NATION = "all"
"""The stratum of all agencies together, beside the kinds of agency."""
CELLS = (Path(__file__).parent / "cells.sql").read_text(encoding="utf-8")
WORKING_DAYS = (Path(__file__).parent / "working_days.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class WeekCells:
    """A week's counts by kind of agency and measure, cell by cell, and its number of working days."""

    week: str
    working_days: int
    counts: Mapping[tuple[str, str], Mapping[str, int]]

    @classmethod
    def of(cls, week: str, working_days: int, rows: Iterable[Mapping[str, Any]]) -> WeekCells:
        """From rows of `cells.sql` (`kind`, `measure`, `cell`, `n`); the nation is added up."""
        counts: dict[tuple[str, str], Counter[str]] = {}
        for row in rows:
            for kind in (str(row["kind"]), NATION):
                counts.setdefault((kind, str(row["measure"])), Counter())[str(row["cell"])] += int(row["n"])
        return cls(week, working_days, counts)

    def cells(self, kind: str, measure: str) -> Mapping[str, int]:
        """How often each cell occurs; empty if the measure does not occur."""
        return self.counts.get((kind, measure), {})

    def total(self, kind: str, measure: str) -> int:
        """How often the measure occurs."""
        return sum(self.cells(kind, measure).values())


@dataclass(frozen=True)
class Settings:
    """`weeks_between_false_alarms`: how many weeks without any change pass, on average, until one is called changed;
    `least_weeks`: with fewer weeks to compare with nothing is said."""

    weeks_between_false_alarms: int = 52
    least_weeks: int = 4


@dataclass(frozen=True)
class Drifted:
    """A measure of a kind of agency this week.

    `effect` is the Hellinger distance of a distribution (0–1) or the logarithm of a ratio to what is usual; `typical` is
    what the compared weeks show among themselves; `p_value` how often a week without change shows as much; `alarm`: it is
    beyond the threshold; `cause` (only with an alarm) is a name of `causes.yaml`.
    """

    kind: str
    measure: str
    effect: float
    typical: float
    p_value: float
    alarm: bool = False
    cause: str | None = None


@dataclass(frozen=True)
class Drift:
    """The result for a week: all that was measured, the weeks that it was held against, and whether these have as many
    working days. Nothing is measured where they are too few."""

    week: str
    compared: tuple[str, ...]
    same_working_days: bool
    measured: tuple[Drifted, ...]

    @property
    def alarms(self) -> tuple[Drifted, ...]:
        """What is beyond the threshold."""
        return tuple(each for each in self.measured if each.alarm)
