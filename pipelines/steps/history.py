"""A week with its look-back open in an engine, and all statistics of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from features.catalogue import Kept, kept_tables
from features.engines.duckdb import DuckDBEngine
from features.history import open_history, read_back
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.facts import engine_for, existing_facts

if TYPE_CHECKING:
    from models.statistics import WeekStatistics


def history_files(lake: Lake, week: Week) -> dict[str, list[Path]]:
    """The files of each kept table that queries over several weeks read, the week's own last."""
    read = {table.name: table.kept for table in kept_tables() if table.kept and table.name in read_back()}
    return {name: [*_before(lake, name, week, kept), lake.facts(name, week)] for name, kept in read.items()}


def _before(lake: Lake, name: str, week: Week, kept: Kept) -> list[Path]:
    if kept.running:
        return existing_facts(lake, name, week, kept.weeks)[-kept.newest :]
    return existing_facts(lake, name, week, kept.weeks - 1)


def history_engine(lake: Lake, week: Week, parameters: Parameters) -> DuckDBEngine:
    """An engine in which the week and its look-back are open."""
    engine = engine_for(lake, parameters)
    open_history(engine, history_files(lake, week), lake.reference("agencies"), lake.reference("calendar"), week)
    return engine


def readings(lake: Lake, week: Week, parameters: Parameters) -> WeekStatistics:
    """All statistics of a prepared week."""
    from models.statistics import read_week

    with history_engine(lake, week, parameters) as engine:
        return read_week(engine, week)
