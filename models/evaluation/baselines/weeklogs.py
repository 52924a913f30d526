"""The logs that a baseline sees: those of a week and of the weeks before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

SQL = Path(__file__).parent
LOOK_BACK = 8
"""Weeks before the judged one that a baseline learns from: as many as the program's own scales are learned from."""


@dataclass(frozen=True)
class WeekLogs:
    """The log file of each week, and the reference tables that baselines read."""

    files: Mapping[Week, Path]
    agencies: Path
    calendar: Path

    def before(self, week: Week) -> list[Week]:
        """The latest weeks before it that have a log, oldest first."""
        return [each for each in sorted(self.files) if each < week][-LOOK_BACK:]

    @contextmanager
    def opened(self, week: Week) -> Iterator[DuckDBEngine]:
        """An engine with `week_log` (the week), `recent_log` (the weeks before and it), `agencies`, `calendar`."""
        with DuckDBEngine() as engine:
            engine.view("week_log", [self.files[week]])
            engine.view("recent_log", [self.files[each] for each in [*self.before(week), week]])
            engine.view("agencies", [self.agencies])
            engine.view("calendar", [self.calendar])
            yield engine


def baseline_sql(name: str) -> str:
    """The text of a baseline's query."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
