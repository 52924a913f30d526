"""Which findings become the week's cases: the rarest, each with evidence, and none that only says again what another says."""

from __future__ import annotations

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases.evidence import Evidence, gather
from models.cases.sittings import together
from models.ranking.findings import one_a_case
from models.statistics import WeekStatistics

SPARE = 10
"""Findings beyond the capacity that are looked at, to fill the places of those that say nothing new."""


def choose(findings: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """The findings that lead a case, at most `capacity`: the rarest of each official, person and agency, and beside that an
    agency's sitting without an official.

    An official's own case is never swallowed by one about a person or an agency; further findings about the same
    official become reasons of his case.
    """
    return one_a_case(findings).head(capacity).reset_index(drop=True)


def listed(
    engine: DuckDBEngine, findings: pd.DataFrame, readings: WeekStatistics, week: Week, capacity: int
) -> tuple[pd.DataFrame, list[Evidence]]:
    """The findings that lead a case, at most `capacity`, and the evidence of each: `told_once` of the rarest."""
    chosen, evidence = told_once(engine, choose(findings, capacity + SPARE), readings, week)
    return chosen.head(capacity), evidence[:capacity]


def told_once(
    engine: DuckDBEngine, chosen: pd.DataFrame, readings: WeekStatistics, week: Week
) -> tuple[pd.DataFrame, list[Evidence]]:
    """Of findings, strangest first, those that are a case beside the ones above them, each with its evidence.

    Officials in one sitting are one case, which the strongest of them leads (`models/cases/sittings.py`): its evidence is that
    of all of them. One about a person or an agency whose requests all lie in a case above it adds nothing; an official's own
    case always stays. The engine has `week_log`.
    """
    evidence = together(engine, chosen, gather(engine, chosen, readings, week))
    kept: list[tuple[int, Evidence]] = []
    above: list[frozenset[str]] = []
    for place, (entity, proof) in enumerate(zip(chosen.entity, evidence, strict=True)):
        if proof is None:
            continue
        requests = frozenset(proof.request_ids)
        if entity != "user" and requests and any(requests <= other for other in above):
            continue
        kept.append((place, proof))
        above.append(requests)
    return chosen.iloc[[place for place, _ in kept]].reset_index(drop=True), [proof for _, proof in kept]
