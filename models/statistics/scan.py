"""A marked Poisson scan: has an official more visits past a level than his own history and his agency lead one to expect?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

WINDOWS = (1, 4, 8)
"""Weeks that are added up: one burst, a month, and a slow leak."""
PRIOR_VISITS = 500.0
"""Visits' worth of the nation's rate in an agency's rate: a small agency says little about itself."""
SHAPE = 1.0
"""Shape of the Gamma from which officials' rates are drawn: officials differ by as much as their mean."""


def scan(engine: DuckDBEngine, week: Week, window: int) -> pd.DataFrame:
    """Officials active in the week, attributes and levels, with `value`: minus log P(at least as many visits), nats.

    An official's own rate is Gamma around the rate of the others at his agency (which is smoothed towards the
    nation); his earlier weeks sharpen it, so that the count in the window is negative binomial: a Poisson scan
    (Kulldorff 1997) that allows for officials who differ. The window of the others counts towards the agency's
    rate: what the whole office does this week is no reason to name one of its officials.
    """
    start = {"window_start": week.shift(1 - window).monday}
    counts = engine.arrow(query("statistics", "attribute_scan"), start).to_pandas()
    counts = counts[(pd.to_datetime(counts.last_monday).dt.date == week.monday) & (counts.past > 0)]
    own, own_visits = counts.past + counts.earlier_past, counts.visits + counts.earlier_visits
    nation = (counts.nation_past + 0.5) / (counts.nation_visits + 1.0)
    others = counts.agency_past - own + PRIOR_VISITS * nation
    rate = others / (counts.agency_visits - own_visits + PRIOR_VISITS)
    size, inverse = SHAPE + counts.earlier_past, SHAPE / rate + counts.earlier_visits
    found = -nbinom.logsf(counts.past - 1, size, inverse / (inverse + counts.visits))
    return counts.assign(
        window=window,
        expected=size / inverse * counts.visits,
        value=np.where(np.isfinite(found), found, 700.0),
    )
