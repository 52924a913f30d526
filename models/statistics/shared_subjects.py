"""What several have a part in without a reason: people looked at again and again, by many, from many agencies, and terminals at
which accounts of many are used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

WINDOW = 8
"""Weeks over which looks at one person are added up."""
STRENGTH = 50.0
"""How many pairs' worth of the nation's opinion goes into an agency's."""
DEPARTMENT = 3.0
"""What a further department adds, in nats: as much as a visit that one in twenty equals."""


def same_person(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials who came back to one person: how rare that is among the agency's other officials, nats."""
    found = _open(engine, "same_person", week, WINDOW)
    value = _rarity(found.assign(own=found.requester_user), found.level)
    return found.assign(
        value=value, actual=found.n_days, typical=1.0, entity_id=found.agency_code + "/" + found.requester_user
    )[found.this_week]


def many_officials(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """People at whom several officials looked: how rare that is among the people of the agency, nats."""
    found = _open(engine, "many_officials", week, WINDOW)
    value = _rarity(found.assign(own=found.subject_key), found.level + DEPARTMENT * (found.n_departments - 1))
    return found.assign(
        value=value, actual=found.n_officials, typical=1.0, entity_id=found.agency_code + "/" + found.subject_key
    )[found.this_week]


def many_accounts(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials at whose terminal accounts of several others were used: how rare that is among the terminals of the agency, nats."""
    found = _open(engine, "many_accounts", week, WINDOW)
    value = _rarity(found.assign(own=found.requester_terminal), found.level)
    return found.assign(
        value=value, actual=found.n_accounts, typical=0.0, requester_user=found.host, slot=found.requester_terminal,
        entity_id=found.agency_code + "/" + found.host,
    )[found.this_week].sort_values("value", ascending=False).drop_duplicates("entity_id")  # fmt: skip


def many_agencies(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """People at whom officials of several agencies looked within WINDOW weeks; the value adds up the agencies, nats."""
    return _agencies(engine, week, WINDOW)


def many_agencies_at_once(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """The same within the week: someone is in the news."""
    return _agencies(engine, week, 1)


def _agencies(engine: DuckDBEngine, week: Week, window: int) -> pd.DataFrame:
    found = _open(engine, "many_agencies", week, window)
    return found.assign(
        value=found.level, actual=found.n_agencies, typical=1.0, entity_id="national/" + found.subject_key_national,
        subject_key=found.subject_key_national,
    )  # fmt: skip


def _open(engine: DuckDBEngine, name: str, week: Week, window: int) -> pd.DataFrame:
    dates = {"window_start": week.shift(1 - window).monday, "monday": week.monday}
    return engine.arrow(query("statistics", name), dates).to_pandas().assign(window=window)


def _rarity(pairs: pd.DataFrame, level: pd.Series) -> pd.Series:
    """Minus the logarithm of the share of pairs with at least the level at the agency, nats: how often a pair comes
    together at all, and an exponential tail with the agency's mean level, both smoothed towards the nation.

    Pairs of the same `own` do not count: an official must not make himself ordinary.
    """
    counted = pairs[["agency_code", "own"]].assign(n=1.0, level=level)
    nation = counted[["n", "level"]].sum()
    agency = counted.groupby("agency_code")[["n", "level"]].transform("sum")
    own = counted.groupby(["agency_code", "own"])[["n", "level"]].transform("sum")
    together = agency - own
    share = (together.n + STRENGTH * nation.n / pairs.nation_pairs) / (pairs.agency_pairs + STRENGTH)
    mean = (together.level + STRENGTH * nation.level / max(nation.n, 1.0)) / (together.n + STRENGTH)
    return -np.log(share) + level / mean
