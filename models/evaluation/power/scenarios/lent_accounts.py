"""Somebody works at his own terminal with the accounts of colleagues."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.evaluation.power import Planted
from models.evaluation.power.copies import about, retyped
from models.evaluation.power.ground import Ground, Place

LOOK_UPS = 2
"""People looked up with each account: one more than a slip, and few enough for none of the accounts to stand out by itself."""


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """The accounts of `amount` colleagues, of the same department where there are as many, each for LOOK_UPS people."""
    whole = ground.rows(Place(place.agency, None, 0))
    mine = whole[(whole.requester_user == place.official) & whole.requester_terminal.notna()]
    others = whole[whole.requester_user.notna() & (whole.requester_user != place.official)]
    near = others[others.requester_department.isin(mine.requester_department.dropna().unique())]
    able = sorted((near if near.requester_user.nunique() >= amount else others).requester_user.unique())
    people = ground.people(place.agency, LOOK_UPS * amount, rng)
    if mine.empty or len(able) < amount or len(people) < LOOK_UPS * amount:
        return None
    lent = [able[n] for n in rng.permutation(len(able))[:amount]]
    terminal = mine.requester_terminal.value_counts().index[0]
    parts = [
        about(ground, people[n * LOOK_UPS : (n + 1) * LOOK_UPS], others[others.requester_user == account], rng)
        for n, account in enumerate(lent)
    ]
    copies = retyped(pd.concat(parts, ignore_index=True).assign(requester_terminal=terminal), whole)
    return Planted(
        copies,
        officials=frozenset({str(place.official), *map(str, lent)}),
        subjects=frozenset(people.subject_key),
    )
