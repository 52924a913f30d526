"""A week's result tables: scores, requests, rule hits and cases, from the open history and the champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from features.catalogue import query, statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.cases import Surroundings, case_table, entities_of
from models.cases.evidence import Evidence
from models.cases.listing import listed
from models.cases.weeks import weeks_table
from models.ranking.findings import Learned, find
from models.ranking.scores import learned_of, learned_of_agencies, score_officials, score_others
from models.statistics import WeekStatistics, read_week
from models.statistics.frames import ALL_LACKING

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
    features: dict[str, pa.Table]
    requests: pa.Table
    rule_hits: pa.Table
    cases: pa.Table
    case_weeks: pa.Table


def score_week(
    engine: DuckDBEngine,
    week: Week,
    champion: Champion,
    capacity: int,
    earlier_cases: Sequence[pa.Table],
    requests_share: float,
    register: bool,
) -> WeekResult:
    """Score the week that is open in the engine (`recent_*`, `week_log`); `requests_share` of the requests that officials
    made are kept with their score, the strangest; `register`: whether a register of cases was delivered at all."""
    readings = read_week(engine, week)
    dates = {"monday": week.monday}
    history = engine.arrow(query("results", "official_history"), dates).to_pandas()
    hits = engine.arrow(
        f"SELECT {', '.join(RULE_HITS.names)} FROM recent_rule_hit WHERE week = $week ORDER BY rule_id, request_id",
        {"week": str(week)},
    )
    learned = learned_of(champion, readings)
    of_agencies = learned_of_agencies(champion)
    findings = find(readings, champion.tails, learned, of_agencies)
    chosen, evidence = listed(engine, findings, readings, week, capacity)
    engine.given("pointed", _pointed(chosen, evidence))
    asked = {**dates, "week": str(week), "share": requests_share}
    requests = engine.arrow(query("results", "request_scores"), asked)
    around = replace(_surroundings(history, hits, earlier_cases), register=register)
    cases = case_table(chosen, evidence, findings, readings, around, champion, week)
    return WeekResult(
        _scores(readings, findings, history, champion, learned, week), _features(readings, week),
        requests.cast(REQUESTS), hits.cast(RULE_HITS),
        cases, weeks_table(engine, cases),
    )  # fmt: skip


def _features(readings: WeekStatistics, week: Week) -> dict[str, pa.Table]:
    """What detectors see of each kind of entity: a DOUBLE column for each feature, after who it is about."""
    officials = readings.officials()
    users = officials.assign(**{ALL_LACKING: readings.lacking_of(officials)}).reset_index()
    agencies, procedures = readings.agencies().reset_index(), readings.procedures.reset_index()
    people = readings.others["person_access"][["agency_code", "entity_id", "value", "actual"]]
    people = people.rename(columns={"value": "person_access", "actual": "visits"})
    frames = {
        "user": users.assign(entity_id=users.agency_code + "/" + users.requester_user),
        "agency": agencies.assign(entity_id=agencies.agency_code) if len(agencies) else None,
        "agency_procedure": procedures.assign(entity_id=procedures.agency_code + "/" + procedures.procedure_code)
        if len(procedures) else None,
        "subject": people,
    }  # fmt: skip
    first = ["week", "entity_id", "agency_code"]
    return {
        entity: pa.Table.from_pandas(f.assign(week=str(week))[[*first, *(c for c in f.columns if c not in first)]], preserve_index=False)
        for entity, f in frames.items() if f is not None
    }  # fmt: skip


def _pointed(chosen: pd.DataFrame, evidence: Sequence[Evidence]) -> pa.Table:
    """The requests behind the chosen findings and those that join them, each with how rare its own finding is (nats)."""
    found = [(float(level), proof.leading) for level, proof in zip(chosen.log_expected, evidence, strict=True)]
    found += [(float(join.finding.log_expected), join.proof) for proof in evidence for join in proof.joined]
    rows = [(request, max(-level, 0.0)) for level, proof in found for request in proof.request_ids]
    ids, nats = ([row[0] for row in rows], [row[1] for row in rows])
    return pa.table({"request_id": pa.array(ids, pa.string()), "level": pa.array(nats, pa.float64())})


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
        "subject": _scored_by_any("subject", readings, champion, week),
        "agency": _scored_by_any("agency", readings, champion, week),
    }
    return {
        entity: pa.Table.from_pandas(frame, schema=SCORES, preserve_index=False) for entity, frame in frames.items()
    }


def _scored_by_any(entity: str, readings: WeekStatistics, champion: Champion, week: Week) -> pd.DataFrame:
    """The `scores` rows of people or agencies: each by the statistic in which he or it is rarest."""
    parts = [
        score_others(name, entity, readings, champion, week, 1.0)
        for name in readings.others if statistics()[name].entity == entity and name in champion.tails
    ]  # fmt: skip
    rarest = pd.concat(parts).sort_values(["score", "entity_id"], ascending=[False, True]).drop_duplicates("entity_id")
    return rarest.assign(rank=np.arange(1, len(rarest) + 1, dtype=np.int32))


def _surroundings(history: pd.DataFrame, hits: pa.Table, earlier_cases: Sequence[pa.Table]) -> Surroundings:
    indexed = history.set_index(["agency_code", "requester_user"])
    agencies = history.groupby("agency_code")[["n_visits", "n_unexplained"]].sum()
    rules: dict[str, list[str]] = {}
    for hit in hits.to_pylist():
        rules.setdefault(hit["request_id"], []).append(hit["rule_id"])
    # The latest week goes before, and of its cases about the same agency the strangest.
    earlier = [case for table in earlier_cases for case in reversed(table.to_pylist())]
    continued = {who: case["case_id"] for case in earlier for who in entities_of(case)}
    return Surroundings(
        indexed, indexed.earlier_weeks.to_dict(), (agencies.n_unexplained / agencies.n_visits).to_dict(),
        {request: tuple(found) for request, found in rules.items()}, continued,
    )  # fmt: skip
