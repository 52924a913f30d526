"""Facts, explanations and rules of a week and of those before it, and the engine that makes them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from features.build import Smoothing, WeekInputs, build_week, write_kept
from features.catalogue import Table, fingerprint, kept_tables
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Engine
from features.weeks import Week
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.lake.stamps import Stamp, parameters_fingerprint
from pipelines.parameters import Parameters
from pipelines.steps import inputs

if TYPE_CHECKING:
    from pipelines.steps.stages import Tell


def _silent(part: str, done: int, of: int, seconds_left: float) -> None:
    """Tell nobody."""


def prepare(lake: Lake, week: Week, parameters: Parameters, tell: Tell = _silent) -> None:
    """Make the facts of a week, and of the earlier weeks in its look-back that lack them, earliest first.

    A week's facts are stamped with its own log, not with its history: what was known of a visit when its week
    was built stays, and a late file rebuilds its own week only. Reference tables are delivered anew every week; only
    the week that is asked for is read against those of today. Cut short, the next run goes on with the next week.
    """
    lacking = _lacking(lake, week, parameters)
    rows = {each: pq.read_metadata(lake.log(each)).num_rows + 1 for each in lacking}
    started, done = time.monotonic(), 0
    for number, (each, needed) in enumerate(lacking.items(), start=1):
        make_facts(lake, each, parameters, needed)
        done += rows[each]
        left = (time.monotonic() - started) / done * (sum(rows.values()) - done)
        tell(f"facts of {each}", number, len(lacking), left)


def _lacking(lake: Lake, week: Week, parameters: Parameters) -> dict[Week, dict[str, str]]:
    """The weeks whose facts are not there or made from something else, with what they are to be made from."""
    first = week.shift(-parameters.features.look_back_weeks)
    reference = inputs.reference(lake)
    common = {
        "definitions": fingerprint(),
        "parameters": parameters_fingerprint(parameters.features),
    }
    found = {}
    for each in (each for each in lake.weeks() if first <= each <= week):
        needed = inputs.own_log(lake, each) | reference | common
        stamp = Stamp.read(lake.stamp("facts", each))
        if stamp is None or stamp.changed(needed, apart_from=reference if each < week else ()):
            found[each] = needed
    return found


def make_facts(lake: Lake, week: Week, parameters: Parameters, needed: Mapping[str, str]) -> None:
    """Make and keep the tables of one week, whose earlier weeks are there; `needed` goes into its stamp."""
    with facts_engine(lake, parameters) as engine:
        left_out = build_week(engine, week_inputs(lake, week), Smoothing())
        for kept in kept_tables():
            with lake.replacing(lake.facts(kept.name, week)) as draft:
                write_kept(engine, kept.name, draft)
    lacking = ", ".join(f"{rule.rule} ({' '.join(rule.lacks)})" for rule in left_out)
    Stamp(needed, {"rules_left_out": lacking}).write(lake, lake.stamp("facts", week))


def week_inputs(lake: Lake, week: Week) -> WeekInputs:
    """The files that the facts of a week are made from."""
    earlier = {table.name: earlier_facts(lake, table, week) for table in kept_tables()}
    reference = {table: lake.reference(table) for table in REFERENCE_TABLES}
    return WeekInputs(week, lake.log(week), reference, earlier)


def earlier_facts(lake: Lake, table: Table, week: Week) -> list[Path]:
    """The files of a kept table in the weeks before that a new week reads."""
    if table.kept is None:
        return []
    found = existing_facts(lake, table.name, week, table.kept.weeks)
    return found[-1:] if table.kept.running else found


def existing_facts(lake: Lake, name: str, week: Week, weeks: int) -> list[Path]:
    """The files of a kept table in so many weeks before, the latest last."""
    files = (lake.facts(name, week.shift(-back)) for back in range(weeks, 0, -1))
    return [file for file in files if file.exists()]


def engine_for(lake: Lake, parameters: Parameters) -> DuckDBEngine:
    """An engine within the memory and threads of the parameters, spilling below the lake."""
    settings = parameters.features
    return DuckDBEngine(settings.memory_limit, settings.threads, lake.root / ".staging" / "spill")


def facts_engine(lake: Lake, parameters: Parameters) -> Engine:
    """The engine that makes facts, rules and explanations: DuckDB here, or a Spark cluster that sees the lake."""
    asked = parameters.engine
    if asked.name == "duckdb":
        return engine_for(lake, parameters)
    from features.engines.spark import SparkEngine

    addresses = {lake.root: asked.lake_address} if asked.lake_address else {}
    return SparkEngine(lake.root / ".staging" / "spark", asked.master, asked.settings, addresses)
