"""The result tables of a week: all of them, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.catalogue import statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.lake.journal import commit, staging
from pipelines.lake.stamps import Stamp
from pipelines.parameters import Parameters
from pipelines.steps.history import history_engine
from pipelines.steps.training import registry

CONTINUED_WEEKS = 8
"""A case continues one about the same official, person or agency of at most so many weeks ago."""


def score(lake: Lake, week: Week, parameters: Parameters) -> None:
    """Write the result tables of a prepared week with the model that may judge it: all of them, or none."""
    from models.drift.table import to_arrow
    from models.weekly import score_week
    from pipelines.steps.cards import renew
    from pipelines.steps.drift import drift_of, figures
    from pipelines.steps.drift import statement as drift_statement
    from pipelines.steps.retrain import advise
    from pipelines.steps.retrain import statement as retrain_statement
    from pipelines.steps.shadow import shadow_statement

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
        unscaled = without_scale(judge.tails)
        coverage.write_text(_coverage(lake, week, engine, result.scores, unscaled, unlike), encoding="utf-8")
        commit(lake, moves | {coverage: lake.coverage(week)})
    models.write_figures(judge.version, figures(drift), step=week.monday.toordinal() // 7)
    renew(models, lake, judge, parameters)


def _earlier_cases(lake: Lake, week: Week) -> list[pa.Table]:
    files = (lake.cases(week.shift(-back)) for back in range(CONTINUED_WEEKS, 0, -1))
    return [pq.read_table(file, columns=_about(file), partitioning=None) for file in files if file.exists()]


def _about(file: Path) -> list[str]:
    """The columns that tell whom a case is about; `joined` only where it was written already."""
    names = ["case_id", "agency_code", "entity", "entity_id", "joined"]
    return [name for name in names if name in pq.read_schema(file).names]


def without_scale(known: Collection[str]) -> list[dict[str, str]]:
    """What a model could not judge because it is older than the statistic: those of which it knows no scale, in words."""
    from models.statistics import standalone

    return [
        {
            "what_ja": statistics()[name].label.ja,
            "what_en": statistics()[name].label.en,
            "why_ja": "この指標が加わる前に学習したモデルのため、尺度がない（再学習により対象となる）",
            "why_en": "the model was trained before this statistic was added and has no scale for it; train a new one",
        }
        for name in standalone()
        if statistics()[name].leads and name not in known
    ]


def _coverage(
    lake: Lake,
    week: Week,
    engine: DuckDBEngine,
    scores: dict[str, pa.Table],
    unscaled: list[dict[str, str]],
    unlike: Mapping[str, Any],
) -> str:
    from pipelines.steps.coverage import coverage_of

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
        left_out=[*statement.left_out, *rules, *unscaled],
        **unlike,
    ).to_json()
