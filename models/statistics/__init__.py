"""What is measured of officials, people and agencies in a week, each as a value in nats: higher is stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.catalogue import query, statistics
from features.engines.duckdb import DuckDBEngine
from features.order import parameters_of
from features.weeks import Week
from models.statistics.agencies import agency_quiet, agency_unanswered, provider_unanswered
from models.statistics.agency_counts import agency_counts, counted_statistics
from models.statistics.batch_off_hours import batch_off_hours
from models.statistics.file_content import files
from models.statistics.frames import LACKING, MEASURED, OFTEN_LACKING, SCANS, VIOLATIONS, checked
from models.statistics.masquerade import masquerade
from models.statistics.mix_ups import agency_lost_answers, joined_case, lost_answer
from models.statistics.rule_violations import violations
from models.statistics.scan import WINDOWS, scan
from models.statistics.shared_subjects import (
    many_accounts,
    many_agencies,
    many_agencies_at_once,
    many_officials,
    same_person,
)
from models.statistics.unexplained import unexplained
from models.statistics.unnamed_sittings import unnamed_sitting

OFFICIAL = ["agency_code", "requester_user"]
WHOLE = "visit"
"""The attribute that says how rare a visit is as a whole."""


@dataclass(frozen=True)
class WeekStatistics:
    """The statistics of a week: scans of officials (one row an official, attribute, level, window), others by name, and
    the rules that officials (or, where the log names none, agencies) break; counts of agencies by procedure; and how usual
    it is at each official's agency to note no reason, as LACKING declares it."""

    week: Week
    scans: pd.DataFrame
    others: dict[str, pd.DataFrame]
    violations: pd.DataFrame
    procedures: pd.DataFrame = field(default_factory=pd.DataFrame)
    lacking: pd.DataFrame = field(default_factory=LACKING.empty_table().to_pandas)

    def officials(self) -> pd.DataFrame:
        """One row an official, one column `attribute:window` with the highest value over levels; 0 where nothing was."""
        highest = (
            self.scans.groupby(["agency_code", "requester_user", "attribute", "window"])["value"]
            .max()
            .unstack(["attribute", "window"])
        )
        highest.columns = [f"{attribute}:{window}" for attribute, window in highest.columns]
        return highest.fillna(0.0)

    def lacking_of(self, officials: pd.DataFrame) -> NDArray[np.float64]:
        """For rows of `officials()`, `(n,)`: how probable it is in honest work at the agency that all of an official's visits of the week that
        are rare as a whole, as many as the scan counts where it is strangest, lack a reason; 0 where it is not known."""
        share = self.lacking.set_index(OFFICIAL)[OFTEN_LACKING].reindex(officials.index).fillna(0.0)
        whole = self.scans[(self.scans.attribute == WHOLE) & (self.scans.window == 1)].sort_values(["value", "past"])
        rare = whole.drop_duplicates(OFFICIAL, keep="last").set_index(OFFICIAL)["past"].reindex(officials.index)
        found: NDArray[np.float64] = share.to_numpy(dtype=float) ** rare.fillna(1.0).to_numpy(dtype=float)
        return found

    def lacking_at(self, agencies: pd.Series) -> NDArray[np.float64]:
        """For agency codes, `(n,)`: what share of the visits there lacks a reason; 0 where no official of the agency was at work."""
        share = self.lacking.groupby("agency_code")[OFTEN_LACKING].mean()
        found: NDArray[np.float64] = agencies.map(share).fillna(0.0).to_numpy(dtype=float)
        return found

    def agencies(self) -> pd.DataFrame:
        """One row an agency, one column a count that is more or less than expected; 0 where it is neither."""
        names = [s.name for s in counted_statistics()]
        columns = [
            self.others[name].set_index("agency_code")["value"].rename(name) for name in names if name in self.others
        ]
        return (
            pd.concat(columns, axis=1).fillna(0.0).sort_index().rename_axis("agency_code")
            if columns
            else pd.DataFrame()
        )


def read_week(engine: DuckDBEngine, week: Week) -> WeekStatistics:
    """All statistics of a week whose history is open in the engine."""
    without = {window: unexplained(engine, week, window) for window in WINDOWS}
    scanned = [frame for window in WINDOWS for frame in (without[window].scans, scan(engine, week, window))]
    scans = pd.concat([*scanned, masquerade(engine, week)], ignore_index=True)
    counted = agency_counts(engine, week)
    measured = counted.marked | files(engine, week)
    measured |= {
        name: METHODS[name](engine, week) if name in METHODS else as_declared(engine, name, week)
        for name in standalone()
        if name not in measured
    }
    return WeekStatistics(
        week,
        checked(scans, SCANS),
        {name: checked(frame, MEASURED) for name, frame in measured.items()},
        checked(violations(engine, week), VIOLATIONS),
        counted.procedures,
        checked(without[1].lacking, LACKING),
    )


def as_declared(engine: DuckDBEngine, name: str, week: Week) -> pd.DataFrame:
    """A statistic whose query gives the value itself, in nats."""
    window = statistics()[name].window
    dates = {"monday": week.monday, "week": str(week), "window_start": week.shift(1 - window).monday}
    sql = query("statistics", name)
    found = engine.arrow(sql, {key: dates[key] for key in parameters_of(sql)}).to_pandas()
    return found.assign(window=window)


PUT_TOGETHER = ("official_week", "unexplained_over_time", "one_attribute", "rule_violation", "agency_week")
"""Statistics that are put together from scans of officials, from rules and from counts; each other one stands by itself."""
METHODS: dict[str, Callable[[DuckDBEngine, Week], pd.DataFrame]] = {
    "many_accounts": many_accounts,
    "many_officials": many_officials,
    "many_agencies": many_agencies,
    "many_agencies_at_once": many_agencies_at_once,
    "same_person": same_person,
    "agency_quiet": agency_quiet,
    "agency_unanswered": agency_unanswered,
    "provider_unanswered": provider_unanswered,
    "batch_off_hours": batch_off_hours,
    "joined_case": joined_case,
    "lost_answer": lost_answer,
    "agency_lost_answers": agency_lost_answers,
    "unnamed_sitting": unnamed_sitting,
}
"""What is measured by more than its query."""


def standalone() -> tuple[str, ...]:
    """The declared statistics that stand by themselves, by name."""
    return tuple(name for name in statistics() if name not in PUT_TOGETHER)
