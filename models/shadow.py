"""A model that scores beside the champion and alters nothing: how its list of the week differs."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from scipy.stats import spearmanr

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.cases import entities_of
from models.cases.joined import matters_of
from models.cases.listing import listed
from models.ranking.findings import apart, find, matters, one_a_case
from models.ranking.scores import learned_of, learned_of_agencies
from models.statistics import read_week


@dataclass(frozen=True)
class Beside:
    """`shared` of the champion's `cases` are on the shadow's list of `own` too; `correlation` is Spearman's, of the rank of
    the champion's cases with their order by the shadow (None for fewer than three, or where all are alike)."""

    version: str
    cases: int
    own: int
    shared: int
    correlation: float | None


def beside(engine: DuckDBEngine, week: Week, shadow: Champion, cases: pa.Table, capacity: int) -> Beside:
    """Score the week that is open in the engine with the shadow, and hold its list beside the champion's `cases`."""
    readings = read_week(engine, week)
    findings = find(readings, shadow.tails, learned_of(shadow, readings), learned_of_agencies(shadow))
    chosen, evidence = listed(engine, findings, readings, week, capacity)
    own = frozenset[tuple[str, str, str]]().union(*matters_of(chosen, evidence))
    order = {about: place for place, about in enumerate(matters(one_a_case(findings)))}
    rows = cases.select(["rank", "agency_code", "entity", "entity_id", "finding", "joined"]).to_pylist()
    about = [[(*who, apart(row["finding"])) for who in entities_of(row)] for row in rows]
    ranks = [row["rank"] for row in rows]
    places = [order.get(of_case[0], len(order)) for of_case in about]
    shared = sum(any(each in own for each in of_case) for of_case in about)
    return Beside(shadow.version, len(rows), len(chosen), shared, _correlation(ranks, places))


def _correlation(ranks: list[int], places: list[int]) -> float | None:
    if len(ranks) < 3 or len(set(places)) == 1:
        return None
    return round(float(spearmanr(ranks, places).statistic), 4)
