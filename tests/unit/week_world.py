"""A lake with a few loaded weeks, and stand-ins for the rooms that do the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.parameters import Parameters
from pipelines.steps.stages import Tell

WEEK = Week.parse("2026-W46")


def load_week(lake: Lake, week: Week, *, agencies: int = 4, a_day: int = 10, days: int = 5) -> None:
    """Put a log of so many requests a day and agency into the lake."""
    moments, codes = [], []
    for day in range(days):
        for agency in range(agencies):
            for request in range(a_day):
                moments.append(week.start + timedelta(days=day, hours=9, minutes=request))
                codes.append(f"A{agency:03d}")
    file = lake.log(week)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"requested_at": moments, "requester_agency": codes}), file)


def load_calendar(lake: Lake, first: Week, weeks: int) -> None:
    """Monday to Friday are working days."""
    days = [first.monday + timedelta(days=d) for d in range(7 * weeks)]
    table = pa.table({"date": days, "is_working_day": [day.weekday() < 5 for day in days]})
    file = lake.reference("calendar")
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file)


def loaded_lake(root: Path, weeks: int = 6) -> Lake:
    """A lake with so many like weeks up to 2026-W46 and empty reference tables."""
    lake = Lake(root)
    first = WEEK.shift(1 - weeks)
    load_calendar(lake, first, weeks)
    for table in set(REFERENCE_TABLES) - {"calendar"}:
        pq.write_table(pa.table({"code": pa.array([], pa.string())}), lake.reference(table))
    for back in range(weeks):
        load_week(lake, first.shift(back))
    return lake


@dataclass
class StandInWork:
    """Does as `pipelines.steps.work`, with files that only say what they came from; counts its calls."""

    version: str | None = None
    waiting: str | None = None
    until: Week | None = None
    own: dict[Week, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def champion(self, lake: Lake) -> str | None:
        return self.version

    def challenger(self, lake: Lake) -> str | None:
        return self.waiting

    def model(self, lake: Lake, week: Week) -> str | None:
        return self.version if self.until is None or self.until <= week else self.own.get(week)

    def prepare(self, lake: Lake, week: Week, parameters: Parameters, tell: Tell) -> None:
        self.calls.append(f"prepare {week}")

    def train(self, lake: Lake, until: Week, parameters: Parameters, tell: Tell, *, as_challenger: bool = True) -> str:
        self.calls.append(f"train {until}")
        if self.version is None or self.until == until:
            self.version, self.until = "1", until
            return "1"
        self.own[until] = f"own of {until}"
        if as_challenger:
            self.waiting = self.own[until]
        return self.own[until]

    def score(self, lake: Lake, week: Week, parameters: Parameters) -> None:
        self.calls.append(f"score {week}")
        rows = pq.read_metadata(lake.log(week)).num_rows
        for table in (
            lake.scores("agency", week),
            lake.cases(week),
            lake.requests(week),
            lake.rule_hits(week),
        ):
            with lake.replacing(table) as draft:
                pq.write_table(pa.table({"rows": [rows]}), draft)
        with lake.replacing(lake.coverage(week)) as draft:
            draft.write_text("{}")

    def report(self, lake: Lake, week: Week, revision: int, changed: Sequence[str], parameters: Parameters) -> Path:
        self.calls.append(f"report {week} revision {revision}")
        folder = lake.report(week, revision)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(", ".join(changed))
        (folder / "manifest.json").write_text("{}")
        return folder / "report.html"
