"""An official asks with one procedure that his department does not use, about people known to the agency."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import PERSON, WHOSE, at_other_minutes, repeated, retyped, without_case
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests, a person each where the log names people."""
    whole = ground.rows(Place(place.agency, None, 0))
    own = whole[whole.requester_user == place.official]
    desks = whole.requester_department.isin(own.requester_department.dropna().unique())
    used = whole[desks | (whole.requester_user == place.official)].procedure_code.unique()
    foreign = whole[whole.requester_user.notna() & ~whole.procedure_code.isin(used)]
    people = ground.people(place.agency, amount, rng)
    named = bool(whole.subject_key.notna().any())
    if foreign.empty or (named and len(people) < amount):
        return None
    procedure = sorted(foreign.procedure_code.unique())
    one = foreign[foreign.procedure_code == procedure[int(rng.integers(len(procedure)))]]
    beside = own.iloc[int(rng.integers(len(own)))]
    rows = repeated(one, amount, rng).assign(**{c: beside[c] for c in WHOSE})
    if named:
        rows = rows.assign(**{c: people[c].to_numpy() for c in PERSON})
    parts = [at_other_minutes(rows.iloc[[n]], rng) for n in range(amount)]
    changed = without_case(ground, retyped(pd.concat(parts, ignore_index=True), whole))
    subjects = frozenset(people.subject_key) if named else frozenset()
    return Planted(changed, officials=frozenset({str(place.official)}), subjects=subjects)
