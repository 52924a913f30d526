"""Rules that officials break: more often than they and their agency did before?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

WINDOW = 8
"""Weeks of rule hits that are read, the week included."""
SHAPE = 0.2
"""Breaches come in bursts: few officials have many (shape of the Gamma from which their rates are drawn)."""
PRIOR_WEEKS = 20.0
"""Official-weeks' worth of the nation's rate in an agency's."""


def violations(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials (agencies, where the log names no official) and rules broken this week, with `value` in nats.

    A reference table that is out of date for an agency, or for one official week after week, makes violations that are
    expected there, and let the next ones be expected; what was never broken here stands out.
    """
    start = week.shift(1 - WINDOW).monday
    found = engine.arrow(
        query("statistics", "rule_violation"), {"week": str(week), "monday": week.monday, "window_start": start}
    ).to_pandas()
    own = found.n + found.earlier_n
    weeks = found.agency_weeks - found.earlier_weeks - 1.0
    nation = (found.nation_n - own + 0.5) / (found.nation_weeks - found.earlier_weeks + 1.0)
    rate = (found.agency_n - own + PRIOR_WEEKS * nation) / (weeks.clip(lower=0.0) + PRIOR_WEEKS)
    size, inverse = SHAPE + found.earlier_n, SHAPE / rate + found.earlier_weeks
    value = -nbinom.logsf(found.n - 1, size, inverse / (inverse + 1.0))
    found = found.assign(value=np.minimum(value, 700.0), typical=size / inverse)
    return found[found.n > 0].reset_index(drop=True)
