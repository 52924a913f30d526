"""A part of an agency's records is missing."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` percent of them, drawn at random."""
    own = ground.rows(place)
    taken = rng.permutation(len(own))[: len(own) * amount // 100]
    return Planted(own.iloc[:0], removed=frozenset(own.request_id.iloc[taken]))
