"""An official looks up people whom nobody there has a reason to look up, as he looks up others, all through the week."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.copies import about
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` people."""
    people = ground.people(place.agency, amount, rng)
    if len(people) < amount:
        return None
    return Planted(
        about(ground, people, ground.rows(place).sample(frac=1, random_state=rng), rng),
        officials=frozenset({str(place.official)}), subjects=frozenset(people.subject_key),
    )  # fmt: skip
