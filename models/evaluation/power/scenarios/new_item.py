"""An agency begins to ask for what others of its kind ask for and it never did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import WHAT, at_other_minutes, repeated, retyped
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests for one item with one procedure."""
    others = ground.elsewhere(place.agency).head(20)
    if others.empty:
        return None
    what = others.iloc[int(rng.integers(len(others)))]
    own = ground.rows(place)
    rows = repeated(own, amount, rng).assign(**{column: what[column] for column in WHAT})
    parts = [at_other_minutes(rows.iloc[[n]], rng) for n in range(amount)]
    return Planted(retyped(pd.concat(parts, ignore_index=True), own))
