"""Plain counts of officials' weeks, and officials as cases: the strangest first, with the rows of that official-week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.detectors import Floats
from models.evaluation import FIRST, Case
from models.evaluation.baselines.weeklogs import baseline_sql

KEYS = ["agency_code", "requester_user", "kind"]
"""Columns of the table of counts that are no counts."""


def plain_counts(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """KEYS and the counts and shares of each official of the week in `week_log`, as numbers."""
    dates = {"week_start": week.start, "week_end": week.end}
    return engine.arrow(baseline_sql("plain_counts"), dates).to_pandas()


def matrix(counts: pd.DataFrame) -> Floats:
    """The counts and shares without KEYS, `(n, d)`; NaN where a grade does not tell."""
    found: Floats = counts.drop(columns=KEYS).to_numpy(dtype=float)
    return found


def official_cases(engine: DuckDBEngine, week: Week, counts: pd.DataFrame, scores: Floats, capacity: int) -> list[Case]:
    """The officials with the highest scores `(n,)`, at most `capacity`; ties in the order of their names."""
    order = np.lexsort((counts.requester_user, counts.agency_code, -scores))[:capacity]
    top = counts.iloc[order][["agency_code", "requester_user"]].assign(rank=np.arange(1, len(order) + 1))
    engine.connection.register("top", top)
    rows = engine.arrow(baseline_sql("official_rows"), {"first": FIRST}).to_pandas()
    engine.connection.unregister("top")
    of_rank = dict(list(rows.groupby("rank")))
    return [
        Case(str(week), int(t.rank), t.agency_code, "user", frozenset({t.requester_user}),
             frozenset(of_rank[t.rank].subject_key.dropna()), tuple(of_rank[t.rank].request_id))
        for t in top.itertuples()
    ]  # fmt: skip
