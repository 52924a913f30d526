"""A marked Poisson process of work without a reason: more of it, or rarer, than expected?

Honest work without a reason comes at a rate `expected` (in a window), its visits as rare as those of the official, his
department, agency and nation usually are. Misuse would add `extra` visits whose rarity is spread out: a share `t` of the
honest has rarity p <= t, of the added t ** FLATTER. The value is the logarithm of the likelihood ratio of both, at the
`extra` that fits best: a scan statistic over marked points (Kulldorff 1997; the power-law alternative is the calibrator of
p-values of Sellke, Bayarri and Berger 2001), with a negative binomial count because weeks differ by more than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.frames import OFTEN_LACKING

Floats = NDArray[np.float64]
LEAD = "unexplained"
VOLUME = "volume"
EDGES = np.array([0.0, 1.5, 3.0, 4.5, 6.0, 7.5])
"""The levels of `features/tables/rarity/level_step.sql`, in nats: how rare a visit is among those without a reason."""
FLATTER = 0.6
"""Exponent of the rarity of added visits (1: like honest ones). Results hardly change from 0.4 to 0.8."""
EXTRA = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
"""Numbers of added visits that are tried."""
SPREAD = 0.1
"""Variance of an official's rate from week to week, in squares of its mean. Results hardly change from 0.03 to 0.3."""
FIRST_GUESS = 2.0
"""How many visits without a reason the guess from the others is worth, for an official without a history."""
NATION, AGENCY, DEPARTMENT = 50.0, 20.0, 10.0
"""How many visits each lends to the opinion about the level below it."""
DAYS = 3.0
"""How many days the department lends to an official's own visits a day."""
PAST = [f"past_{step}" for step in range(len(EDGES))]
EARLIER = [f"earlier_{step}" for step in range(len(EDGES))]
TOTALS = ["visits", "days", *PAST]


@dataclass(frozen=True)
class Expectation:
    """What the weeks before and the others lead one to expect of each official: visits without a reason in the window (n,), the
    shape of their negative binomial (n,), the shares of those visits by rarity (n, levels), each row summing to 1,
    all visits in the window (n,), and of the agency's visits by others the share that lacks a reason (n,)."""

    expected: Floats
    shape: Floats
    shares: Floats
    visits: Floats
    lacking: Floats


@dataclass(frozen=True)
class Unexplained:
    """The scans of a window's officials, and what share of the others' visits lacks a reason at each one's agency."""

    scans: pd.DataFrame
    lacking: pd.DataFrame


def unexplained(engine: DuckDBEngine, week: Week, window: int) -> Unexplained:
    """Officials of the week: their work without a reason, and beside it the VOLUME of all their work; `value` in nats.

    `past` and `expected` count visits from the level `step` on, at which most are better explained by misuse. `lacking` has
    a row for each official, as LACKING declares it.
    """
    own = engine.arrow(
        query("statistics", "unexplained"), {"window_start": week.shift(1 - window).monday, "monday": week.monday}
    ).to_pandas()
    expectation = expectation_of(own, engine.arrow(query("statistics", "unexplained_department")).to_pandas(), window)
    named = own[["agency_code", "department", "requester_user", "visits"]].assign(window=window)
    without = own.past_0.to_numpy() > 0
    scans = [_without_reason(named, own, expectation)[without], _volume(named, own, expectation, window)]
    lacking = own[["agency_code", "requester_user"]].assign(**{OFTEN_LACKING: expectation.lacking})
    return Unexplained(pd.concat(scans), lacking)


def _without_reason(named: pd.DataFrame, own: pd.DataFrame, expectation: Expectation) -> pd.DataFrame:
    past = own[PAST].to_numpy()
    value, extra = likelihood_ratio(_at_levels(past), expectation)
    step = _telling_step(past, expectation, extra)
    rows = np.arange(len(own))
    at_least = np.cumsum(expectation.shares[:, ::-1], axis=1)[:, ::-1]
    return named.assign(
        attribute=LEAD,
        value=value,
        step=step,
        past=past[rows, step],
        expected=expectation.expected * at_least[rows, step],
    )


def _volume(named: pd.DataFrame, own: pd.DataFrame, expectation: Expectation, window: int) -> pd.DataFrame:
    shape = 1.0 / (1.0 / (FIRST_GUESS + own.earlier_visits.to_numpy()) + SPREAD / np.sqrt(window))
    value = -nbinom.logsf(own.visits - 1, shape, shape / (shape + expectation.visits))
    return named.assign(
        attribute=VOLUME, value=np.minimum(value, 700.0), step=0, past=own.visits, expected=expectation.visits
    )


