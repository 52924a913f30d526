"""Agencies whose requests of a kind are far more, or far fewer, than their own weeks, their kind and the nation lead one to
expect: cell by cell of what is counted (`features/counts`), each count a statistic of its own.

A cell's number is negative binomial: weeks differ by more than chance, and requests come in clumps (a household, an
application with several items). How much so is learned for each count from all agencies (method of moments), and for a
busy cell from its own weeks. What the other agencies of the kind begin to do in the same week is expected here too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from features.catalogue import Statistic, counts, query, statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.frames import MOST_NATS

Floats = NDArray[np.float64]
KIND, NATION = 200.0, 200.0
"""Requests' worth of opinion that the kind lends to an agency, and the nation to the kind."""
LEAST_WEEKS = 2.5
"""Weeks (fading) of an agency from which on it can be compared with itself: three."""
LEAST_SILENT = 8.0
"""Fewer expected requests say nothing by staying away."""
MARKED_RISE, MARKED_FALL = 1.5, 0.5
"""An agency is named only for more than so many times, or less than so much, of what is expected: in a large agency a
small change is certain and means nothing."""
WEEKS_OF_OPINION = 8.0
"""Weeks' worth of what all agencies show of the spread between weeks, in a cell's own."""
BUSY = 5.0
"""Requests a week from which on a cell tells its own spread."""
FIRST_GUESS = 0.5
"""What the expectation of a cell that the agency never used is worth, in requests seen: agencies differ."""
AGENCIES_OF_OPINION = 5.0
"""Agencies' worth of opinion that a value of one nat is usual."""
LEAST_SPREAD = 0.03
"""No agency's weeks are more alike than this (variance of the rate, in parts of its square), whatever few weeks say."""
FEW_OTHERS = 3.0
"""Requests of others that weigh as much as the opinion that they ask as usual (a kind's: as the nation does)."""
BEGUN_ELSEWHERE, AS_LARGE = 3, 0.5
"""What so many other agencies began within eight weeks, each by at least so much of this one's share of its requests, is common: a
campaign, a yearly run of files, a new procedure. Two may be chance, or one whom somebody imitates."""
TAKES_PART = 0.5
"""What lasts is still there: of what exceeds the expectation of several weeks, this one holds at least half of an even share. A file
of three weeks ago was told when it came."""
GROWTH = (0.001, 20.0)
"""What the others do is believed within these bounds: on a holiday hardly anybody asks anything."""


@dataclass(frozen=True)
class Spread:
    """The variance of a cell's weekly number around its mean m: `clumps` · m + `weeks` · m²."""

    clumps: float
    weeks: float


@dataclass(frozen=True)
class AgencyCounts:
    """What is counted of agencies in a week.

    `marked`: a table for each statistic that counts, one row an agency: `value` (nats, for the most marked cell, less what
    so many cells would show by chance), `cell`, `actual`, `typical`. `procedures`: one row an agency and procedure, one
    column a statistic whose cells name procedures, with the highest value.
    """

    marked: dict[str, pd.DataFrame]
    procedures: pd.DataFrame


def agency_counts(engine: DuckDBEngine, week: Week) -> AgencyCounts:
    """All counts of all agencies in a week whose history is open in the engine."""
    declared = counted_statistics()
    cells = {window: _cells(engine, week, window) for window in sorted({s.window for s in declared})}
    begun = engine.arrow(query("statistics", "agency_begun")).to_pandas()
    judged = {s.name: _judged(cells[s.window][cells[s.window].counted == s.counts], s, begun) for s in declared}
    marked = {s.name: _most_marked(judged[s.name]).assign(window=s.window) for s in declared}
    return AgencyCounts(marked, _by_procedure(judged))


def _cells(engine: DuckDBEngine, week: Week, window: int) -> pd.DataFrame:
    """All cells in the weeks of the window, beside what was before it; without history before it none."""
    days = {"window_start": week.shift(1 - window).monday, "monday": week.monday}
    cells = engine.arrow(query("statistics", "agency_counts"), days).to_pandas()
    return cells[cells.weeks >= LEAST_WEEKS]


