"""An official looks up people without a reason in one night."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.copies import about, at_night
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` people."""
    people = ground.people(place.agency, amount, rng)
    if len(people) < amount:
        return None
    copies = about(ground, people, ground.rows(place).sample(frac=1, random_state=rng), rng)
    return Planted(
        at_night(ground, copies, rng),
        officials=frozenset({str(place.official)}),
        subjects=frozenset(people.subject_key),
    )
