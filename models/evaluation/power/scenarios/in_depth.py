"""An official reads all that can be asked about one person, procedure after procedure, within a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import PERSON, WHAT, WHOSE, at, repeated, retyped, without_case
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests, each of another procedure and item as far as the agency has so many."""
    people = ground.people(place.agency, 1, rng)
    own = ground.rows(place)
    whole = ground.rows(Place(place.agency, None, 0))
    kinds = whole[whole.requester_user.notna()].sample(frac=1, random_state=rng).drop_duplicates(WHAT[1:3])
    if people.empty or len(kinds) < 2:
        return None
    rows = repeated(kinds, amount, rng)
    beside = own.iloc[int(rng.integers(len(own)))]
    changed = rows.assign(**{c: beside[c] for c in WHOSE}, **{c: people[c].iloc[0] for c in PERSON})
    minutes = pd.to_timedelta(np.cumsum(rng.integers(20, 180, amount)), unit="s")
    changed = without_case(ground, retyped(at(changed, beside.requested_at + minutes), own))
    return Planted(changed, officials=frozenset({str(place.official)}), subjects=frozenset(people.subject_key))
