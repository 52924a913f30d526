"""Which findings become the week's cases: the rarest, each with evidence, and none that only says again what another says."""

from __future__ import annotations

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases.evidence import Evidence, gather
from models.statistics import WeekStatistics

SPARE = 10
"""Findings beyond the capacity that are looked at, to fill the places of those that say nothing new."""


def choose(findings: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """The findings that lead a case, at most `capacity`: the rarest of each official, person and agency.

    An official's own case is never swallowed by one about a person or an agency; further findings about the same
    official become reasons of his case.
    """
    return findings.drop_duplicates(["entity", "entity_id"]).head(capacity).reset_index(drop=True)


def listed(
    engine: DuckDBEngine, findings: pd.DataFrame, readings: WeekStatistics, week: Week, capacity: int
) -> tuple[pd.DataFrame, list[Evidence]]:
    """The findings that lead a case, at most `capacity`, and the evidence of each.

    One about a person or an agency whose requests all lie in a case above it adds nothing and gives its place to the next;
    an official's own case always stays.
    """
    chosen = choose(findings, capacity + SPARE)
    evidence = gather(engine, chosen, readings, week)
    kept: list[int] = []
    above: list[frozenset[str]] = []
    for place, (entity, proof) in enumerate(zip(chosen.entity, evidence, strict=True)):
        requests = frozenset(proof.request_ids)
        if entity != "user" and requests and any(requests <= other for other in above):
            continue
        kept.append(place)
        above.append(requests)
    kept = kept[:capacity]
    return chosen.iloc[kept].reset_index(drop=True), [evidence[place] for place in kept]
