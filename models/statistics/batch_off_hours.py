"""Runs of files at hours at which an agency never runs any: somebody started them who is no timetable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

STRENGTH = 5.0
"""Runs' worth of the other agencies' hours in an agency's."""
LEAST_RUNS = 8
"""With fewer earlier runs an agency has no hours of its own yet."""


def batch_off_hours(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies and the hour of the week's strangest run of files, with `value`: minus log P(a run at this hour), nats.

    Hours are smoothed towards those of the other agencies. A system's job has its hours for years, so that a run apart
    from them was started by hand; where runs come at all hours, none is strange.
    """
    slots = engine.arrow(query("statistics", "batch_off_hours"), {"monday": week.monday}).to_pandas()
    slots = slots[slots.earlier_total >= LEAST_RUNS]
    elsewhere = (slots.others_n + 0.5) / (slots.others_total + 24.0)
    share = (slots.earlier_n + STRENGTH * elsewhere) / (slots.earlier_total + STRENGTH)
    found = slots.assign(
        value=-np.log(share), actual=slots.n, typical=share * slots.n, entity_id=slots.agency_code, window=1
    )
    return found.sort_values(["value", "slot"], ascending=[False, True]).drop_duplicates("agency_code")
