"""The work of a week on the lake: facts, training, scoring, the report. Whether it is needed is for the stages."""

from __future__ import annotations

from pathlib import Path

from features.build import KEPT, Smoothing, WeekInputs, build_week, write_kept
from features.catalogue import Catalogue
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines import inputs
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.parameters import Parameters
from pipelines.stamps import Stamp, definitions_fingerprint, parameters_fingerprint


def prepare(lake: Lake, week: Week, parameters: Parameters) -> None:
    """Make the facts of a week, and of the earlier weeks in its look-back that lack them, earliest first.

    A week's facts are stamped with its own log, not with its history: what was known of a visit when its week
    was built stays, and a late file rebuilds its own week only.
    """
    first = week.shift(-parameters.features.look_back_weeks)
    for each in lake.weeks():
        if first <= each <= week:
            _prepare_one(lake, each, parameters)


def _prepare_one(lake: Lake, week: Week, parameters: Parameters) -> None:
    needed = inputs.own_log(lake, week) | {
        "definitions": definitions_fingerprint(["features"]),
        "parameters": parameters_fingerprint(parameters.features),
    }
    file = lake.stamp("facts", week)
    stamp = Stamp.read(file)
    if stamp is not None and not stamp.changed(needed):
        return
    with engine_for(lake, parameters) as engine:
        build_week(engine, week_inputs(lake, week), Catalogue.load(), Smoothing())
        for fact in KEPT:
            with lake.replacing(lake.facts(fact.name, week)) as draft:
                write_kept(engine, fact.name, draft)
    Stamp(needed).write(lake, file)


def week_inputs(lake: Lake, week: Week) -> WeekInputs:
    """The files that the facts of a week are made from."""
    earlier = {fact.name: earlier_facts(lake, fact.name, week, fact.look_back) for fact in KEPT}
    reference = {table: lake.reference(table) for table in REFERENCE_TABLES}
    return WeekInputs(week, lake.log(week), reference, earlier)


def earlier_facts(lake: Lake, name: str, week: Week, look_back: int) -> list[Path]:
    """The files of a kept fact in the weeks before, as far back as it is read."""
    files = (lake.facts(name, week.shift(-back)) for back in range(look_back, 0, -1))
    return [file for file in files if file.exists()]


def engine_for(lake: Lake, parameters: Parameters) -> DuckDBEngine:
    """An engine within the memory and threads of the parameters, spilling below the lake."""
    settings = parameters.features
    return DuckDBEngine(settings.memory_limit, settings.threads, lake.root / ".staging" / "spill")
