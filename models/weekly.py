"""A week's result tables: scores, requests, rule hits and cases, from the open history and the champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from features.catalogue import query, statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.cases import Surroundings, case_table, choose
from models.cases.evidence import gather
from models.ranking.findings import Learned, find
from models.ranking.scores import learned_of, score_officials, score_others
from models.statistics import WeekStatistics, read_week

SCORES = pa.schema([
    ("week", pa.string()), ("entity", pa.string()), ("entity_id", pa.string()), ("agency_code", pa.string()),
    ("score", pa.float64()), ("p_value", pa.float64()), ("rank", pa.int32()), ("confidence", pa.float64()),
    ("model_version", pa.string()),
])  # fmt: skip
RULE_HITS = pa.schema([(name, pa.string()) for name in (
    "week", "rule_id", "request_id", "agency_code", "requester_user", "detail_ja", "detail_en")])  # fmt: skip
REQUESTS = pa.schema([
    ("request_id", pa.string()), ("agency_code", pa.string()), ("requester_user", pa.string()), ("subject_key", pa.string()),
    ("score", pa.float64()), ("explained_by", pa.string()), ("rules", pa.list_(pa.string())),
])  # fmt: skip


@dataclass(frozen=True)
class WeekResult:
    """The tables of the results contract, and the features that the detectors saw."""

    scores: dict[str, pa.Table]
    features: pa.Table
    requests: pa.Table
    rule_hits: pa.Table
    cases: pa.Table


def score_week(
    engine: DuckDBEngine, week: Week, champion: Champion, capacity: int, earlier_cases: Sequence[pa.Table]
) -> WeekResult:
    """Score the week that is open in the engine (`recent_*`, `week_log`)."""
    readings = read_week(engine, week)
    dates = {"monday": week.monday}
    history = engine.arrow(query("results", "official_history"), dates).to_pandas()
    requests = engine.arrow(query("results", "request_scores"), {**dates, "week": str(week)})
    hits = engine.arrow(
        f"SELECT {', '.join(RULE_HITS.names)} FROM recent_rule_hit WHERE week = $week ORDER BY rule_id, request_id",
        {"week": str(week)},
    )
    learned = learned_of(champion, readings)
    findings = find(readings, champion.tails, learned)
    chosen = choose(findings, capacity)
    evidence = gather(engine, chosen, readings, week)
    around = _surroundings(history, hits, earlier_cases)
    return WeekResult(
        _scores(readings, findings, history, champion, learned, week), pa.Table.from_pandas(readings.officials().reset_index(), preserve_index=False),
        requests.cast(REQUESTS), hits.cast(RULE_HITS),
        case_table(chosen, evidence, findings, readings, around, champion, week),
    )  # fmt: skip


def _scores(
    readings: WeekStatistics,
    findings: pd.DataFrame,
    history: pd.DataFrame,
    champion: Champion,
    learned: Learned,
    week: Week,
) -> dict[str, pa.Table]:
    frames = {
        "user": score_officials(readings, findings, history, champion, learned, week),
        "subject": score_others("many_officials", "subject", readings, champion, week, 1.0),
        "agency": pd.concat(
            [
                score_others(n, "agency", readings, champion, week, 1.0)
                for n in readings.others
                if statistics()[n].entity == "agency"
            ]
        ),
    }
    agency = frames["agency"].sort_values(["score", "entity_id"], ascending=[False, True]).drop_duplicates("entity_id")
    frames["agency"] = agency.assign(rank=np.arange(1, len(agency) + 1, dtype=np.int32))
    return {
        entity: pa.Table.from_pandas(frame, schema=SCORES, preserve_index=False) for entity, frame in frames.items()
    }


def _surroundings(history: pd.DataFrame, hits: pa.Table, earlier_cases: Sequence[pa.Table]) -> Surroundings:
    indexed = history.set_index(["agency_code", "requester_user"])
    agencies = history.groupby("agency_code")[["n_visits", "n_unexplained"]].sum()
    rules: dict[str, list[str]] = {}
    for hit in hits.to_pylist():
        rules.setdefault(hit["request_id"], []).append(hit["rule_id"])
    continued = {(c["entity"], c["entity_id"]): c["case_id"] for table in earlier_cases for c in table.to_pylist()}
    return Surroundings(
        indexed, indexed.earlier_weeks.to_dict(), (agencies.n_unexplained / agencies.n_visits).to_dict(),
        {request: tuple(found) for request, found in rules.items()}, continued,
    )  # fmt: skip
