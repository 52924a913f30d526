"""Identity mix-ups (ひも付け誤り): two people under one case, and answers that no longer find what had been found."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.frames import MOST_NATS

Floats = NDArray[np.float64]
STRENGTH = 20.0
"""Cases' (or answers') worth of the nation's opinion in an agency's."""
SHAPE = 0.2
"""Lost answers come in bursts, as breaches of rules do (shape of the Gamma from which rates are drawn)."""
FURTHER = 0.2
"""What each further case of an official that is rarer than one in three adds: many ordinary ones make nobody strange."""
PEOPLE = "people_of_case"
"""What a finding's cell says is unusual of."""
TRAITS = ("apart", "in_turn")
"""What may be said of a case of several people beside their number."""
OFFICIAL = ["agency_code", "requester_user"]


def joined_case(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials (agencies, where none is named) and their case that somebody joined who rarely does, `value` in nats.

    A case of `k` people is as surprising as the rarest step to it: how few of the procedure's cases with one person fewer
    go on, at the agency, smoothed towards the nation. Families are large where cases are about families; where a case is
    about one person the second is a surprise. That people of a case have different providers, or are looked
    up in turn, adds how rare that is.
    """
    cases = engine.arrow(query("statistics", "joined_case"), {"monday": week.monday}).to_pandas()
    sizes = engine.arrow(query("statistics", "case_sizes")).to_pandas()
    if cases.empty:
        return _nobody()
    value = _steps(cases, sizes)
    for trait in TRAITS:
        value = value + np.where(cases[trait], _trait(trait, cases, sizes), 0.0)
    here = (
        sizes.assign(people=sizes.n * sizes.n_people).groupby(["agency_code", "procedure_code"])[["n", "people"]].sum()
    )
    mean = (here.people / here.n).rename("typical").reset_index()
    told = np.select(
        [cases.apart & cases.in_turn, cases.apart, cases.in_turn], ["apart_in_turn", "apart", "in_turn"], "number"
    )
    found = cases.assign(value=value, counted=PEOPLE, cell=told).merge(mean, on=["agency_code", "procedure_code"])
    found = found.sort_values(["value", "case_ref"], ascending=[False, True])
    beyond = (found.value - 1.0).clip(lower=0.0)
    total = beyond.groupby([found.agency_code, found.requester_user], dropna=False).transform("sum")
    found = found.assign(value=found.value + FURTHER * (total - beyond))
    return _named(found.drop_duplicates(OFFICIAL).assign(actual=lambda f: f.n_people, slot=lambda f: f.case_ref))


def _steps(cases: pd.DataFrame, sizes: pd.DataFrame) -> Floats:
    """The rarest step to each case's number of people, nats `(n,)`; the official's own cases of the week do not count."""
    value = np.zeros(len(cases))
    for size in range(2, int(cases.n_people.max()) + 1):
        (here, anywhere), (fewer_here, fewer_anywhere) = (_at_least(cases, sizes, n) for n in (size, size - 1))
        nation = (anywhere + 0.5) / (fewer_anywhere + 1.0)
        step = -np.log((here + STRENGTH * nation) / (fewer_here + STRENGTH))
        value = np.where(cases.n_people >= size, np.maximum(value, step), value)
    return value


def _at_least(cases: pd.DataFrame, sizes: pd.DataFrame, size: int) -> tuple[Floats, Floats]:
    """For each case how many cases of its procedure hold at least so many people, at its agency and anywhere, `(n,)`."""
    place = ["agency_code", "procedure_code"]
    large = sizes[sizes.n_people >= size]
    here = large.groupby(place).n.sum().reindex(pd.MultiIndex.from_frame(cases[place])).to_numpy(dtype=float)
    anywhere = large.groupby("procedure_code").n.sum().reindex(cases.procedure_code).to_numpy(dtype=float)
    so_large = (cases.n_people >= size).astype(float)
    keys = [cases[name] for name in (*OFFICIAL, "procedure_code")]
    own = so_large.groupby(keys, dropna=False).transform("sum").to_numpy()
    return np.maximum(np.nan_to_num(here) - own, 0.0), np.maximum(np.nan_to_num(anywhere) - own, 0.0)


def _trait(name: str, cases: pd.DataFrame, sizes: pd.DataFrame) -> Floats:
    """How rare the trait is among the agency's cases of several people, smoothed towards the nation, nats `(n,)`."""
    several = sizes[sizes.n_people > 1]
    counted = several[["agency_code", "n"]].assign(k=several[f"n_{name}"])
    total = counted[["n", "k"]].sum()
    here = counted.groupby("agency_code")[["n", "k"]].sum().reindex(cases.agency_code).fillna(0.0).to_numpy()
    nation = (total.k + 0.5) / (total.n + 1.0)
    share: Floats = -np.log((here[:, 1] + STRENGTH * nation) / (here[:, 0] + STRENGTH))
    return share


def lost_answer(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials (agencies, where none is named) whose answers find nothing where something had been found, nats."""
    found = engine.arrow(query("statistics", "lost_answer"), {"monday": week.monday}).to_pandas()
    if found.empty:
        return _nobody()
    others = found.agency_n + found.agency_earlier_n - found.n - found.earlier_n
    lost = found.agency_lost + found.agency_earlier_lost - found.n_lost - found.earlier_lost
    rate = (lost + STRENGTH * _elsewhere(found)) / (others + STRENGTH)
    value, typical = _more(found.n_lost, found.n, found.earlier_lost, found.earlier_n, rate)
    return _named(found.assign(value=value, actual=found.n_lost, typical=typical))


def agency_lost_answers(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies of which the same is true apart from the official who has most: what several of them meet, nats."""
    found = engine.arrow(query("statistics", "lost_answer"), {"monday": week.monday}).to_pandas()
    if found.empty:
        return _nobody()
    named = found[found.requester_user.notna()]
    most = named.sort_values(["n_lost", "requester_user"], ascending=[False, True]).drop_duplicates("agency_code")
    most = most.set_index("agency_code")[["n", "n_lost"]]
    agency = found.drop_duplicates("agency_code").reset_index(drop=True)
    less = most.reindex(agency.agency_code).fillna(0.0).reset_index(drop=True)
    n, lost = agency.agency_n - less.n, agency.agency_lost - less.n_lost
    value, typical = _more(lost, n, agency.agency_earlier_lost, agency.agency_earlier_n, _elsewhere(agency))
    all_typical = typical * agency.agency_n / n.clip(lower=1.0)
    told = agency.assign(value=value, actual=agency.agency_lost, typical=all_typical, requester_user=None)
    return _named(told[(lost > 0).to_numpy()])


def _elsewhere(found: pd.DataFrame) -> pd.Series:
    """The share of lost answers at other agencies; half a one is presumed."""
    n = found.nation_n - found.agency_n - found.agency_earlier_n
    return (found.nation_lost - found.agency_lost - found.agency_earlier_lost + 0.5) / (n + 1.0)


def _more(
    n_lost: pd.Series, n: pd.Series, earlier_lost: pd.Series, earlier_n: pd.Series, rate: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Minus log P(at least so many) and the expected number: Gamma-Poisson with the rate of the others."""
    size, inverse = SHAPE + earlier_lost, SHAPE / rate + earlier_n
    value = -nbinom.logsf(n_lost - 1, size, inverse / (inverse + n))
    return pd.Series(np.minimum(value, MOST_NATS), index=n.index), size / inverse * n


def _named(found: pd.DataFrame) -> pd.DataFrame:
    official = found.requester_user
    entity_id = found.agency_code.where(official.isna(), found.agency_code + "/" + official.fillna(""))
    return found.assign(
        entity_id=entity_id, window=1, requester_user=official.astype(object).where(official.notna(), None)
    )


def _nobody() -> pd.DataFrame:
    texts = dict.fromkeys(("agency_code", "entity_id", "requester_user"), "object")
    return pd.DataFrame(columns=[*texts, "value", "actual", "typical", "window"]).astype(texts | {"value": float})
