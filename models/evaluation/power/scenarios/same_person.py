"""An official comes back to one person, day after day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import about, on_day, working_days
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """On `amount` days on which the agency works."""
    person = ground.people(place.agency, 1, rng)
    own = ground.rows(place)
    days = working_days(ground.rows(Place(place.agency, None, 0)))[:amount]
    if person.empty or len(days) < amount:
        return None
    again = person.iloc[[0] * amount]
    copies = about(ground, again, own.sample(frac=1, random_state=rng), rng)
    visits = [rows for _, rows in copies.groupby(copies.requested_at.dt.normalize())]
    parts = [on_day(visits[n % len(visits)], day) for n, day in enumerate(sorted(days))]
    return Planted(
        pd.concat(parts, ignore_index=True),
        officials=frozenset({str(place.official)}),
        subjects=frozenset(person.subject_key),
    )
