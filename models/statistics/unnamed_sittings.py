"""Sittings in which no official is named: requests of an agency that stand together in time and in what is rare about them.

Where the record names agencies and nobody else, a sitting is the smallest thing that can be asked about. What a sitting is
stands in `features/tables/unnamed/unnamed_sitting.sql`; here it is judged how many such an agency is to have.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.frames import MOST_NATS

Floats = NDArray[np.float64]
UNNAMED_SITTING = "unnamed_sitting"
TRAITS = ("item", "provider", "outcome", "hour")
"""What sittings may have in common; what else is rare about one adds to it."""
USUAL = 1.0
"""How rare a request is that is like any other, nats: of any measure a minus logarithm of its tail is one on average."""
IN_COMMON = 3.0
"""From so rare on (nats) requests are put together, as `unnamed_sitting.sql` does, and what else is rare about them is told."""
EARLIER_WEEKS = 7
"""Sittings of the week and of so many before it are kept (`unnamed_sitting.yaml`)."""
LEAST_WEEKS = 3
"""With fewer earlier weeks an agency has no habits of its own yet."""
OPINION_WEEKS = 2.0
"""Weeks' worth of what others of the kind do in an agency's own."""
OPINION_AGENCIES = 5.0
"""Agencies' worth of the nation's opinion in that of a kind."""
NEVER_SEEN = 0.5
"""What a sitting larger than all that were ever seen counts as, in sittings: half of one."""
A_MINUTE = 12.0
"""More answers a minute nobody reads at a screen: what is faster a machine asks, whose runs are judged elsewhere."""


def unnamed_sitting(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies and their strangest sitting of the week without an official, with `value` in nats: minus the logarithm of how many
    sittings at least so large a week of the agency is expected to have, and how much rarer it is than what makes a sitting.

    `actual` is its number of requests, `typical` how many of them a week is expected to have in sittings at least so large; `slot`
    its first and last moment and, joined by `+`, what else is rare about it. Exact to a probability of e**-700, as all values.
    """
    sittings = _at_screens(engine.arrow(query("statistics", "unnamed_sitting")).to_pandas())
    weeks = engine.arrow(query("statistics", "agency_weeks")).to_pandas()
    now = pd.to_datetime(sittings.monday) == pd.Timestamp(week.monday)
    found = judged(sittings[now], sittings[~now], _known(weeks, week))
    first, last = (found[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%f") for name in ("first_at", "last_at"))
    found = found.assign(
        slot=first + "/" + last + "/" + found.also, actual=found.n_requests, entity_id=found.agency_code, window=1
    )
    found = found.sort_values(["value", "slot", "counted"], ascending=[False, True, True])
    return found.drop_duplicates("agency_code").reset_index(drop=True)


def judged(now: pd.DataFrame, earlier: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The week's sittings with `value` (nats), the `typical` number of requests in such and what `also` is rare about them; of agencies in
    `known` alone, which has the `kind` and how many earlier `weeks` of each are known."""
    found = now[now.agency_code.isin(known.index)].reset_index(drop=True)
    earlier = earlier[earlier.agency_code.isin(known.index)]
    expected = np.maximum(_habitual(found, earlier, known), _begun(found, known))
    traits = found[list(TRAITS)].to_numpy(dtype=float)
    shared = np.array([TRAITS.index(name) for name in found.counted], dtype=int)
    rows = np.arange(len(found))
    further = np.clip(traits - USUAL, 0.0, None).sum(axis=1) - np.clip(traits[rows, shared] - USUAL, 0.0, None)
    also = [
        "+".join(trait for trait, nats in zip(TRAITS, own, strict=True) if nats >= IN_COMMON and trait != common)
        for own, common in zip(traits, found.counted, strict=True)
    ]
    value = -np.log(-np.expm1(-expected)) + np.clip(traits[rows, shared] - IN_COMMON, 0.0, None) + further
    return found.assign(
        value=np.clip(value, 0.0, MOST_NATS), typical=expected * found.n_requests, also=pd.Series(also, dtype="str")
    )


def _at_screens(sittings: pd.DataFrame) -> pd.DataFrame:
    """Sittings at the speed of a person, with their `size`: people where the log names them, else requests."""
    first, last = pd.to_datetime(sittings.first_at), pd.to_datetime(sittings.last_at)
    minutes = (last - first).dt.total_seconds() / 60.0 + 1.0
    size = sittings.n_people.where(sittings.n_people > 0, sittings.n_requests)
    # One look-up asks for several items at once.
    own = sittings.assign(first_at=first, last_at=last, size=size)
    return own[sittings.n_requests / sittings.n_items.clip(lower=1.0) <= A_MINUTE * minutes]


def _known(weeks: pd.DataFrame, week: Week) -> pd.DataFrame:
    """The agencies that have a past of their own: `kind`, and the number of earlier `weeks`, at most as many as sittings are kept."""
    kept = (pd.to_datetime(weeks.monday) < pd.Timestamp(week.monday)) & (
        pd.to_datetime(weeks.monday) >= pd.Timestamp(week.shift(-EARLIER_WEEKS).monday)
    )
    own = weeks[kept].groupby("agency_code").agg(kind=("kind", "first"), weeks=("monday", "nunique"))
    return own[own.weeks >= LEAST_WEEKS]


def _habitual(found: pd.DataFrame, earlier: pd.DataFrame, known: pd.DataFrame) -> Floats:
    """How many sittings of the kind, at least so large, a week of the agency is to have by its own past, which leans on its kind
    and that on the nation, `(n,)`."""
    weeks, kinds = found.agency_code.map(known.weeks).to_numpy(dtype=float), known.groupby("kind").weeks.sum()
    own = at_least(found, earlier, ["agency_code", "counted"])
    nation = (at_least(found, earlier, ["counted"]) + NEVER_SEEN) / max(float(known.weeks.sum()), 1.0)
    of_kind = found.kind.map(kinds).fillna(0.0).to_numpy(dtype=float)
    opinion = OPINION_AGENCIES * EARLIER_WEEKS
    kind = (at_least(found, earlier, ["kind", "counted"]) - own + opinion * nation) / (of_kind - weeks + opinion)
    expected: Floats = (own + OPINION_WEEKS * kind) / (weeks + OPINION_WEEKS)
    return expected


def _begun(found: pd.DataFrame, known: pd.DataFrame) -> Floats:
    """The same by what the other agencies of the kind begin in this very week, `(n,)`: the share of them with a sitting at least so
    large that has the same in common."""
    keys = ["kind", "counted", "cell"]
    others = at_least(found, found, keys) - at_least(found, found, ["agency_code", *keys])
    agencies = found.kind.map(known.groupby("kind").size()).to_numpy(dtype=float)
    share: Floats = others / np.maximum(agencies - 1.0, 1.0)
    return share


def at_least(found: pd.DataFrame, pool: pd.DataFrame, keys: list[str]) -> Floats:
    """Of each sitting, how many of the pool with the same keys are at least as large, `(n,)`."""
    sizes = {key: np.sort(group["size"].to_numpy()) for key, group in pool.groupby(keys)}
    count = np.zeros(len(found))
    for key, group in found.assign(place=np.arange(len(found))).groupby(keys):
        if key in sizes:
            count[group.place] = len(sizes[key]) - np.searchsorted(sizes[key], group["size"].to_numpy())
    return count
