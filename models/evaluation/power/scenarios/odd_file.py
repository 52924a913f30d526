"""The largest run of an agency (one procedure within an hour) goes to the providers of another agency's people."""

from __future__ import annotations

import numpy as np

from models.evaluation.power import Planted
from models.evaluation.power.copies import retyped
from models.evaluation.power.ground import Ground, Place

LEAST = 20
"""Fewer requests within an hour are no run."""


def plant(ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
    """`amount` percent of the run's requests."""
    own = ground.rows(place)
    sizes = (
        own.groupby([own.procedure_code, own.requested_at.dt.floor("h")])
        .size()
        .sort_values(ascending=False, kind="stable")
    )
    if sizes.empty or sizes.iloc[0] < LEAST:
        return None
    procedure, hour = sizes.index[0]
    run = own[(own.procedure_code == procedure) & (own.requested_at.dt.floor("h") == hour)]
    providers = ground.providers_elsewhere(place.agency, procedure)
    if not len(providers):
        return None
    taken = run.iloc[rng.permutation(len(run))[: max(len(run) * amount // 100, 1)]]
    changed = taken.assign(provider_agency=np.array(providers)[rng.integers(0, len(providers), len(taken))])
    return Planted(retyped(changed, own), removed=frozenset(taken.request_id))
