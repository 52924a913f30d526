"""Another's hand: a day that fits an official's colleagues far better than himself, as when a login is lent or taken."""

from __future__ import annotations

import pandas as pd

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

MASQUERADE = "masquerade"


def masquerade(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Rows like those of the scans, one an official of the week: `value` is the logarithm of how much likelier the day's
    procedures and hours are for a colleague of the department than for the official, nats; 0 where they are not.

    Whoever has no past of his own is expected to work like his department, so that nothing speaks against him.
    """
    days = engine.arrow(query("statistics", MASQUERADE), {"monday": week.monday}).to_pandas()
    return days.assign(
        attribute=MASQUERADE,
        window=1,
        step=0,
        past=days.n,
        expected=days.n_other_days,
        value=days.ratio.fillna(0.0).clip(lower=0.0),
    )
