"""An agency's requests with its commonest procedure come by the dozen within one hour."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import at, repeated
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests in an hour in which the agency works."""
    own = ground.rows(place)
    hour = own.requested_at.iloc[int(rng.integers(len(own)))].floor("h")
    common = own[own.procedure_code == own.procedure_code.mode().iloc[0]]
    rows = repeated(common, amount, rng)
    return Planted(at(rows, hour + pd.to_timedelta(np.sort(rng.integers(0, 3600, amount)), unit="s")))
