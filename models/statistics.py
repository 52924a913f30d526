"""What is measured of officials, people and agencies in a week, each as a value in nats: higher is stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from features.engines.duckdb import DuckDBEngine
from features.history import statistic_sql
from features.weeks import Week
from models.scan import WINDOWS, scan
from models.unexplained import unexplained

LEAST_REQUESTS = 10
"""Fewer requests of an agency say nothing about its records."""
MARKED_FALL, MARKED_RISE = 0.6, 2.0
"""An agency is named only if it does less than so much, or more than so many times, of what is foretold: in a large
agency a small change is certain and means nothing."""


@dataclass(frozen=True)
class Readings:
    """The statistics of a week: scans of officials (one row an official, aspect, level, window), others by name, and
    how many requests of each official (or, where the log names none, of the agency) break each rule."""

    week: Week
    scans: pd.DataFrame
    others: dict[str, pd.DataFrame]
    rule_counts: pd.DataFrame

    def officials(self) -> pd.DataFrame:
        """One row an official, one column `aspect:window` with the highest value over levels; 0 where nothing was."""
        highest = (
            self.scans.groupby(["agency_code", "requester_user", "aspect", "window"])["value"]
            .max()
            .unstack(["aspect", "window"])
        )
        highest.columns = [f"{aspect}:{window}" for aspect, window in highest.columns]
        return highest.fillna(0.0)


def read_week(engine: DuckDBEngine, week: Week) -> Readings:
    """All statistics of a week whose history is open in the engine."""
    scans = pd.concat(
        [measure(engine, week, window) for window in WINDOWS for measure in (unexplained, scan)], ignore_index=True
    )
    rule_counts = engine.arrow(statistic_sql("rule_counts"), {"week": str(week)}).to_pandas()
    return Readings(week, scans, {name: measure(engine, week) for name, measure in OTHERS.items()}, rule_counts)


def _windowed(engine: DuckDBEngine, name: str, week: Week, windows: tuple[int, ...]) -> pd.DataFrame:
    parts = []
    for window in windows:
        dates = {"window_start": week.shift(1 - window).monday, "monday": week.monday}
        parts.append(engine.arrow(statistic_sql(name), dates).to_pandas().assign(window=window))
    return pd.concat(parts, ignore_index=True)


def many_officials(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """People at whom several officials looked; a further department counts as much as a rare visit."""
    found = _windowed(engine, "many_officials", week, (8,))
    value = found.level + 3.0 * (found.n_departments - 1)
    return found.assign(
        value=value,
        actual=found.n_officials,
        typical=1.0,
        entity_id=found.agency_code + "/" + found.subject_key,
    )


def many_agencies(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """People at whom officials of several agencies looked."""
    found = _windowed(engine, "many_agencies", week, (8,))
    return found.assign(
        value=found.level,
        actual=found.n_agencies,
        typical=1.0,
        entity_id="national/" + found.subject_key_national,
    )


def same_person(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Officials who came back to one person."""
    found = _windowed(engine, "same_person", week, (8,))
    return found.assign(
        value=found.level,
        actual=found.n_days,
        typical=1.0,
        entity_id=found.agency_code + "/" + found.requester_user,
    )


def agency_quiet(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies with far fewer interactive requests than ever, given what their kind does this week."""
    found = _totals(engine, week)
    found = found[(found.n_weeks >= 4) & (found.median_interactive >= LEAST_REQUESTS)]
    expected = np.minimum(found.median_interactive, found.least_interactive * 1.5 + 1.0) * np.clip(
        found.kind_ratio.fillna(1.0), 0.2, 1.5
    )
    # An agency's weeks vary by about a third around what is foretold (shape 10).
    value = -nbinom.logcdf(found.n_interactive, 10.0, 10.0 / (10.0 + expected))
    value = np.where(found.n_interactive <= MARKED_FALL * expected, value, 0.0)
    return found.assign(
        value=value, actual=found.n_interactive, typical=expected, entity_id=found.agency_code, window=1
    )


def agency_unanswered(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    """Agencies whose requests lack answers far more often than before and than at agencies of their kind."""
    found = _totals(engine, week)
    found = found[(found.n_requests > 0) & (found.earlier_requests > 0)]
    usual = (found.earlier_unanswered + 20.0 * found.kind_unanswered_share.fillna(0.0) + 0.5) / (
        found.earlier_requests + 20.0
    )
    expected = np.maximum(usual, found.kind_unanswered_share.fillna(0.0)) * found.n_requests
    value = -nbinom.logsf(found.n_unanswered - 1, 3.0, 3.0 / (3.0 + expected))
    marked = (found.n_unanswered >= LEAST_REQUESTS) & (found.n_unanswered >= MARKED_RISE * expected)
    value = np.where(marked, np.minimum(value, 700.0), 0.0)
    return found.assign(value=value, actual=found.n_unanswered, typical=expected, entity_id=found.agency_code, window=1)


def _totals(engine: DuckDBEngine, week: Week) -> pd.DataFrame:
    return engine.arrow(statistic_sql("agency_totals"), {"monday": week.monday}).to_pandas()


OTHERS: dict[str, Callable[[DuckDBEngine, Week], pd.DataFrame]] = {
    "many_officials": many_officials,
    "many_agencies": many_agencies,
    "same_person": same_person,
    "agency_quiet": agency_quiet,
    "agency_unanswered": agency_unanswered,
}
