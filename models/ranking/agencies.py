"""One number for an agency's week: the most marked of its counts leads, the others and what detectors learned add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.ranking.calibration import CALIBRATION_WEEKS, Floats, Tail
from models.statistics import WeekStatistics

AGENCY = "agency_week"
FURTHER, LEARNED = 0.3, 0.3
"""What each further count's rarity, and the detectors', add, in parts of their own: counts of one agency hang together."""
REMARKABLE = 0.1
"""A count begins to add where fewer than so large a share of the agencies is as marked in it."""
COLUMNS = ["agency_code", "entity_id", "value", "counted", "cell", "actual", "typical"]


def agency_values(
    readings: WeekStatistics, tails: Mapping[str, Tail], learned: Callable[[pd.DataFrame], Floats]
) -> pd.DataFrame:
    """One row an agency of the week: `value` in nats, and the cell with its number and expectation that leads.

    `learned` gives the detectors' common rarity of each row of `WeekStatistics.agencies`, nats, `(n,)`.
    """
    counted = readings.agencies()
    if counted.empty:
        return pd.DataFrame(columns=COLUMNS).astype({"value": float})
    value, first = agency_weeks(counted, tails, learned(counted), len(counted))
    leading = pd.DataFrame({"agency_code": counted.index, "statistic": counted.columns[first], "value": value})
    told = pd.concat([readings.others[name].assign(statistic=name) for name in counted.columns])
    found = leading.merge(
        told.reindex(columns=["agency_code", "statistic", "counted", "cell", "actual", "typical"]),
        how="left",
        on=["agency_code", "statistic"],
    )
    return found.assign(entity_id=found.agency_code)[COLUMNS]


def agency_weeks(
    counted: pd.DataFrame, tails: Mapping[str, Tail], learned: Floats, agencies: int
) -> tuple[Floats, NDArray[np.intp]]:
    """The value of each row, nats, `(n,)`, and the place of the column that leads it, `(n,)`; of `agencies` in the week."""
    never = Tail.of([], CALIBRATION_WEEKS)
    rarities = np.column_stack(
        [-tails.get(name, never).log_expected(counted[name].to_numpy(dtype=float)) for name in counted.columns]
    )
    rarities = np.where(counted.to_numpy() > 0, rarities, -np.log(agencies))
    beyond = np.clip(rarities + np.log(REMARKABLE * agencies), 0.0, None)
    first = rarities.argmax(axis=1)
    rows = np.arange(len(counted))
    added = beyond.sum(axis=1) - beyond[rows, first]
    value = rarities[rows, first] + FURTHER * added + LEARNED * np.maximum(learned + np.log(REMARKABLE), 0.0)
    return value, first
