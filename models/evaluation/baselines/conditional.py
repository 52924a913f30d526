"""Conditional surprise: what is rare given what stands beside it, a hundred lines of counting and no model.

Asked of each request are the four questions of `conditional.sql`; their surprisals sum. It is how processes are audited
(conformance checking by directly-follows frequencies: van der Aalst 2016, chapter 8) and what any analyst would write first
for a log of cases, officials and steps; it knows neither reasons nor rules.
"""

from __future__ import annotations

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.evaluation import FIRST, Case
from models.evaluation.baselines.weeklogs import baseline_sql

NAME = "conditional surprise"
STRENGTH = 2.0
"""Requests' worth of the answer's usual share in what is given."""
HIGHEST = 3
"""An official's week is as surprising as the mean of so many of its most surprising requests."""


def requests(engine: DuckDBEngine) -> pd.DataFrame:
    """`request_id`, `agency_code`, `requester_user`, `subject_key`, `surprise` (nats) of the requests in `week_log`."""
    return engine.arrow(baseline_sql("conditional"), {"strength": STRENGTH}).to_pandas()


def officials(surprising: pd.DataFrame) -> pd.DataFrame:
    """`agency_code`, `requester_user`, `surprise` of each official's week, the most surprising first."""
    highest = (
        surprising.sort_values("surprise", ascending=False).groupby(["agency_code", "requester_user"]).head(HIGHEST)
    )
    means = highest.groupby(["agency_code", "requester_user"])["surprise"].mean().reset_index()
    return means.sort_values(["surprise", "agency_code", "requester_user"], ascending=[False, True, True])


def cases(engine: DuckDBEngine, week: Week, capacity: int) -> list[Case]:
    """The officials whose weeks are most surprising, at most `capacity`, each with his most surprising requests first."""
    surprising = requests(engine).sort_values(["surprise", "request_id"], ascending=[False, True])
    own = dict(list(surprising.groupby(["agency_code", "requester_user"], sort=False)))
    return [
        Case(str(week), rank, o.agency_code, "user", frozenset({o.requester_user}),
             frozenset(rows.subject_key.dropna()), tuple(rows.request_id[:FIRST]))
        for rank, o in enumerate(officials(surprising).head(capacity).itertuples(), start=1)
        for rows in [own[(o.agency_code, o.requester_user)].head(FIRST)]
    ]  # fmt: skip


def people(surprising: pd.DataFrame) -> pd.Series:
    """The highest surprise of any request about each person, by `(agency_code, subject_key)`."""
    return surprising.dropna(subset=["subject_key"]).groupby(["agency_code", "subject_key"])["surprise"].max()
