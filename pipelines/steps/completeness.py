"""Is a week complete enough to report? Measured against the weeks just before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from features.errors import WeekIncompleteError
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.lake.stamps import Stamp, parquet_fingerprint
from pipelines.parameters import Completeness

_VOLUME = Path(__file__).with_name("volume.sql")


@dataclass(frozen=True)
class Volume:
    """How much a week's log holds."""

    requests: int
    agencies: int
    working_days: int
    days_with_requests: int

    @property
    def rate(self) -> float:
        """Requests a working day; a week without working days counts as one day."""
        return self.requests / max(1, self.working_days)


def require_loaded(week: Week, weeks: Collection[Week]) -> None:
    """WeekIncompleteError unless the week is among those of which any request is there: of nothing there is nothing to report."""
    if week not in weeks:
        loaded = f"loaded are {min(weeks)} to {max(weeks)}" if weeks else "no week is loaded"
        raise WeekIncompleteError(
            f"no request of {week} was delivered ({loaded}): deliver it, or ask for a week that is there"
        )


def require_complete(lake: Lake, week: Week, rule: Completeness, *, keep: bool = True) -> None:
    """WeekIncompleteError names every respect in which the week falls short."""
    shortfalls = shortfalls_of(lake, week, rule, keep=keep)
    if shortfalls:
        listed = "\n".join(f"  {shortfall}" for shortfall in shortfalls)
        raise WeekIncompleteError(
            f"{week} is not complete enough to report:\n{listed}\n"
            "Deliver what is missing and run it again, or report it as it is with --force."
        )


def shortfalls_of(lake: Lake, week: Week, rule: Completeness, *, keep: bool = True) -> list[str]:
    """What the week lacks, in words; empty if it is complete enough. Counts are kept, unless nothing is to be written."""
    weeks = lake.weeks()
    here = volume(lake, week, keep=keep)
    before = [volume(lake, earlier, keep=keep) for earlier in weeks if earlier < week][-rule.compared_weeks :]
    return _against_usual(here, before, rule) + _silent_days(here, before, rule)


def _against_usual(here: Volume, before: list[Volume], rule: Completeness) -> list[str]:
    if not before:
        return []
    found = []
    rate, agencies = median(v.rate for v in before), median(v.agencies for v in before)
    if here.working_days > 0 and here.rate < rule.requests_share * rate:
        found.append(f"{here.rate:,.0f} requests a working day; the weeks before had {rate:,.0f}")
    if here.agencies < rule.agencies_share * agencies:
        found.append(f"requests of {here.agencies:,} agencies; the weeks before had {agencies:,.0f}")
    return found


def _silent_days(here: Volume, before: list[Volume], rule: Completeness) -> list[str]:
    """Days count only if every earlier week had requests on all its working days: small logs have gaps."""
    gapless = bool(before) and all(v.days_with_requests == v.working_days for v in before)
    if not gapless or here.days_with_requests >= rule.days_share * here.working_days:
        return []
    return [f"requests on {here.days_with_requests} of {here.working_days} working days"]


def volume(lake: Lake, week: Week, *, keep: bool = True) -> Volume:
    """How much the week's log holds; counted once, until the log changes."""
    inputs = {
        "log": parquet_fingerprint(lake.log(week)),
        "calendar": parquet_fingerprint(lake.reference("calendar")),
    }
    file = lake.stamp("volume", week)
    stamp = Stamp.read(file)
    if stamp is None or stamp.changed(inputs):
        stamp = Stamp(inputs, asdict(_counted(lake, week)))
        if keep:
            stamp.write(lake, file)
    return Volume(**{name: int(count) for name, count in stamp.outcome.items()})


def _counted(lake: Lake, week: Week) -> Volume:
    from features.engines.duckdb import DuckDBEngine

    with DuckDBEngine() as engine:
        engine.view("linkage_log", [lake.log(week)])
        engine.view("calendar", [lake.reference("calendar")])
        days = {"first_day": week.monday, "next_week": week.shift(1).monday}
        row = engine.arrow(_VOLUME.read_text(encoding="utf-8"), days).to_pylist()[0]
    return Volume(**row)
