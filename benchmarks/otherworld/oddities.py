"""Hard negatives: honest work that looks odd."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.otherworld.habits import MUNICIPAL
from benchmarks.otherworld.machines import sent
from benchmarks.otherworld.part import Part
from benchmarks.otherworld.slips import DAY, changed, joined
from benchmarks.otherworld.stage import OWN_CASES, Look, Stage, with_case
from benchmarks.otherworld.statutes import RELIEF


def newcomer(stage: Stage, size: int) -> Part:
    """A new official's first weeks: everything is new to him."""
    staff = stage.society.staff
    fresh = np.flatnonzero((staff.starts >= stage.first_day) & (np.diff(stage.edges) > 20) & stage.seen)
    if not len(fresh):
        raise LookupError("nobody is new")
    official = int(stage.rng.choice(fresh))
    rows = stage.rows_of(official)
    return Part(claimed=rows[stage.heap.day()[rows] < staff.starts[official] + 14])


def backlog_nights(stage: Stage, size: int) -> Part:
    """Two weeks of overtime: the ordinary applications, at night and on a Saturday."""
    official = stage.anyone(least=60)
    rows = stage.rows_of(official)
    begin = int(stage.days_of(official, 1)[0])
    rows = rows[(stage.heap.day()[rows] >= begin) & (stage.heap.day()[rows] < begin + 12)]
    rows = rows[stage.rng.random(len(rows)) < 0.5]
    if len(rows) < 3:
        raise LookupError("no backlog")
    at = stage.heap.day()[rows] * DAY + (19.0 * 3.6e9 + (stage.heap.at[rows] % DAY - 8.5 * 3.6e9) * 0.45).astype(int)
    return Part(claimed=rows, moved=rows, moved_to=at)


def disaster(stage: Stage, size: int) -> Part:
    """A flood: hundreds of households apply for relief at one town within days."""
    municipal = np.isin(stage.society.agencies.kind, range(2, 7))
    able = stage.society.sections.handles[stage.society.staff.section, RELIEF] & municipal[stage.society.staff.agency]
    official = stage.anyone(able)
    town = int(stage.society.staff.agency[official])
    citizens, crew = stage.society.citizens, [official, *stage.colleagues(official)[:4].tolist()]
    street = citizens.pool[town] + int(stage.rng.integers(0, 300)) + np.arange(size + 40)
    parts = []
    for place, one in enumerate(crew):
        people = street[place :: len(crew)]
        days = np.sort(stage.rng.choice(stage.days_of(int(one), 5, 9), len(people)))
        pool = np.array([stage.society.statutes.first[RELIEF], stage.rng.choice(stage.usual(int(one)))])
        numbers = stage.opened(int(one), people, days, RELIEF)
        looks = stage.look(int(one), people, days, Look(checks=(1, 1), procedures=pool, apart=True))
        parts.append(with_case(looks, numbers[np.searchsorted(people, looks.person).clip(0, len(people) - 1)]))
    return Part(joined(parts))


def self_audit(stage: Stage, size: int) -> Part:
    """A supervisor goes through a sample of the year's applications."""
    official = stage.anyone(least=30)
    section = stage.society.staff.section[official]
    rows = np.flatnonzero((stage.heap.section == section) & (stage.heap.official >= 0) & (stage.heap.case >= 0))
    if len(rows) < 60:
        raise LookupError("too few applications")
    again = stage.heap.take(stage.rng.choice(rows, min(len(rows), size + 30)))
    day = int(stage.days_of(official, 1)[0])
    at = day * DAY + int(9.1 * 3.6e9) + np.cumsum(stage.rng.gamma(2, 45, len(again)) * 1e6).astype(np.int64)
    at = np.minimum(at, day * DAY + int(17.4 * 3.6e9))
    return Part(changed(again, at=at, official=official, event=-1, terminal=_terminal(stage, official)))


def stubborn_outage(stage: Stage, size: int) -> Part:
    """A provider's system fails, and an official tries the same few requests all day."""
    official = stage.anyone(least=40)
    rows = stage.rows_of(official)
    rows = rows[stage.heap.day()[rows] >= stage.first_day]
    if len(rows) < 4:
        raise LookupError("no recent work")
    some = stage.heap.take(np.sort(stage.rng.choice(rows, min(3, len(rows)), replace=False)))
    times = np.repeat(np.arange(len(some)), 5)
    again = some.take(times)
    at = again.at + stage.rng.integers(3, 200, len(again)) * 60_000_000
    at = np.minimum(at, again.day() * DAY + int(17.6 * 3.6e9))
    return Part(changed(again, at=at, miss=2.0))


def large_family(stage: Stage, size: int) -> Part:
    """A family in trouble: one official, many weeks, all members, one application after the other."""
    official = stage.anyone(days=20)
    people = stage.society.citizens.family(int(stage.someone_near(official, 1, abroad=0.0)[0]))
    visits = np.resize(people, max(8, size))
    days = np.sort(np.resize(stage.days_of(official, 12), len(visits)))
    affair = int(stage.society.statutes.affair[stage.rng.choice(stage.usual(official))])
    number = stage.opened(official, np.array(people[:1]), days[:1], affair, stays=80)
    return Part(with_case(stage.look(official, visits, days, Look(checks=(1, 2))), int(number[0])))


