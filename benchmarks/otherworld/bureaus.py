"""Misuse that shows at agencies more than at officials: authority, uploads, and records that stop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.otherworld.habits import KINDS
from benchmarks.otherworld.nation import holder
from benchmarks.otherworld.part import Part
from benchmarks.otherworld.slips import DAY, changed, slips
from benchmarks.otherworld.stage import WEEKS, Look, Stage
from benchmarks.otherworld.statutes import AFFAIRS, ITEMS
from benchmarks.otherworld.work import RULES


def no_authority(stage: Stage, size: int) -> Part:
    """A procedure that the agency's kind may not use at all."""
    official = stage.anyone()
    kind = KINDS[stage.society.agencies.kind[stage.society.staff.agency[official]]]
    foreign = [n for n, affair in enumerate(stage.society.statutes.affair) if kind not in AFFAIRS[affair][2]]
    pool = stage.rng.choice(foreign, 2, replace=False)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 4)), size))
    people = stage.someone_near(official, size)
    return Part(stage.look(official, people, days, Look(checks=(1, 1), procedures=pool)))


def wrong_item(stage: Stage, size: int) -> Part:
    """The procedure is his, but not the item: it does not stand beside that procedure in the law."""
    official = stage.anyone()
    people = np.resize(stage.someone_near(official, max(2, size // 2)), size)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 4)), size))
    heap = stage.look(official, people, days, Look(checks=(1, 1)))
    item = stage.rng.integers(0, len(ITEMS), len(heap))
    listed = (stage.society.statutes.item[heap.procedure] == item[:, None]).any(axis=1)
    provider = holder(
        stage.society.agencies, stage.society.citizens, RULES[item], heap.person.astype(np.int64),
        heap.requester.astype(np.int64),
    )  # fmt: skip
    fits = ~listed & (provider >= 0)
    if fits.sum() < 2:
        raise LookupError("every item is listed")
    return Part(changed(heap, item=item, provider=provider).take(fits))


def lapsed(stage: Stage, size: int) -> Part:
    """A procedure that is no longer, or not yet, in force: an office goes on with it."""
    law, days = stage.society.statutes, stage.society.days
    over = [n for n, end in enumerate(law.ends) if end and days.number(end) < days.count - 10]
    early = [n for n, start in enumerate(law.starts) if days.number(start) > stage.first_day + 10]
    options = [(n, max(stage.first_day, days.number(law.ends[n] or law.starts[n]) + 1), days.count) for n in over]
    options += [(n, stage.first_day, min(days.count, days.number(law.starts[n]))) for n in early]
    procedure, begin, end = options[int(stage.rng.integers(len(options)))]
    able = stage.society.sections.handles[stage.society.staff.section, law.affair[procedure]]
    official = stage.anyone(able)
    here = np.flatnonzero(stage.society.staff.presence[official, begin:end] > 0) + begin
    if not len(here):
        raise LookupError("never there in those days")
    when = np.sort(stage.rng.choice(here, size))
    heap = stage.look(official, stage.someone_near(official, size, abroad=0.0), when, Look(checks=(1, 1)))
    item = np.full(len(heap), law.item[procedure, 0], dtype=np.int64)
    provider = holder(
        stage.society.agencies, stage.society.citizens, RULES[item], heap.person.astype(np.int64),
        heap.requester.astype(np.int64),
    )  # fmt: skip
    other = changed(heap, item=item, provider=provider, procedure=np.full(len(heap), procedure))
    kept = other.take(provider >= 0)
    if len(kept) < 2:
        raise LookupError("nobody holds it")
    return Part(kept)


def quiet_upload(stage: Stage, size: int) -> Part:
    """Files outside any campaign or rhythm, small enough to pass among the nightly jobs."""
    batches = np.flatnonzero((stage.heap.official < 0) & (stage.heap.day() >= stage.first_day))
    agencies = stage.society.agencies
    batches = batches[agencies.grade_on(stage.heap.requester[batches].astype(int), stage.heap.day()[batches]) >= 1]
    model = stage.heap.take(stage.rng.choice(batches, 1))
    section, asker = int(model.section[0]), int(model.requester[0])
    count = size * 5 if size > 10 else size
    person = stage.rng.integers(0, len(stage.society.citizens.home), count)
    pool = np.flatnonzero(stage.society.sections.handles[section][stage.society.statutes.affair])
    files = max(1, count // 60)
    open_days = np.flatnonzero(stage.society.days.open[stage.first_day :]) + stage.first_day
    day = np.sort(np.resize(stage.rng.choice(open_days, files), count))
    procedure, item, provider = stage.resolved(pool[:1], np.arange(count), person, day, asker)
    at = day * DAY + int(stage.rng.uniform(9, 22) * 3.6e9) + np.arange(count) * 90_000
    heap = slips(
        count, at=at, requester=asker, provider=provider, procedure=procedure, item=item, section=section,
        person=person, months=12,
    )  # fmt: skip
    return Part(heap.take(provider >= 0))


def silent(stage: Stage, size: int) -> Part:
    """An agency's records stop coming for some weeks."""
    agency = _steady(stage, stage.heap.requester)
    weeks = int(stage.rng.integers(2, 5))
    first = stage.society.days.weeks - int(stage.rng.integers(weeks, WEEKS + 1))
    week = stage.heap.day() // 7
    gone = (stage.heap.requester == agency) & (week >= first) & (week < first + weeks)
    lost = tuple(range(first, first + weeks))
    return Part(removed=np.flatnonzero(gone), agency=agency, silent_weeks=lost)


def unanswered(stage: Stage, size: int) -> Part:
    """An agency stops answering most of what it is asked, and nothing is recorded."""
    agency = _steady(stage, stage.heap.provider)
    first = int(stage.rng.integers(stage.first_day, stage.society.days.count - 10))
    span = (stage.heap.day() >= first) & (stage.heap.day() < first + 7 + size // 6)
    rows = np.flatnonzero((stage.heap.provider == agency) & span)
    rows = rows[stage.rng.random(len(rows)) < 0.85]
    if len(rows) < 10:
        raise LookupError("hardly asked")
    return Part(silenced=rows, silent_weeks=tuple(np.unique(stage.heap.day()[rows] // 7).tolist()), agency=agency)


def _steady(stage: Stage, who: np.ndarray) -> int:
    """An agency that has enough work every week to be missed."""
    weeks = stage.society.days.weeks
    volume = np.zeros((len(stage.society.agencies.kind), weeks), int)
    np.add.at(volume, (who.astype(int), np.minimum(stage.heap.day() // 7, weeks - 1)), 1)
    steady = np.flatnonzero(volume.min(axis=1) >= 8)
    if not len(steady):
        raise LookupError("no agency is steady")
    return int(stage.rng.choice(steady))


BUREAU_KINDS: dict[str, Callable[[Stage, int], Part]] = {
    kind.__name__: kind for kind in (no_authority, wrong_item, lapsed, quiet_upload, silent, unanswered)
}
