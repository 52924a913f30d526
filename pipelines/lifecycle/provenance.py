"""Which model scored which week, and when it was live: told years later by the tables and the record."""

from __future__ import annotations

from dataclasses import dataclass

from features.errors import ShirabeError
from features.weeks import Week
from models.bundle import Registered
from pipelines.lake import Lake
from pipelines.lake.promotions import Period, Record
from pipelines.lake.scored import models_of_scored_weeks, versions_in, weeks_of
from pipelines.lake.stamps import Stamp
from pipelines.steps.training import has_registry, registry


@dataclass(frozen=True)
class Lived:
    """A registered version, when it was live, and the weeks whose tables name it."""

    model: Registered
    periods: tuple[Period, ...]
    scored: tuple[Week, ...]


@dataclass(frozen=True)
class Judged:
    """The version that a revision of a week was scored by, and when that version was live."""

    week: Week
    revision: int
    superseded: bool
    version: str
    periods: tuple[Period, ...]


def lives(lake: Lake) -> tuple[Lived, ...]:
    """Every registered version, the oldest first; none if the lake has no store of models."""
    if not has_registry(lake):
        return ()
    record, scored = Record.read(lake), models_of_scored_weeks(lake)
    return tuple(
        Lived(model, record.periods(model.version), weeks_of(scored, model.version))
        for model in registry(lake).registered()
    )


def judged(lake: Lake, week: Week) -> tuple[Judged, ...]:
    """What scored each revision of a week, the earliest first; ShirabeError if it was never scored."""
    latest = versions_in(lake.score_tables(week))
    if not latest:
        raise ShirabeError(f"{week} is not scored yet; run `shirabe score --week {week}` first")
    kept = {n: versions_in(lake.kept_revision(week, n).score_tables(week)) for n in lake.kept_revisions(week)}
    stamp = Stamp.read(lake.stamp("score", week))
    revision = max(kept, default=0) + 1 if stamp is None else int(stamp.outcome["revision"])
    record = Record.read(lake)
    return tuple(
        Judged(week, number, number != revision, version, record.periods(version))
        for number, versions in sorted((kept | {revision: latest}).items())
        for version in versions
    )
