"""The analyser of X-Road Metrics, Estonia's monitor of data exchange between agencies, on the linkage log.

Source: X-Road Metrics, analysis module (Nordic Institute for Interoperability Solutions, MIT licence), models
`AveragesByTimeperiod` and `FailedRequestRatio` with their default settings. A service call is here an
agency-procedure-provider. For each hour with requests, the count of requests and their mean size (here the items
returned) are compared with the mean and standard deviation of the same hour and weekday before; beyond 1.96 deviations
(95 % confidence) it is an incident, and so is an hour in which more than nine of ten requests failed.
The analyser lists incidents and ranks nothing; by its own two figures, confidence and then the difference from normal,
each agency-procedure-provider becomes one case, with the requests of its incidents' hours as evidence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.evaluation import FIRST, Case
from models.evaluation.baselines.weeklogs import baseline_sql

NAME = "X-Road analyser"
BEYOND = 1.96
"""Standard deviations: as the original has it."""
FAILED_SHARE = 0.9
"""Share of failed requests: as the original has it."""
LEAST_DEVIATION = 0.001
"""Stands for a standard deviation of zero, as in the published program."""
CERTAIN = 8.2
"""From so many deviations on the published confidence, 1 - p, is 1 in double precision: all are equal."""
CALL = ["agency_code", "procedure_code", "provider_agency"]


def incidents(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Incidents of the week, the most confident first: CALL, `day`, `hour`, `deviations` (capped), `difference`."""
    found = engine.arrow(
        baseline_sql("hourly_incidents"), {"week_start": week.monday, "least": LEAST_DEVIATION}
    ).to_pandas()
    of_metric = [
        found.assign(deviations=found.n_z, difference=found.n_difference),
        found.assign(deviations=found.size_z, difference=found.size_difference),
        found.assign(
            deviations=np.where(found.failed_share > FAILED_SHARE, CERTAIN, 0.0),
            difference=found.failed_share - FAILED_SHARE,
        ),
    ]
    both = pd.concat(of_metric, ignore_index=True)
    both = both[both.deviations > BEYOND]
    both["deviations"] = both.deviations.clip(upper=CERTAIN)
    order = ["deviations", "difference", *CALL, "day", "hour"]
    return both.sort_values(order, ascending=[False, False, *[True] * 5], ignore_index=True)[
        [*CALL, "day", "hour", "deviations", "difference"]
    ]


def cases(engine: DuckDBEngine, week: Week, capacity: int) -> list[Case]:
    """The agency-procedure-providers with the most confident incidents, at most `capacity`."""
    found = incidents(engine, week)
    calls = found.drop_duplicates(CALL)[CALL].head(capacity)
    calls = calls.assign(rank=np.arange(1, len(calls) + 1))
    top = found.merge(calls, on=CALL).drop_duplicates([*CALL, "day", "hour"])
    top = top.assign(incident=np.arange(len(top)))
    engine.connection.register("top", top)
    rows = engine.arrow(baseline_sql("incident_rows")).to_pandas()
    engine.connection.unregister("top")
    of_rank = dict(list(rows.groupby("rank")))
    return [
        Case(str(week), int(c.rank), c.agency_code, "agency_procedure",
             frozenset(of_rank[c.rank].requester_user.dropna()), frozenset(of_rank[c.rank].subject_key.dropna()),
             tuple(of_rank[c.rank].request_id)[:FIRST])
        for c in calls.itertuples() if c.rank in of_rank
    ]  # fmt: skip
