"""ISO weeks, the unit in which logs are delivered, scored and reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week: Monday 00:00 JST (closed) to the next Monday (open)."""

    monday: date

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read `2026-W46`; ValueError when the text names no ISO week."""
        match = _WEEK.match(text)
        if match is None:
            raise ValueError(f"'{text}' is no ISO week; write it like 2026-W46")
        return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))

    @classmethod
    def of(cls, moment: date) -> Week:
        """The week that holds a day or a moment."""
        day = moment.date() if isinstance(moment, datetime) else moment
        return cls(day - timedelta(days=day.weekday()))

    @property
    def start(self) -> datetime:
        """The first moment that belongs to the week."""
        return datetime.combine(self.monday, datetime.min.time())

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return self.start + timedelta(days=7)

    def shift(self, weeks: int) -> Week:
        """The week so many weeks later, or earlier if negative."""
        return Week(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"
