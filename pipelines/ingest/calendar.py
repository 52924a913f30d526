"""The calendar: delivered days stand, the others follow public holidays, weekends and the year's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.holidays import holidays
from features.weeks import Week
from pipelines.lake import Lake

SCHEMA = pa.schema(
    [("date", pa.date32()), ("is_working_day", pa.bool_()), ("holiday_name", pa.string()), ("note", pa.string())]
)
Day = dict[str, Any]


def delivered_calendar(lake: Lake) -> Path:
    """The calendar as it was last delivered, without the days that the program filled in."""
    return lake.root / "ledger" / "calendar.parquet"


def draft_calendar(lake: Lake, staging: Path, weeks: Sequence[Week]) -> dict[Path, Path]:
    """A draft of the calendar if it changed: every day of the years of these weeks and of the year after them."""
    file = delivered_calendar(lake)
    given: list[Day] = pq.ParquetFile(file).read().to_pylist() if file.exists() else []
    days = {day["date"]: day for day in _usual(weeks)} | {day["date"]: day for day in given}
    table = pa.Table.from_pylist([days[day] for day in sorted(days)], schema=SCHEMA)
    place, draft = lake.reference("calendar"), staging / "calendar.parquet"
    if place.exists() and pq.ParquetFile(place).read().equals(table):
        return {}
    pq.write_table(table, draft)
    return {draft: place}


def _usual(weeks: Sequence[Week]) -> list[Day]:
    if not weeks:
        return []
    first, last = min(weeks).monday.year, max(weeks).shift(1).monday.year + 1
    return [day for year in range(first, last + 1) for day in _year(year)]


def _year(year: int) -> list[Day]:
    names, first = holidays(year), date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return [_day(day, names.get(day)) for day in days]


def _day(day: date, holiday: str | None) -> Day:
    closed = (
        day.weekday() >= 5 or holiday is not None or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    )
    return {"date": day, "is_working_day": not closed, "holiday_name": holiday, "note": None}
