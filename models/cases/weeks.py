"""The weeks behind a case: what its official (or agency) did in each, what was to be expected, and what others did.

What is expected of a week follows from the weeks before it alone, by the method that the findings use
(`models/statistics/unexplained.py`); an agency's number of requests from the median of its earlier weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import nbinom

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from models.statistics.agencies import SPREAD_WEEKS, USUAL_SPREAD
from models.statistics.unexplained import EARLIER, PAST, TOTALS, expectation_of

SHOWN = 26
"""Weeks in a case's picture: half a year, so that what comes with the seasons of an office shows."""
LEAST_PEERS = 5
"""Of fewer others no median is told: it might be what one person did."""
BAND = (0.05, 0.95)
"""Nine weeks of ten without misuse lie in the band."""
LEAST_EARLIER = 3
"""Earlier weeks that an agency's expectation needs."""
SCHEMA = pa.schema([
    ("week", pa.string()), ("case_id", pa.string()), ("monday", pa.date32()), ("counted", pa.string()), ("actual", pa.float64()),
    ("expected", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("peers", pa.float64()), ("n_peers", pa.int32()),
])  # fmt: skip
VISITS, REQUESTS = "visits_without_reason", "requests"


def weeks_table(engine: DuckDBEngine, cases: pa.Table) -> pa.Table:
    """The table `case_weeks`: a row for each case about one official or an agency, and each week of the look-back in which
    there was any work; cases about a person have none."""
    told = cases.select(["week", "case_id", "agency_code", "entity", "entity_id"]).to_pylist()
    asked = sorted({case["agency_code"] for case in told if case["entity"] == "user"})
    engine.given("asked_agency", pa.table({"agency_code": pa.array(asked, pa.string())}))
    officials = of_officials(engine.arrow(query("results", "official_weeks")).to_pandas())
    agencies = of_agencies(engine.arrow(query("statistics", "agency_weeks")).to_pandas())
    rows = [row for case in told for row in _rows(case, officials, agencies)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def of_officials(weeks: pd.DataFrame) -> pd.DataFrame:
    """Visits without a reason in each official's week, indexed by `agency_code/requester_user`: `actual`, `expected`, the band
    `low` to `high`, and of at least LEAST_PEERS others of the department (else the agency) in that week the median."""
    own = weeks.sort_values(["agency_code", "requester_user", "monday"], ignore_index=True)
    own["monday"] = pd.to_datetime(own.monday).dt.date
    own["department"] = own.department.fillna("")
    until_now = own.groupby(["agency_code", "requester_user"])[["visits", "days", *PAST]].cumsum()
    earlier = (until_now - own[["visits", "days", *PAST]]).to_numpy()
    own[["earlier_visits", "earlier_days", *EARLIER]] = earlier
    own["entity_id"] = own.agency_code + "/" + own.requester_user.astype(str)
    expected, low, high = np.zeros((3, len(own)))
    for places in own.groupby("monday").indices.values():
        week = own.iloc[places].reset_index(drop=True)
        expectation = expectation_of(week, _departments(week), 1)
        expected[places] = expectation.expected
        low[places], high[places] = _band(expectation.expected, expectation.shape)
    peers, count = _peers(own)
    return own.assign(
        actual=own.past_0, expected=expected, low=low, high=high, peers=peers, n_peers=count
    ).set_index("entity_id")  # fmt: skip


def _departments(own: pd.DataFrame) -> pd.DataFrame:
    """What the officials of each department who worked in a week had done up to it."""
    sums = own[["agency_code", "department"]].copy()
    sums[TOTALS] = own[TOTALS].to_numpy() + own[["earlier_visits", "earlier_days", *EARLIER]].to_numpy()
    return sums.groupby(["agency_code", "department"], as_index=False)[TOTALS].sum()


def _peers(own: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The median of the others, and how many they are: of the department where they are enough, else of the agency; NaN where
    they are too few. Without one's own value the median of the sorted others is read off by position."""
    median, count = np.full(len(own), np.nan), np.zeros(len(own), dtype=np.int32)
    for keys in (["monday", "agency_code"], ["monday", "agency_code", "department"]):
        for places in own.groupby(keys).indices.values():
            if len(places) > LEAST_PEERS:
                values = own.past_0.to_numpy()[places]
                ordered, others = np.sort(values), len(values) - 1
                rank = np.searchsorted(ordered, values)
                middle = [(others - 1) // 2, others // 2]
                median[places] = np.mean([ordered[m + (rank <= m)] for m in middle], axis=0)
                count[places] = others
    return median, count


def of_agencies(weeks: pd.DataFrame) -> pd.DataFrame:
    """Requests in each agency's week, indexed by agency: `actual`, and from LEAST_EARLIER earlier weeks on what was expected.

    A week without any request of an agency is a week of none: silence is what some cases are about."""
    own = _without_gaps(weeks.assign(monday=pd.to_datetime(weeks.monday).dt.date))
    grouped = own.groupby("agency_code").n_requests
    earlier = grouped.transform(lambda one: one.shift(1).expanding(LEAST_EARLIER).median())
    number = own.groupby("agency_code").cumcount()
    squares = grouped.transform(lambda one: one.shift(1).expanding(LEAST_EARLIER).var()) - earlier
    spread = (squares / earlier.clip(lower=1.0) ** 2).clip(lower=0.0)
    spread = (spread * number + USUAL_SPREAD * SPREAD_WEEKS) / (number + SPREAD_WEEKS)
    low, high = _band(earlier.to_numpy(), (1.0 / spread).to_numpy())
    return own.assign(actual=own.n_requests, expected=earlier, low=low, high=high, peers=np.nan, n_peers=0).set_index(
        "agency_code"
    )


def _without_gaps(weeks: pd.DataFrame) -> pd.DataFrame:
    """A row for each agency and each week of the table from its first on, by agency and week."""
    first = weeks.groupby("agency_code", as_index=False).agg(first=("monday", "min"))
    every = first.merge(weeks[["monday"]].drop_duplicates(), how="cross")
    every = every[every.monday >= every["first"]].drop(columns="first")
    own = every.merge(weeks, how="left", on=["agency_code", "monday"]).fillna({"n_requests": 0})
    return own.sort_values(["agency_code", "monday"], ignore_index=True)


def _band(expected: Any, shape: Any) -> tuple[Any, Any]:
    success = shape / (shape + np.maximum(expected, 1e-9))
    low, high = (nbinom.ppf(at, shape, success) for at in BAND)
    return low, high


def _rows(case: Mapping[str, Any], officials: pd.DataFrame, agencies: pd.DataFrame) -> list[dict[str, Any]]:
    if case["entity"] not in ("user", "agency"):
        return []
    of_user = case["entity"] == "user"
    found = officials if of_user else agencies
    key = case["entity_id"] if of_user else case["agency_code"]
    own = found.loc[[key]].tail(SHOWN) if key in found.index else found.head(0)
    return [
        {
            "week": case["week"], "case_id": case["case_id"], "monday": _day(row.monday), "counted": VISITS if of_user else REQUESTS,
            "actual": row.actual, "expected": _known(row.expected), "low": _known(row.low), "high": _known(row.high),
            "peers": _known(row.peers), "n_peers": int(row.n_peers),
        }
        for row in own.itertuples()
    ]  # fmt: skip


def _day(moment: Any) -> date:
    day: date = moment
    return day


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
