"""Working days, and how the year moves the amount of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_samples.simulator import japan
from data_samples.simulator.chance import Bools, Floats, Ints
from data_samples.simulator.law import PROFILES
from data_samples.simulator.settings import Settings
from features.weeks import Week as IsoWeek

ORIGIN = date(1970, 1, 1)
MARGIN = 40
"""Days known before the log begins and after it ends (cases reach beyond it)."""


@dataclass(frozen=True)
class Year:
    """Days from `first` on."""

    first: int
    working: Bools
    names: list[str | None]

    def works(self, day: Ints) -> Bools:
        """Whether offices are open on a day."""
        return self.working[np.clip(day - self.first, 0, len(self.working) - 1)]

    def next_working(self, day: Ints) -> Ints:
        """The day itself or the next on which offices are open."""
        found = day.copy()
        for _ in range(10):
            found = np.where(self.works(found), found, found + 1)
        return found


def week_name(day: int) -> str:
    """The ISO week that holds a day."""
    return str(IsoWeek.of(ORIGIN + timedelta(days=day)))


def calendar(settings: Settings) -> Year:
    """The country's calendar over the log, with the year-end closing from 29 December to 3 January."""
    first = settings.first_day - 7 * MARGIN
    days = [ORIGIN + timedelta(days=first + i) for i in range(settings.weeks * 7 + 14 * MARGIN)]
    known = japan.holidays()
    closed = [d.weekday() >= 5 or d in known or _year_end(d) for d in days]
    names = [known.get(d) or ("年末年始" if _year_end(d) else None) for d in days]
    return Year(first, ~np.array(closed), names)


def _year_end(day: date) -> bool:
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def profile(day: int) -> Floats:
    """How much work each yearly course has in the week of a day; about 1 over the year."""
    place = (ORIGIN + timedelta(days=day + 3)).timetuple().tm_yday

    def peak(centre: int, width: float, height: float) -> float:
        distance = min(abs(place - centre), 365 - abs(place - centre))
        return height * float(np.exp(-0.5 * (distance / width) ** 2))

    course = np.ones(PROFILES)
    course[1] = 0.75 + peak(180, 18, 1.8)
    course[2] = 0.85 + peak(210, 20, 0.9)
    course[3] = 0.8 + peak(95, 20, 1.3)
    course[4] = 0.8 + peak(335, 20, 1.2)
    return course
