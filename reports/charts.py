"""Where things go in the small pictures; `templates/charts.svg.j2` draws them. Lengths are in SVG user units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

BAR = 190.0
"""The longest bar."""
LEFT, TOP, HOUR = 40.0, 8.0, 5.2
"""Timeline: room for the hours, room above, height of an hour."""
WIDTH, OFFICE = 720.0, (8, 18)


@dataclass(frozen=True)
class Bars:
    """Two bars on one scale: what was seen, and what was to be expected."""

    actual: float
    typical: float

    @property
    def seen(self) -> float:
        """Length of the bar of what was seen."""
        return self._length(self.actual)

    @property
    def usual(self) -> float:
        """Length of the bar of what was to be expected."""
        return self._length(self.typical)

    def _length(self, value: float) -> float:
        most = max(self.actual, self.typical, 1e-9)
        return round(max(1.5, BAR * max(value, 0.0) / most), 1)


@dataclass(frozen=True)
class Day:
    """A day of the timeline: its left edge, its label (empty where labels would crowd), and whether it is a weekend."""

    x: float
    label: str
    weekend: bool


@dataclass(frozen=True)
class Timeline:
    """Look-ups as dots: days across, hours down. `dots` is an SVG path of points."""

    days: tuple[Day, ...]
    step: float
    hours: tuple[tuple[float, str], ...]
    office: tuple[float, float]
    bottom: float
    dots: str
    count: int


def timeline(moments: Sequence[datetime]) -> Timeline | None:
    """Whole weeks that hold all moments; None without any."""
    if not moments:
        return None
    first = _monday(min(moments).date())
    weeks = (_monday(max(moments).date()) - first).days // 7 + 1
    step = (WIDTH - LEFT - 4) / (7 * weeks)
    days = tuple(_day(first + timedelta(days=n), LEFT + n * step, crowded=weeks > 1) for n in range(7 * weeks))
    hours = tuple((_y(hour), f"{hour}:00") for hour in (0, 6, 12, 18, 24))
    office = (_y(OFFICE[0]), _y(OFFICE[1]) - _y(OFFICE[0]))
    return Timeline(days, round(step, 2), hours, office, _y(24), _dots(moments, first, step), len(moments))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(day: date, x: float, *, crowded: bool) -> Day:
    label = "" if crowded and day.weekday() else f"{day.month}/{day.day}"
    return Day(round(x, 1), label, day.weekday() >= 5)


def _y(hour: float) -> float:
    return round(TOP + HOUR * hour, 1)


def _dots(moments: Sequence[datetime], first: date, step: float) -> str:
    """Look-ups of the same quarter of an hour share a dot: a thousand rows stay a small picture."""
    quarters = sorted({((at.date() - first).days, at.hour * 4 + at.minute // 15) for at in moments})
    return "".join(f"M{LEFT + (day + 0.5) * step:.1f} {_y(quarter / 4)}h0" for day, quarter in quarters)
