"""Plain rankings to hold the cases against: single detectors, rules alone, counts alone, chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.engines.duckdb import DuckDBEngine
from models.bundle import Champion
from models.detectors import DETECTORS, Floats, combine, tail_rarity
from models.evaluation import FIRST, Case

_EVIDENCE = """
    SELECT t.rank, l.request_id, l.subject_key
    FROM top t JOIN week_log l ON l.requester_agency = t.agency_code AND l.requester_user = t.requester_user
    LEFT JOIN requests q ON q.request_id = l.request_id
    QUALIFY row_number() OVER (PARTITION BY t.rank ORDER BY q.score DESC NULLS LAST, l.request_id) <= $first
    ORDER BY t.rank, q.score DESC NULLS LAST, l.request_id
"""


def official_scores(features: pd.DataFrame, hits: pd.DataFrame, champion: Champion, seed: int) -> Mapping[str, Floats]:
    """Strangeness of the officials of a week by every plain ranking, `(n,)` each, higher is stranger."""
    data = features.reindex(columns=list(champion.bundle.feature_names), fill_value=0.0).to_numpy(dtype=float)
    rarities = {
        row.name: tail_rarity(row.strangeness(champion.bundle.detectors[row.name].estimator, data),
                              champion.bundle.detectors[row.name].reference)
        for row in DETECTORS if row.name in champion.bundle.detectors
    }  # fmt: skip
    chance: Floats = np.random.default_rng(seed).random(len(features))
    counted = hits.groupby(["agency_code", "requester_user"]).size()
    keys = pd.MultiIndex.from_frame(features[["agency_code", "requester_user"]])
    # Chance decides among officials with as many hits, so that the order of the table does not.
    rules: Floats = counted.reindex(keys).fillna(0).to_numpy(dtype=float) + chance * 1e-6
    # A log that names no official has no detector of theirs.
    together = {"all detectors": combine(rarities)} if rarities else {}
    return {**rarities, **together, "rules alone": rules, "random": chance}


def as_cases(engine: DuckDBEngine, week: str, features: pd.DataFrame, scores: Floats, capacity: int) -> list[Case]:
    """The strangest officials as cases: each with his requests of the week, those without a reason first.

    The engine has the views `week_log` and `requests`.
    """
    order = np.lexsort((features.requester_user, features.agency_code, -scores))[:capacity]
    top = features.iloc[order][["agency_code", "requester_user"]].assign(rank=np.arange(1, len(order) + 1))
    engine.connection.register("top", top)
    rows = engine.arrow(_EVIDENCE, {"first": FIRST}).to_pandas()
    engine.connection.unregister("top")
    of_rank = dict(list(rows.groupby("rank")))
    return [
        Case(week, int(t.rank), t.agency_code, "user", frozenset({t.requester_user}),
             frozenset(of_rank[t.rank].subject_key.dropna()), tuple(of_rank[t.rank].request_id))
        for t in top.itertuples() if t.rank in of_rank
    ]  # fmt: skip
