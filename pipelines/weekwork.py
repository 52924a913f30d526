"""The work of a week on the lake: facts, training, scoring, the report. Whether it is needed is for the stages."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.build import Smoothing, WeekInputs, build_week, write_kept
from features.catalogue import Table, fingerprint, kept_tables
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Engine
from features.errors import NoUsableModelError
from features.history import open_history, read_back
from features.weeks import Week
from pipelines import inputs
from pipelines.identity import identity
from pipelines.journal import commit, staging
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.parameters import Parameters
from pipelines.promotions import Record, record_first
from pipelines.stamps import Stamp, file_fingerprint, parameters_fingerprint

if TYPE_CHECKING:
    from models.registry import Registry
    from models.statistics import WeekStatistics
    from pipelines.stages import Tell

CONTINUED_WEEKS = 8
"""A case continues one about the same official, person or agency of at most so many weeks ago."""


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


def earlier_facts(lake: Lake, table: Table, week: Week, weeks: int | None = None) -> list[Path]:
    """The files of a kept table in the weeks before, as far back as it is read (or `weeks`, if given)."""
    kept = table.kept
    if kept is None:
        return []
    files = (lake.facts(table.name, week.shift(-back)) for back in range(kept.weeks if weeks is None else weeks, 0, -1))
    found = [file for file in files if file.exists()]
    return found[-1:] if kept.running else found


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


def registry(lake: Lake) -> Registry:
    """The model registry: MLFLOW_TRACKING_URI, or a SQLite file in the lake."""
    from models.registry import Registry

    address = os.environ.get("MLFLOW_TRACKING_URI")
    vouched = Record.read(lake).digests
    if address:
        return Registry(address, identity(lake), vouched=vouched)
    return Registry.within(lake.root, identity(lake), vouched)


def has_registry(lake: Lake) -> bool:
    """Whether there is a store to ask: asking must not make an empty one in the lake."""
    return bool(os.environ.get("MLFLOW_TRACKING_URI")) or (lake.root / "mlflow.db").exists()


def existing_registry(lake: Lake) -> Registry:
    """The registry of a lake that has one; NoUsableModelError if it has none: asking must not make an empty store."""
    if not has_registry(lake):
        raise NoUsableModelError(f"{lake.root}: no model is registered; run `shirabe train` first")
    return registry(lake)


def champion(lake: Lake) -> str | None:
    """The version of the registered champion; None if there is none."""
    return registry(lake).champion_version() if has_registry(lake) else None


def challenger(lake: Lake) -> str | None:
    """The version of the model that was trained to follow the champion; None if there is none."""
    return None if champion(lake) is None else registry(lake).challenger_version()


def model(lake: Lake, week: Week) -> str | None:
    """The version of the model that may judge a week: it has not learned from it; None if there is none."""
    return None if champion(lake) is None else registry(lake).model_version(str(week))


def train(lake: Lake, until: Week, parameters: Parameters, tell: Tell = _silent, *, as_challenger: bool = True) -> str:
    """Train on the weeks before `until`, register, and name the new version: the challenger, or for one week only.

    The first model of all is the champion.
    """
    from models.training import train

    weeks = inputs.learned_weeks(lake, until, parameters)
    prepare(lake, weeks[-1], parameters, tell)
    history = [readings(lake, week, parameters) for week in weeks]
    data = {str(week): file_fingerprint(lake.facts("rated_visit", week)) for week in weeks}
    bundle = train(history, parameters.train.seed, data, str(until))
    models = registry(lake)
    version = models.register(replace(bundle, inputs=read_by(lake, weeks)), challenger=as_challenger)
    if version == champion(lake):
        record_first(lake, version, bundle.fingerprint, models.find(version).digest, datetime.now(UTC))
    return version


def read_by(lake: Lake, weeks: Sequence[Week]) -> dict[str, str]:
    """Fingerprints, by name, of all that the statistics of these weeks are read from."""
    files = sorted({file for week in weeks for opened in history_files(lake, week).values() for file in opened})
    facts = {file.relative_to(lake.root).as_posix(): file_fingerprint(file) for file in files}
    tables = {f"reference table {name}": file_fingerprint(lake.reference(name)) for name in ("agencies", "calendar")}
    return facts | tables | {"definitions": fingerprint()}


def history_files(lake: Lake, week: Week) -> dict[str, list[Path]]:
    """The files of each kept table that queries over several weeks read, the week's own last."""
    return {
        table.name: [*earlier_facts(lake, table, week, table.kept.weeks - 1), lake.facts(table.name, week)]
        for table in kept_tables() if table.kept and table.name in read_back()
    }  # fmt: skip


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


