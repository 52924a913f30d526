"""The week beside the weeks before it: kept tables as views, the latest of them the week itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from features import catalogue
from features.catalogue import kept_tables, query
from features.engines.engine import Engine
from features.order import reads
from features.weeks import Week

RECENT = "recent_"
FOLDERS = ("statistics", "evidence", "results")
"""Queries over the week and the weeks before it: what is counted, which rows stand behind it, what is published."""


@cache
def read_back() -> tuple[str, ...]:
    """The kept tables that queries over several weeks read, by name."""
    files = (file for folder in FOLDERS for file in sorted((catalogue.FOLDER / folder).glob("*.sql")))
    read = frozenset().union(*(reads(file.read_text(encoding="utf-8")) for file in files))
    return tuple(table.name for table in kept_tables() if RECENT + table.name in read)


def open_history(
    engine: Engine, kept: Mapping[str, Sequence[Path]], agencies: Path, calendar: Path, week: Week
) -> None:
    """Name the kept tables of a week and the weeks before as `recent_NAME`, and the agencies as they are in the week."""
    for name in read_back():
        engine.view(RECENT + name, list(kept[name]))
    engine.view("agencies", [agencies])
    engine.view("calendar", [calendar])
    engine.table("agency_now", query("tables", "agency_now"), {"week_start": week.start, "week_end": week.end})
