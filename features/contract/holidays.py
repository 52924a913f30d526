"""Japan's public holidays: those the government announced, and by the rules of the law for other years."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

ANNOUNCED = Path(__file__).with_name("holidays.csv")
"""From the Cabinet Office's list (内閣府「国民の祝日」), one row a day."""

_FIXED = {
    (1, 1): "元日", (2, 11): "建国記念の日", (2, 23): "天皇誕生日", (4, 29): "昭和の日", (5, 3): "憲法記念日",
    (5, 4): "みどりの日", (5, 5): "こどもの日", (8, 11): "山の日", (11, 3): "文化の日", (11, 23): "勤労感謝の日",
}  # fmt: skip
_MONDAYS = {(1, 2): "成人の日", (7, 3): "海の日", (9, 3): "敬老の日", (10, 2): "スポーツの日"}
"""Month and number of the Monday."""


def holidays(year: int) -> dict[date, str]:
    """The public holidays of a year: as announced where they were, otherwise by the law as it stood in 2026."""
    announced = {day: name for day, name in _announced().items() if day.year == year}
    return announced or by_law(year)


@cache
def _announced() -> dict[date, str]:
    with ANNOUNCED.open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["name"] for row in csv.DictReader(lines)}


def by_law(year: int) -> dict[date, str]:
    """The holidays of a year by the Act on National Holidays (国民の祝日に関する法律 arts. 2 and 3).

    The equinoxes are announced each February for the next year; the common approximation used here has held for
    1980 to 2099. Days moved by special acts (Olympic Games, accession) are only in the announced list.
    """
    days = {date(year, *day): name for day, name in _FIXED.items()}
    days |= {_monday(year, *place): name for place, name in _MONDAYS.items()}
    days |= {date(year, 3, _equinox(year, 20.8431)): "春分の日", date(year, 9, _equinox(year, 23.2488)): "秋分の日"}
    return dict(sorted((days | _between(days) | _substitutes(days)).items()))


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (number - 1))


def _equinox(year: int, in_1980: float) -> int:
    return int(in_1980 + 0.242194 * (year - 1980) - (year - 1980) // 4)


def _substitutes(days: dict[date, str]) -> dict[date, str]:
    """Art. 3 (2): a holiday on a Sunday is made up for on the next day that is none."""
    found = {}
    for day in days:
        if day.weekday() == 6:
            while day in days:
                day += timedelta(days=1)  # noqa: PLW2901
            found[day] = "休日"
    return found


def _between(days: dict[date, str]) -> dict[date, str]:
    """Art. 3 (3): a day between two holidays is one."""
    gaps = (day + timedelta(days=1) for day in days if day + timedelta(days=2) in days)
    return {gap: "休日" for gap in gaps if gap not in days}
