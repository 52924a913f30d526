"""At which place of the week's list each planted event would have stood, had it been the only one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.cases.listing import choose, listed, told_once
from models.evaluation import cases_of_findings, finds
from models.evaluation.power import CAPACITIES
from models.evaluation.power.planting import Sown
from models.ranking.findings import apart, find, matters
from models.ranking.scores import learned_of, learned_of_agencies
from models.statistics import WeekStatistics

ORDER = ["log_expected", "entity_id", "statistic"]
"""What puts one finding before another."""
UNLISTED = 10**9
"""A place behind every list."""


@dataclass(frozen=True)
class Strangest:
    """The findings that lead the cases of a week as it is, and what puts each into its place; `joined`: officials (entity ids) in
    the sittings of others."""

    findings: pd.DataFrame
    joined: frozenset[str] = frozenset()

    @property
    def entities(self) -> frozenset[str]:
        """Whom the cases are about."""
        return self.joined.union(self.findings.entity_id)

    def rank(self, finding: pd.Series) -> int:
        """The place of a finding among them, from 1; an earlier case about the same matter gives way to it."""
        about = (finding.entity, finding.entity_id, apart(finding.statistic))
        others = self.findings[[each != about for each in matters(self.findings)]]
        own = tuple(finding[name] for name in ORDER)
        return 1 + sum(bool(place < own) for place in others[ORDER].itertuples(index=False, name=None))


def strangest(engine: DuckDBEngine, week: Week, readings: WeekStatistics, champion: Champion) -> Strangest:
    """The list of a week as it is, as long as the greatest capacity; the week is open in the engine, its log as `week_log`."""
    chosen, proofs = listed(engine, _found(readings, champion), readings, week, CAPACITIES[-1])
    return Strangest(chosen, frozenset(join.finding.entity_id for proof in proofs for join in proof.joined))


def ranks(
    engine: DuckDBEngine,
    week: Week,
    readings: WeekStatistics,
    champion: Champion,
    sown: Sequence[Sown],
    clean: Strangest,
) -> list[int]:
    """The place of each event in the list `clean` of the week, given the changed week open in the engine; UNLISTED if none.

    Events do not push each other down: each is held against the week as it was. Officials in one sitting are one case, as in a list.
    """
    findings = choose(_found(readings, champion), len(sown) * 4 + CAPACITIES[-1])
    places = [clean.rank(finding) for _, finding in findings.iterrows()]
    near = findings[[place <= CAPACITIES[-1] for place in places]].reset_index(drop=True)
    chosen, proofs = told_once(engine, near, readings, week)
    placed = [
        (case, clean.rank(finding))
        for case, (_, finding) in zip(cases_of_findings(chosen, proofs, week), chosen.iterrows(), strict=True)
    ]
    return [min((place for case, place in placed if finds(case, each.event)), default=UNLISTED) for each in sown]


def _found(readings: WeekStatistics, champion: Champion) -> pd.DataFrame:
    return find(readings, champion.tails, learned_of(champion, readings), learned_of_agencies(champion))
