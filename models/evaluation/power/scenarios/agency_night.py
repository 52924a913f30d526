"""An agency's ordinary requests are made in one night."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.copies import at_night, repeated
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests."""
    return Planted(at_night(ground, repeated(ground.rows(place), amount, rng), rng))
