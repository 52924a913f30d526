"""A day's work of one official stands under a colleague's name: the rows are taken out under his own and put under the other's."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.copies import retyped, working_days
from models.evaluation.power.ground import Ground, Place


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` requests of the busiest days of a colleague, of another department where there is one."""
    whole = ground.rows(Place(place.agency, None, 0))
    mine = whole[whole.requester_user == place.official]
    others = whole[whole.requester_user.notna() & (whole.requester_user != place.official)]
    elsewhere = others[~others.requester_department.isin(mine.requester_department.dropna().unique())]
    numbers = (elsewhere if len(elsewhere) else others).requester_user.value_counts()
    able = numbers[numbers >= amount].index
    if not len(able):
        return None
    his = others[others.requester_user == sorted(able)[int(rng.integers(len(able)))]]
    days = {day: n for n, day in enumerate(working_days(his))}
    taken = his.iloc[np.argsort(his.requested_at.dt.normalize().map(days).to_numpy(), kind="stable")[:amount]]
    changed = taken.assign(requester_user=place.official, requester_department=mine.requester_department.iloc[0])
    return Planted(
        retyped(changed, whole), removed=frozenset(taken.request_id), officials=frozenset({str(place.official)})
    )
