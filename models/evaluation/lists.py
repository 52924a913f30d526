"""A model's list of a week, to be held beside another's: its cases, how strange each is said to be, and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Champion
from models.cases import told_expected
from models.cases.contributions import parts_of
from models.cases.joined import matters_of
from models.cases.listing import listed
from models.cases.reasons import reasons_of
from models.evaluation import Case, cases_of_findings
from models.ranking.findings import find
from models.ranking.scores import learned_of, learned_of_agencies
from models.statistics import WeekStatistics


@dataclass(frozen=True)
class ModelList:
    """The cases by rank, and `equals`: how many findings at least as strange a quiet week is said to hold."""

    cases: list[Case]
    equals: list[float]
    about: list[frozenset[tuple[str, str, str]]]
    """What each case is about, by rank, as `matters_of` has it."""
    chosen: pd.DataFrame
    findings: pd.DataFrame

    def lacking(self, beside: ModelList, capacity: int) -> list[int]:
        """The ranks of the first `capacity` cases that the other's first as many are about in nothing."""
        others = frozenset[tuple[str, str, str]]().union(*beside.about[:capacity])
        return [rank for rank, about in enumerate(self.about[:capacity], start=1) if not about & others]

    def reasons(self, ranks: Sequence[int], readings: WeekStatistics, model: Champion) -> list[list[str]]:
        """Why the cases of these ranks are on the list, in English; made for them alone, as it takes longer than the list."""
        rows = self.chosen.iloc[[rank - 1 for rank in ranks]].reset_index(drop=True)
        if rows.empty:
            return []
        parts = parts_of(rows, readings, model)
        told = (reasons_of(f, self.findings, readings, part) for f, part in zip(rows.itertuples(), parts, strict=True))
        return [[str(reason["text_en"]) for reason in reasons] for reasons in told]


def list_of(engine: DuckDBEngine, week: Week, readings: WeekStatistics, model: Champion, capacity: int) -> ModelList:
    """What the model lists of the week that is open in the engine, at most `capacity` cases; nothing is written."""
    findings = find(readings, model.tails, learned_of(model, readings), learned_of_agencies(model))
    chosen, proofs = listed(engine, findings, readings, week, capacity)
    learned = int(model.bundle.parameters["weeks"])
    equals = [told_expected(float(each), learned) for each in chosen.log_expected]
    return ModelList(cases_of_findings(chosen, proofs, week), equals, matters_of(chosen, proofs), chosen, findings)