def score(lake: Lake, week: Week, parameters: Parameters) -> None:
    """Write the result tables of a prepared week with the model that may judge it: all of them, or none."""
    from models.drift.table import to_arrow
    from models.weekly import score_week
    from pipelines.drift import drift_of, figures
    from pipelines.drift import statement as drift_statement
    from pipelines.retrain import advise
    from pipelines.retrain import statement as retrain_statement
    from pipelines.shadow import shadow_statement

    models = registry(lake)
    judge = models.model(str(week))
    drift = drift_of(lake, week, judge, parameters)
    with staging(lake, "score") as folder, history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        result = score_week(
            engine, week, judge, parameters.score.capacity, _earlier_cases(lake, week), parameters.score.requests_share,
            register=pq.read_metadata(lake.reference("cases")).num_rows > 0,
        )  # fmt: skip
        tables = {lake.scores(entity, week): table for entity, table in result.scores.items()}
        tables |= {lake.features(entity, week): table for entity, table in result.features.items()}
        tables |= {
            lake.requests(week): result.requests,
            lake.rule_hits(week): result.rule_hits,
            lake.cases(week): result.cases,
            lake.case_weeks(week): result.case_weeks,
            lake.drift(week): to_arrow(drift, judge.version),
        }
        moves = {folder / f"{number}.parquet": place for number, place in enumerate(tables)}
        for draft, place in moves.items():
            pq.write_table(tables[place], draft, compression="zstd")
        coverage = folder / "coverage.json"
        expected = result.cases["expected_equals"].to_pylist()
        advice = retrain_statement(advise(lake, week, judge, drift, expected, parameters.retrain))
        between = parameters.drift.weeks_between_false_alarms
        beside = shadow_statement(models, engine, week, result.cases, parameters.score.capacity)
        unlike = {"drift": drift_statement(drift, between), "retrain": advice, "shadow": beside}
        coverage.write_text(_coverage(lake, week, engine, result.scores, unlike), encoding="utf-8")
        commit(lake, moves | {coverage: lake.coverage(week)})
    models.write_figures(judge.version, figures(drift), step=week.monday.toordinal() // 7)


def _earlier_cases(lake: Lake, week: Week) -> list[pa.Table]:
    files = (lake.cases(week.shift(-back)) for back in range(CONTINUED_WEEKS, 0, -1))
    columns = ["case_id", "entity", "entity_id"]
    return [pq.read_table(file, columns=columns, partitioning=None) for file in files if file.exists()]


def _coverage(
    lake: Lake, week: Week, engine: DuckDBEngine, scores: dict[str, pa.Table], unlike: Mapping[str, Any]
) -> str:
    from pipelines.coverage import coverage_of

    statement = coverage_of(lake, week, engine)
    stamp = Stamp.read(lake.stamp("facts", week))
    lacking = str(stamp.outcome.get("rules_left_out", "")) if stamp else ""
    rules = [
        {
            "what_ja": f"規則 {name}",
            "what_en": f"rule {name}",
            "why_ja": "照合に必要な参照表が提供されていない",
            "why_en": "its reference table was not delivered",
        }
        for name in lacking.split(", ")
        if name
    ]
    return replace(
        statement,
        scored={entity: table.num_rows for entity, table in scores.items()},
        left_out=[*statement.left_out, *rules],
        **unlike,
    ).to_json()


def report(lake: Lake, week: Week, revision: int, changed: Sequence[str], parameters: Parameters) -> Path:
    """Write a revision of the week's report and return the page's path."""
    from pipelines.status import model_age
    from reports.index import index_page
    from reports.weekly import ReportInputs, write_report

    logs = [lake.log(week.shift(-back)) for back in range(8)]
    stamp = Stamp.read(lake.stamp("score", week))
    given = dict(stamp.inputs) if stamp else {}
    power = inputs.power_result(lake, week)
    version = given.pop(inputs.MODEL, "")
    if power is not None:
        given[inputs.POWER] = file_fingerprint(power)
    previous = lake.cases(week.shift(-1))
    if previous.exists():
        given[f"cases of {week.shift(-1)}"] = file_fingerprint(previous)
    page = write_report(
        ReportInputs(
            week=week, revision=revision, changed=tuple(changed), cases=lake.cases(week), rule_hits=lake.rule_hits(week),
            requests=lake.requests(week), coverage=lake.coverage(week), logs=tuple(log for log in logs if log.exists()),
            agencies=lake.reference("agencies"), codes=lake.reference("codes"), model_version=version, inputs=given,
            evidence_rows=parameters.report.evidence_rows, power=power, case_weeks=lake.case_weeks(week), pdf=parameters.report.pdf,
            previous_cases=previous if previous.exists() else None, model_age_weeks=model_age(lake, week),
        ),
        lake.report(week, revision),
    )  # fmt: skip
    with lake.replacing(lake.reports_index()) as draft:
        draft.write_text(index_page(lake.reports_index().parent), encoding="utf-8")
    return page