def _by_procedure(judged: dict[str, pd.DataFrame]) -> pd.DataFrame:
    places = {
        count.name: count.cell.split("/").index("procedure")
        for count in counts()
        if "procedure" in count.cell.split("/")
    }
    columns = []
    for statistic in counted_statistics():
        if statistic.counts in places:
            frame = judged[statistic.name]
            named = frame.assign(procedure_code=frame.cell.str.split("/").str.get(places[statistic.counts]))
            columns.append(named.groupby(["agency_code", "procedure_code"])["value"].max().rename(statistic.name))
    return pd.concat(columns, axis=1).fillna(0.0).sort_index()


def counted_statistics() -> list[Statistic]:
    """The declared statistics that tell where a count is more or less than expected."""
    return [s for s in statistics().values() if s.counts]


def _judged(cells: pd.DataFrame, statistic: Statistic, begun: pd.DataFrame) -> pd.DataFrame:
    mean = cells.past / cells.weeks
    spread = spread_of(mean.to_numpy(), (cells.past_squared / cells.weeks).to_numpy())
    expected = expected_of(cells, statistic.side, statistic.window)
    # Weeks differ less if several are added up, but those that follow each other are alike.
    own = _own_spread(cells, mean, spread) / np.sqrt(statistic.window)
    extra = (spread.clumps - 1.0) + own * expected
    # The expected number is known no better than what stands behind it.
    size = 1.0 / (np.maximum(extra, 1e-6) / expected + 1.0 / (FIRST_GUESS + cells.past.to_numpy()))
    chance = size / (size + expected)
    told = cells.now
    if statistic.excusable:
        # What has a reason on record is work, however much more of it there is than before.
        cells = cells.assign(now=cells.lacking, busiest=cells.busiest_lacking, this_week=cells.this_week_lacking)
    now = cells.now.to_numpy()
    if statistic.window > 1:
        value, marked = _lasting(cells, statistic, expected, extra)
    elif statistic.side == "more":
        value = -nbinom.logsf(now - 1, size, chance)
        marked = (now >= MARKED_RISE * expected) & (now >= statistic.at_least)
    else:
        value = -nbinom.logcdf(now, size, chance)
        marked = (now <= MARKED_FALL * expected) & (expected >= LEAST_SILENT)
    value = np.where(marked, np.minimum(np.nan_to_num(value, posinf=MOST_NATS), MOST_NATS), 0.0)
    if statistic.side == "more":
        value = np.minimum(value, common(cells.assign(value=value), begun, statistic.window))
    return cells[["agency_code", "counted", "cell"]].assign(value=value, actual=told, typical=expected)


def common(cells: pd.DataFrame, begun: pd.DataFrame, window: int = 1) -> Floats:
    """How rare at most what is marked can be, nats `(n,)`: minus the logarithm of the share of all agencies that began as much of
    the cell; without bound where fewer than BEGUN_ELSEWHERE others did.

    `cells` as `agency_counts.sql` gives them, with `value`; `begun` as `agency_begun.sql` does.
    """
    agencies = float(cells.agency_code.nunique())
    places = dict(list(begun.groupby(["counted", "cell"])))
    most = np.full(len(cells), np.inf)
    for n, row in enumerate(cells.itertuples()):
        own = places.get((row.counted, row.cell)) if row.value > 0 else None
        if own is None:
            continue
        share = row.busiest / max(row.total_now / window, 1.0)
        others = int(((own.share >= AS_LARGE * share) & (own.agency_code != row.agency_code)).sum())
        if others >= BEGUN_ELSEWHERE:
            most[n] = -np.log((others + 0.5) / (agencies + 1.0))
    return most