def standing_in(stage: Stage, size: int) -> Part:
    """For two weeks he covers a section whose work he never did."""
    official = stage.anyone()
    society = stage.society
    agency, section = society.staff.agency[official], society.staff.section[official]
    elsewhere = (society.sections.first[agency] >= 0) & ~society.sections.handles[section]
    affairs = np.flatnonzero(elsewhere)
    if not len(affairs):
        raise LookupError("the section does everything")
    affair = int(stage.rng.choice(affairs))
    pool = np.flatnonzero(society.statutes.affair == affair)
    count = max(10, size // 2)
    days = np.sort(np.resize(stage.days_of(official, 8, 14), count))
    people = stage.someone_near(official, count, abroad=0.05)
    numbers = stage.opened(official, people, days, affair)
    parts = [
        with_case(stage.look(official, people[[n]], days[[n]], Look(checks=(1, 3), procedures=pool)), numbers[n])
        for n in range(count)
    ]
    return Part(joined(parts))


def safe_house(stage: Stage, size: int) -> Part:
    """The office that helps victims of violence: much is withheld, rightly."""
    official = stage.anyone()
    people = stage.rng.choice(np.flatnonzero(stage.society.citizens.protected), max(4, size // 3))
    days = np.sort(np.resize(stage.days_of(official, len(people)), len(people)))
    affair = int(stage.society.statutes.affair[stage.rng.choice(stage.usual(official))])
    numbers = stage.opened(official, people, days, affair)
    parts = [
        with_case(stage.look(official, people[[n]], days[[n]], Look(checks=(1, 3))), numbers[n])
        for n in range(len(people))
    ]
    return Part(joined(parts))


def new_system(stage: Stage, size: int) -> Part:
    """A system is replaced, and asks for everything once more over two days."""
    section = int(stage.rng.integers(len(stage.society.sections.agency)))
    day = int(stage.rng.integers(stage.first_day, stage.society.days.count - 2))
    count = size * 8 + 200
    start = np.full(count, day * DAY + 8 * 3_600_000_000) + stage.rng.integers(0, 30 * 3600, count) * 1_000_000
    return Part(sent(stage.society, np.full(count, section), np.sort(start), None, stage.rng))


def sunday_counter(stage: Stage, size: int) -> Part:
    """A town hall opens one Sunday; some of the week's work is done then."""
    towns = stage.society.agencies.of_kind(*MUNICIPAL)
    sunday = int(stage.rng.integers(stage.first_day // 7, stage.society.days.weeks)) * 7 + 6
    rows = np.flatnonzero((stage.heap.official >= 0) & (stage.heap.day() >= sunday - 6) & (stage.heap.day() < sunday))
    busy, number = np.unique(stage.heap.requester[rows], return_counts=True)
    busy = busy[(number > 30) & np.isin(busy, towns)]
    if not len(busy):
        raise LookupError("nobody is busy")
    town = stage.rng.choice(busy)
    rows = rows[(stage.heap.requester[rows] == town) & (stage.rng.random(len(rows)) < 0.25)]
    return Part(claimed=rows, moved=rows, moved_to=sunday * DAY + stage.heap.at[rows] % DAY)


def training(stage: Stage, size: int) -> Part:
    """Newcomers practise on one application that was made for it."""
    first = stage.anyone()
    crew = [first, *stage.colleagues(first)[:6].tolist()]
    if len(crew) < 3:
        raise LookupError("too few to train")
    day = int(stage.days_of(first, 1)[0])
    person = np.array([stage.society.staff.person[first]])
    affair = int(stage.society.statutes.affair[stage.rng.choice(stage.usual(first))])
    number = int(stage.opened(first, person, np.array([day]), affair)[0])
    present = [int(one) for one in crew if stage.society.staff.presence[one, day] > 0]
    return Part(joined([with_case(stage.look(o, person, np.array([day]), Look((2, 4))), number) for o in present]))


def estate(stage: Stage, size: int) -> Part:
    """After a death every office of a town hall has something to settle with the same person."""
    first = stage.anyone()
    offices = stage.colleagues(first, same_section=False)
    if len(offices) < 3:
        raise LookupError("too small a town hall")
    crew = stage.rng.choice(offices, min(6, len(offices)), replace=False)
    person = stage.someone_near(first, 1, abroad=0.0)
    parts = []
    for official in [first, *crew]:
        day = stage.days_of(int(official), 1)
        affair = int(stage.society.statutes.affair[stage.rng.choice(stage.usual(int(official)))])
        number = stage.opened(int(official), person, day, affair)
        parts.append(with_case(stage.look(int(official), person, day, Look(checks=(1, 3))), int(number[0])))
    return Part(joined(parts))


def busy_season(stage: Stage, size: int) -> Part:
    """One who takes over a colleague's applications and doubles his own volume for a while."""
    official = stage.anyone(least=40)
    people = stage.someone_near(official, size + 20, abroad=0.1)
    days = np.sort(stage.rng.choice(stage.days_of(official, 10, 16), len(people)))
    return Part(stage.look(official, people, days, Look(checks=(1, 2), case=OWN_CASES, apart=True)))


def _terminal(stage: Stage, official: int) -> int:
    rows = stage.rows_of(official)
    return int(stage.heap.terminal[rows[-1]])


ODDITIES: dict[str, Callable[[Stage, int], Part]] = {
    kind.__name__: kind
    for kind in (newcomer, backlog_nights, disaster, self_audit, stubborn_outage, large_family, standing_in,
                 safe_house, new_system, sunday_counter, training, estate, busy_season)
}  # fmt: skip
