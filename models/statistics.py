"""What is measured of officials, people and agencies in a week, each as a value in nats: higher is stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.agencies import agency_quiet, agency_unanswered, provider_unanswered
from models.batches import batch_off_hours
from models.breaches import breaches
from models.hands import other_hand
from models.people import many_agencies, many_agencies_at_once, many_officials, same_person
from models.scan import WINDOWS, scan
from models.unexplained import unexplained


@dataclass(frozen=True)
class Readings:
    """The statistics of a week: scans of officials (one row an official, aspect, level, window), others by name, and
    the rules that officials (or, where the log names none, agencies) break."""

    week: Week
    scans: pd.DataFrame
    others: dict[str, pd.DataFrame]
    breaches: pd.DataFrame

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
        [measure(engine, week, window) for window in WINDOWS for measure in (unexplained, scan)]
        + [other_hand(engine, week)],
        ignore_index=True,
    )
    others = {name: measure(engine, week) for name, measure in OTHERS.items()}
    return Readings(week, scans, others, breaches(engine, week))


OTHERS: dict[str, Callable[[DuckDBEngine, Week], pd.DataFrame]] = {
    "many_officials": many_officials,
    "many_agencies": many_agencies,
    "many_agencies_at_once": many_agencies_at_once,
    "same_person": same_person,
    "agency_quiet": agency_quiet,
    "agency_unanswered": agency_unanswered,
    "provider_unanswered": provider_unanswered,
    "batch_off_hours": batch_off_hours,
}