def _lasting(
    cells: pd.DataFrame, statistic: Statistic, expected: Floats, extra: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """More over several weeks than expected, this one taking part in it, and even without the busiest: one busy week is judged by itself."""
    others = expected * (statistic.window - 1) / statistic.window
    rest = (cells.now - cells.busiest).to_numpy()
    size = 1.0 / (np.maximum(extra, 1e-6) / expected + 1.0 / (FIRST_GUESS + cells.past.to_numpy()))
    value: Floats = -nbinom.logsf(rest - 1, size, size / (size + others))
    beyond = (cells.now.to_numpy() - expected) / statistic.window
    this_week = cells.this_week.to_numpy() - expected / statistic.window > TAKES_PART * np.maximum(beyond, 0.0)
    return value, this_week & (rest >= MARKED_RISE * others) & (rest >= statistic.at_least)


def expected_of(cells: pd.DataFrame, side: str, window: int = 1) -> Floats:
    """How many requests of each cell are to be expected in the `window` of weeks, `(n,)`: the agency's share of it so far, leaning on its
    kind and that on the nation, times how much the others have more of it this week; of all that the agency asked this
    week, and of what it asks in a usual week. The one that makes the number less remarkable counts."""
    nation = (cells.nation_now + cells.nation_past + 0.5) / (cells.nation_total_now + cells.nation_total_past + 1.0)
    kind_total = cells.kind_total_now + cells.kind_total_past
    kind = (cells.kind_now + cells.kind_past + NATION * nation) / (kind_total + NATION)
    share = (cells.past + KIND * kind) / (cells.total_past + KIND)
    of_nation = _growth(
        cells.nation_now, cells.nation_total_now, cells.nation_past, cells.nation_total_past, nation, 1.0
    )
    growth = _growth(cells.kind_now, cells.kind_total_now, cells.kind_past, cells.kind_total_past, nation, of_nation)
    growth = growth.clip(*GROWTH)
    of_week, of_usual = cells.total_now * share * growth, window * cells.total_past / cells.weeks * share * growth
    chosen: Floats = (np.maximum if side == "more" else np.minimum)(of_week.to_numpy(), of_usual.to_numpy())
    return np.maximum(chosen, 1e-4)


def _growth(
    now: pd.Series,
    total_now: pd.Series,
    past: pd.Series,
    total_past: pd.Series,
    share: pd.Series,
    usual: pd.Series | float,
) -> pd.Series:
    """How many times as much of a cell as foreseen others have this week; where few others are, nearer to what is `usual`."""
    foreseen = total_now * (past + NATION * share) / (total_past + NATION)
    return (now + FEW_OTHERS * usual) / (foreseen + FEW_OTHERS)


def spread_of(mean: Floats, mean_square: Floats) -> Spread:
    """What all agencies' cells show of a count: from rare cells how much requests clump, from busy ones how weeks differ."""
    variance = np.maximum(mean_square - mean**2, 0.0)
    rare, busy = mean < 1.0, mean >= BUSY
    clumps = max(float(variance[rare].sum() / max(mean[rare].sum(), 1e-9)), 1.0) if rare.any() else 1.0
    weeks = float((variance[busy] - clumps * mean[busy]).sum() / (mean[busy] ** 2).sum()) if busy.any() else 0.1
    return Spread(clumps, max(weeks, LEAST_SPREAD))


def usual_of(values: Floats) -> float:
    """How large a value is usual among the agencies of one week that have any, `values` `(n,)`: in a week of mass work, or
    with little history, expectations fit nobody well. The highest twentieth, at
    least one, which may be looked for, does not count."""
    above = np.sort(values[values > 0])
    bulk = above[: int(len(above) * 0.95)]
    return float((bulk.sum() + AGENCIES_OF_OPINION) / (len(bulk) + AGENCIES_OF_OPINION))


def _own_spread(cells: pd.DataFrame, mean: pd.Series, spread: Spread) -> Floats:
    variance = (cells.past_squared / cells.weeks - mean**2).clip(lower=0.0)
    own = ((variance - spread.clumps * mean) / mean.clip(lower=1e-9) ** 2).clip(lower=0.0)
    leaning = (own * cells.weeks + spread.weeks * WEEKS_OF_OPINION) / (cells.weeks + WEEKS_OF_OPINION)
    found: Floats = np.where(mean >= BUSY, leaning, spread.weeks)
    return found


def _most_marked(judged: pd.DataFrame) -> pd.DataFrame:
    """The cell of each agency that stands out most; among many cells one does by chance."""
    chances = judged.groupby("agency_code")["cell"].transform("size")
    judged = judged.assign(value=(judged.value - np.log(chances)).clip(lower=0.0))
    best = judged.sort_values(["value", "agency_code", "cell"], ascending=[False, True, True]).drop_duplicates(
        "agency_code"
    )
    usual = usual_of(best.value.to_numpy())
    return best.assign(value=best.value / usual, entity_id=best.agency_code).reset_index(drop=True)
