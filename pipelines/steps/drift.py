"""The drift of a scored week: its kept tables against those of the weeks that the model of the week learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.drift import CELLS, WORKING_DAYS, Drift, Settings, WeekCells
from models.drift.alarms import detect
from models.drift.causes import explained, messages
from pipelines.lake import Lake
from pipelines.parameters import Parameters

READ = ("surprisal_histogram", "strangeness_histogram", "agency_count")
"""The kept tables of a week that `cells.sql` reads."""


def drift_of(lake: Lake, week: Week, judge: Champion, parameters: Parameters) -> Drift:
    """Hold a prepared week against those of the weeks that the model learned from whose facts are there."""
    from pipelines.steps.facts import engine_for

    learned = [Week.parse(name) for name in sorted(judge.bundle.data_fingerprints)]
    with engine_for(lake, parameters) as engine:
        now = cells(lake, week, engine)
        weeks = [cells(lake, each, engine) for each in learned if each != week and _there(lake, each)]
    settings = Settings(**parameters.drift.model_dump())
    return explained(detect(now, weeks, settings), now, weeks)


def _there(lake: Lake, week: Week) -> bool:
    return all(lake.facts(name, week).exists() for name in READ)


def cells(lake: Lake, week: Week, engine: DuckDBEngine) -> WeekCells:
    """What a prepared week counts, and its working days."""
    for name in READ:
        engine.view(name, [lake.facts(name, week)])
    engine.view("agencies", [lake.reference("agencies")])
    engine.view("calendar", [lake.reference("calendar")])
    engine.table("agency_now", query("tables", "agency_now"), {"week_start": week.start, "week_end": week.end})
    days = engine.arrow(WORKING_DAYS, {"monday": week.monday, "next_monday": week.shift(1).monday}).to_pylist()[0][
        "days"
    ]
    return WeekCells.of(str(week), int(days), engine.arrow(CELLS).to_pylist())


def statement(drift: Drift, weeks_between_false_alarms: int) -> dict[str, Any]:
    """What `coverage.json` says of it: the compared weeks, how much was measured, and a message for each cause."""
    return {
        "compared": list(drift.compared), "same_working_days": drift.same_working_days, "measured": len(drift.measured),
        "alarms": len(drift.alarms), "weeks_between_false_alarms": weeks_between_false_alarms,
        "messages": [
            {
                "cause": m.cause, "label_ja": m.label.ja, "label_en": m.label.en, "text_ja": m.text.ja, "text_en": m.text.en,
                "todo_ja": m.todo.ja, "todo_en": m.todo.en, "kinds": list(m.kinds), "measures": list(m.measures),
            }
            for m in messages(drift)
        ],
    }  # fmt: skip


def figures(drift: Drift) -> Mapping[str, float]:
    """Metrics for the model's run in MLflow: how many alarms, by cause too, and the greatest distance."""
    causes: Sequence[str | None] = [each.cause for each in drift.alarms]
    distances = [
        each.effect for each in drift.measured if each.measure.startswith(("attribute:", "count:", "strangeness:"))
    ]
    by_cause = {f"drift.{cause}": float(causes.count(cause)) for cause in sorted({c for c in causes if c})}
    return by_cause | {
        "drift.alarms": float(len(causes)), "drift.measured": float(len(drift.measured)),
        "drift.greatest_distance": max(distances, default=0.0),
    }  # fmt: skip