def expectation_of(own: pd.DataFrame, departments: pd.DataFrame, window: int) -> Expectation:
    """From the official's weeks before the window, and from the others: department, agency, nation.

    What is expected follows the explained work of the window: a busy week has more of both. Where work without a
    reason is the rule, the days at work say it instead.
    """
    department, agency, nation = _others(own, departments)
    lacking = _lent(nation.past_0 / max(nation.visits, 1.0), NATION, agency.past_0, agency.visits)
    share = _lent(lacking, AGENCY, department.past_0, department.visits)
    share = _lent(share, DEPARTMENT, own.earlier_0, own.earlier_visits)
    daily = _lent(nation.visits / max(nation.days, 1.0), AGENCY, agency.visits, agency.days)
    daily = _lent(daily, DEPARTMENT, department.visits, department.days)
    daily = _lent(daily, DAYS, own.earlier_visits, own.earlier_days)
    visits = daily * own.days * _busier(own, daily * own.days)
    expected = share * (own.visits - own.past_0 + share * visits)
    shape = 1.0 / (1.0 / (FIRST_GUESS + own.earlier_0) + SPREAD / np.sqrt(window))
    shares = _at_levels(nation[PAST].to_numpy(dtype=float)[None, :]) + 1.0
    shares = shares / shares.sum()
    for strength, table in ((NATION, agency[PAST]), (AGENCY, own[EARLIER])):
        counted = _at_levels(table.to_numpy(dtype=float))
        shares = (counted + strength * shares) / (counted.sum(axis=1, keepdims=True) + strength)
    return Expectation(
        expected.to_numpy(dtype=float), shape.to_numpy(dtype=float), shares, visits.to_numpy(dtype=float),
        lacking.to_numpy(dtype=float),
    )  # fmt: skip


def _busier(own: pd.DataFrame, expected: pd.Series) -> pd.Series:
    """How many times as much as days at work lead one to expect the others of the agency do in the window, leaning on the nation: after
    days off the work of a week is done in what is left of it, and nobody is to be named for that."""
    others_now = own.visits.sum() - own.visits
    nation = (others_now + AGENCY) / (expected.sum() - expected + AGENCY)
    here = own.assign(expected=expected).groupby("agency_code")[["visits", "expected"]].transform("sum")
    return _lent(nation, AGENCY, here.visits - own.visits, here.expected - expected)


def likelihood_ratio(counts: Floats, expectation: Expectation) -> tuple[Floats, Floats]:
    """The highest logarithm of the likelihood ratio over EXTRA, `(n,)` nats, at least 0, and the number that gives it.

    `counts` are visits without a reason by level, `(n, levels)`.
    """
    total, expected = counts.sum(axis=1), expectation.expected
    ratio = _added_shares() / expectation.shares
    value, best = np.zeros(len(counts)), np.full(len(counts), EXTRA[0])
    for extra in EXTRA:
        more = _log_count(total, expected + extra, expectation.shape) - _log_count(total, expected, expectation.shape)
        mixed = (expected[:, None] + extra * ratio) / (expected + extra)[:, None]
        found = more + (counts * np.log(mixed)).sum(axis=1)
        best = np.where(found > value, extra, best)
        value = np.maximum(value, found)
    return value, best


def _added_shares() -> Floats:
    beyond = np.append(np.exp(-EDGES * FLATTER), 0.0)
    shares: Floats = beyond[:-1] - beyond[1:]
    return shares


def _telling_step(past: Floats, expectation: Expectation, extra: Floats) -> NDArray[np.int64]:
    """The least level from which on a visit is rather an added one than an honest one; else the highest that occurs."""
    odds = extra[:, None] * (_added_shares() / expectation.shares) / expectation.expected[:, None]
    from_here = np.logical_and.accumulate(odds[:, ::-1] >= 1.0, axis=1)[:, ::-1]
    least = np.where(from_here.any(axis=1), from_here.argmax(axis=1), len(EDGES) - 1)
    highest = np.maximum((past > 0).sum(axis=1) - 1, 0)
    step: NDArray[np.int64] = np.minimum(least, highest).astype(np.int64)
    return step


def _log_count(total: Floats, mean: Floats, shape: Floats) -> Floats:
    """The part of a negative binomial's log probability that depends on its mean."""
    found: Floats = total * np.log(mean / (mean + shape)) - shape * np.log1p(mean / shape)
    return found


def _at_levels(at_least: Floats) -> Floats:
    """From counts of at least a level to counts at each level, `(n, levels)`."""
    counted: Floats = at_least - np.append(at_least[:, 1:], np.zeros((len(at_least), 1)), axis=1)
    return counted


def _lent(guess: pd.Series, strength: float, count: pd.Series, of: pd.Series) -> pd.Series:
    return (count + strength * guess) / (of + strength)


def _others(own: pd.DataFrame, departments: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Sums over the official's department, agency and the nation, without his own; rows as in `own`."""
    mine = own[["visits", "days", *PAST]].to_numpy() + own[["earlier_visits", "earlier_days", *EARLIER]].to_numpy()
    keyed = departments.set_index(["agency_code", "department"])[TOTALS]
    places = pd.MultiIndex.from_frame(own[["agency_code", "department"]])
    department = pd.DataFrame(keyed.reindex(places).fillna(0.0).to_numpy() - mine, columns=TOTALS)
    agencies = departments.groupby("agency_code")[TOTALS].sum()
    agency = pd.DataFrame(agencies.reindex(own.agency_code).to_numpy() - mine, columns=TOTALS)
    return department.clip(lower=0.0), agency.clip(lower=0.0), departments[TOTALS].sum()
