"""Agencies whose records fall silent or lack answers, against their own earlier weeks and agencies of their kind."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.agency_counts import usual_of

Floats = NDArray[np.float64]
LEAST_REQUESTS = 10
"""Fewer requests of an agency say nothing about its records."""
LEAST_WEEKS = 4
"""Fewer weeks show no usual one."""
MARKED_FALL, MARKED_RISE = 0.6, 2.0
"""An agency is named only if it does less than so much, or more than so many times, of what is expected: in a large
agency a small change is certain and means nothing."""
USUAL_SPREAD, SPREAD_WEEKS = 0.1, 8.0
"""Variance of an agency's volume from week to week in squares of its mean, and the weeks' worth of opinion behind it."""
UNANSWERED_SHAPE = 3.0
"""Missing answers come in bursts: the shape of their negative binomial."""
OPINION = 20.0
"""So many requests' worth of what is usual stand behind a share of them: one answer that is missing of two says little."""


def agency_quiet(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies with far fewer requests from screens than their own weeks and their kind lead one to expect."""
    weeks = _weeks(engine, "agency_weeks")
    usual = _usual(weeks, week, "n_interactive")
    usual = usual[
        (usual.weeks >= LEAST_WEEKS) & (usual.least >= LEAST_REQUESTS / 2) & (usual["median"] >= LEAST_REQUESTS)
    ]
    # One that has ended is not silent.
    usual = usual[~usual.index.isin(weeks[weeks.last_day < week.shift(1).monday - timedelta(days=1)].agency_code)]
    kind = usual.groupby("kind")[["now", "median"]].transform("sum")
    # The kind without the agency itself; a small kind says little.
    ratio = (kind.now - usual.now + usual["median"]) / kind["median"].clip(lower=1.0)
    expected = usual["median"] * np.clip(ratio, 0.2, 1.2)
    value = -nbinom.logcdf(usual.now, 1.0 / usual.spread, 1.0 / (1.0 + usual.spread * expected))
    # An agency that had so little in one week of ten has it again.
    value = np.where((usual.now <= MARKED_FALL * expected) & (usual.now < usual.least), value, 0.0)
    # In a week of holidays many agencies do less than is expected.
    return _named(usual, value / usual_of(value), usual.now, expected)


def agency_unanswered(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies whose requests lack answers far more often than before, than at agencies of their kind, and than what others ask
    of the same providers: a provider that fails is told of itself."""
    return _unanswered(_weeks(engine, "agency_weeks"), _pairs(engine, week, "provider_agency"), week)


def provider_unanswered(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies that leave what they are asked without an answer, far more often than before, than their kind, and than others
    leave it to the same agencies: one whose records lack all answers is told of itself."""
    pairs = _pairs(engine, week, "agency_code")
    return _unanswered(_weeks(engine, "provider_weeks"), pairs.rename(columns={"provider_agency": "agency_code"}), week)


def _unanswered(weeks: pd.DataFrame, pairs: pd.DataFrame, week: Week) -> pd.DataFrame:
    now = weeks[weeks.monday == week.monday].set_index("agency_code")
    earlier = weeks[weeks.monday < week.monday].groupby("agency_code")[["n_requests", "n_unanswered"]].sum()
    found = now.join(earlier.add_suffix("_earlier"), how="inner")
    kind = found.groupby("kind")[["n_requests", "n_unanswered"]].transform("sum")
    kind_share = (kind.n_unanswered - found.n_unanswered) / (kind.n_requests - found.n_requests).clip(lower=1.0)
    usual = (found.n_unanswered_earlier + OPINION * kind_share + 0.5) / (found.n_requests_earlier + OPINION)
    expected = _expected(pairs, np.maximum(usual, kind_share)).reindex(found.index)
    value = -nbinom.logsf(found.n_unanswered - 1, UNANSWERED_SHAPE, UNANSWERED_SHAPE / (UNANSWERED_SHAPE + expected))
    marked = (found.n_unanswered >= LEAST_REQUESTS) & (found.n_unanswered >= MARKED_RISE * expected)
    return _named(found, np.where(marked, value, 0.0), found.n_unanswered, expected)


def _expected(pairs: pd.DataFrame, usual: pd.Series) -> pd.Series:
    """How many answers each agency is to lack: of each other side what is `usual` for the agency (a share), or what others lack of
    that side, if that is more."""
    share = pairs.agency_code.map(usual)
    lacking = pairs.lacking_elsewhere + OPINION * share
    elsewhere = lacking / (pairs.elsewhere + OPINION)
    return (pairs.n_requests * np.maximum(share, elsewhere)).groupby(pairs.agency_code).sum()


def _pairs(engine: DuckDBEngine, week: Week, other: str) -> pd.DataFrame:
    """The week's requests between each agency that asks and each that is asked; `elsewhere` and `lacking_elsewhere`: those of the
    `other` side with anybody else, and of these the ones without an answer."""
    pairs = engine.arrow(query("statistics", "agency_providers"), {"monday": week.monday}).to_pandas()
    whole = pairs.groupby(other)[["n_requests", "n_unanswered"]].transform("sum")
    elsewhere = whole - pairs[["n_requests", "n_unanswered"]]
    found = pairs.assign(elsewhere=elsewhere.n_requests, lacking_elsewhere=elsewhere.n_unanswered)
    return found.drop(columns=other)


def _weeks(engine: DuckDBEngine, name: str) -> pd.DataFrame:
    weeks = engine.arrow(query("statistics", name)).to_pandas()
    days = {name: pd.to_datetime(weeks[name]).dt.date for name in ("monday", "last_day") if name in weeks}
    return weeks.assign(**days)


def _usual(weeks: pd.DataFrame, week: Week, column: str) -> pd.DataFrame:
    """What an agency does in a week: median, a low week (one in ten), and the spread from week to week around its median."""
    earlier = weeks[weeks.monday < week.monday]
    grouped = earlier.groupby("agency_code")[column]
    usual = pd.DataFrame({"median": grouped.median(), "least": grouped.quantile(0.1), "weeks": grouped.size()})
    usual["kind"] = earlier.groupby("agency_code")["kind"].last()
    # The distance of the lower quartile is robust against weeks that are silent already.
    mean = usual["median"].clip(lower=1.0)
    low = (usual["median"] - grouped.quantile(0.25)) / 0.674
    own = ((low**2 - mean) / mean**2).clip(lower=0.0)
    usual["spread"] = (own * usual.weeks + USUAL_SPREAD * SPREAD_WEEKS) / (usual.weeks + SPREAD_WEEKS)
    now = weeks[weeks.monday == week.monday].set_index("agency_code")[column]
    return usual.assign(now=now.reindex(usual.index).fillna(0.0))


def _named(frame: pd.DataFrame, value: Floats, actual: pd.Series, typical: pd.Series) -> pd.DataFrame:
    named = pd.DataFrame({"agency_code": frame.index, "value": np.minimum(value, 700.0), "actual": actual.to_numpy(),
                          "typical": typical.to_numpy(), "entity_id": frame.index, "window": 1})  # fmt: skip
    return named.reset_index(drop=True)
