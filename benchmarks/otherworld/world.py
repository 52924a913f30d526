"""From habits and a seed to a folder of delivered files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.otherworld.answers import Answers, with_repeats
from benchmarks.otherworld.deliveries import deliver
from benchmarks.otherworld.habits import Habits
from benchmarks.otherworld.lives import Society, received
from benchmarks.otherworld.machines import runs
from benchmarks.otherworld.nation import founded, period, settled, staffed
from benchmarks.otherworld.plot import Plot, plotted
from benchmarks.otherworld.records import Names, named, request_ids, subject_keys, user_labels, write
from benchmarks.otherworld.registers import registers
from benchmarks.otherworld.slips import DAY, Slips, joined
from benchmarks.otherworld.staff import hired
from benchmarks.otherworld.statutes import enacted
from benchmarks.otherworld.work import done, opened_cases
from features.weeks import Week


@dataclass(frozen=True)
class Tally:
    """What was written."""

    rows: int
    interactive: int
    officials: int
    events: int
    oddities: int
    planted: int

    def __str__(self) -> str:
        return (
            f"{self.rows:,} requests ({self.interactive:,} interactive), {self.officials:,} officials, "
            f"{self.events} events, {self.oddities} hard negatives, {self.planted:,} rows of those"
        )


def founded_society(habits: Habits, weeks: int, agencies: int, seed: int) -> Society:
    """Everything that exists before anyone works."""
    rng = np.random.default_rng([seed, 1])
    days = period(habits.last_week, weeks)
    places = founded(habits, agencies, days, rng)
    sections = staffed(habits, places, rng)
    citizens = settled(habits, places, rng)
    staff = hired(habits, places, sections, citizens, days, rng)
    law = enacted(habits.law, days.first, days.day(days.count))
    return Society(habits, law, days, places, citizens, sections, staff, seed)


def create(out: Path, habits: Habits, weeks: int, agencies: int, seed: int, honest: bool) -> Tally:
    """Write a world: `landing/`, `reference/` and `truth.parquet` (empty when honest)."""
    society = founded_society(habits, weeks, agencies, seed)
    rng = np.random.default_rng([seed, 2])
    work = received(society, rng)
    screens = done(society, work, rng)
    batches, campaigns = runs(society, int(len(screens) * habits.batch), rng)
    plot = plotted(society, joined([screens, batches]), opened_cases(society, work, rng), honest)
    heap, answers = with_repeats(society, plot.heap, np.random.default_rng([seed, 3]))
    names = named(society, plot.cases)
    for name in ("landing", "reference"):
        shutil.rmtree(out / name, ignore_errors=True)
    deliver(society, names, heap, answers, plot, out / "landing" / "linkage_log")
    for name, register in registers(society, names, plot.cases, campaigns, plot.ordinances):
        write(register, out / "reference" / f"{name}.parquet")
    truth = _truth(society, names, heap, plot)
    write(truth, out / "truth.parquet")
    return _tally(heap, answers, plot, truth)


def _truth(society: Society, names: Names, heap: Slips, plot: Plot) -> pa.Table:
    rows = np.flatnonzero(heap.event >= 0)
    some = heap.take(rows)
    agency, week = some.requester.astype(np.int64), some.at // (7 * DAY)
    weeks = pa.array([str(Week(society.days.day(n * 7))) for n in range(society.days.weeks)])
    machine = some.official < 0
    blind = society.agencies.grade_on(agency, some.at // DAY) == 0
    event = pa.array(some.event.astype(np.int64))
    users = user_labels(society, np.maximum(some.official, 0).astype(np.int64), week)
    columns = {
        "scenario_id": pa.array([event.name for event in plot.events], pa.string()).take(event),
        "scenario": pa.array([event.kind for event in plot.events], pa.string()).take(event),
        "hard_negative": pa.array([event.honest for event in plot.events], pa.bool_()).take(event),
        "week": weeks.take(pa.array(week)),
        "request_id": pa.array(request_ids(society, rows)).cast(pa.string()),
        "agency_code": names.agency.take(pa.array(agency)),
        "requester_user": pa.array(users, mask=machine | blind).cast(pa.string()),
        "subject_key": pa.array(subject_keys(society, agency, some.person.astype(np.int64)), mask=blind).cast(pa.string()),
    }  # fmt: skip
    truth = pa.table(columns)
    return pa.concat_tables([truth, plot.without_requests(weeks, names.agency, truth.schema)])


def _tally(heap: Slips, answers: Answers, plot: Plot, truth: pa.Table) -> Tally:
    oddities = sum(event.honest for event in plot.events)
    return Tally(
        len(heap), int((heap.official >= 0).sum()), len(np.unique(heap.official)) - 1, len(plot.events) - oddities,
        oddities, len(truth),
    )  # fmt: skip
