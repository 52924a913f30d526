"""Misuse as the public cases tell it: officials who look at people they know, or whom they were asked to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.otherworld.lives import copies_kept
from benchmarks.otherworld.nation import Ints
from benchmarks.otherworld.part import Part
from benchmarks.otherworld.slips import joined
from benchmarks.otherworld.stage import OWN_CASES, Look, Stage


def relatives(stage: Stage, size: int) -> Part:
    """His own household and those of two or three relatives, one after the other, in work hours."""
    official = stage.anyone()
    people = stage.society.citizens.family(int(stage.society.staff.person[official]))
    for head in stage.someone_near(official, 3, abroad=0.6):
        people += stage.society.citizens.family(int(head))
    people = people[: max(2, size // 2)]
    visits = np.resize(people, max(2, round(size / 1.5)))
    days = stage.days_of(official, max(1, len(visits) // 3), 21)
    return Part(stage.look(official, visits, np.sort(stage.rng.choice(days, len(visits)))))


def one_patient(stage: Stage, size: int) -> Part:
    """Several officials of one agency, of different offices, look at one person within days."""
    first = stage.anyone()
    others = stage.colleagues(first, same_section=False)
    if len(others) < 3:
        raise LookupError("too few colleagues")
    crew = stage.rng.choice(others, min(len(others), max(2, size // 3)), replace=False)
    person = stage.someone_near(first, 1)
    begin = int(stage.days_of(first, 1)[0])
    parts = []
    for official in [first, *crew]:
        here = np.flatnonzero(stage.society.staff.presence[official, begin : begin + 9] > 0) + begin
        if len(here):
            parts.append(stage.look(int(official), person, stage.rng.choice(here, 1), Look(checks=(1, 3))))
    if len(parts) < 3:
        raise LookupError("the crew never met")
    return Part(joined(parts))


def news(stage: Stage, size: int) -> Part:
    """A well-known person is in the news: officials of unrelated agencies have a look within a week."""
    person = np.array([stage.rng.integers(len(stage.society.citizens.home))])
    begin = int(stage.rng.integers(stage.first_day, stage.society.days.count - 7))
    parts = []
    for _ in range(max(3, size // 2)):
        official = stage.anyone(least=8)
        here = np.flatnonzero(stage.society.staff.presence[official, begin : begin + 6] > 0) + begin
        if len(here):
            parts.append(stage.look(official, person, stage.rng.choice(here, 1), Look(checks=(1, 2))))
    return Part(joined(parts))


def four_households(stage: Stage, size: int) -> Part:
    """A temporary worker looks at herself and four households, several times each."""
    staff = stage.society.staff
    official = stage.anyone(staff.starts > -200)
    people: list[int] = [int(staff.person[official])]
    for head in stage.someone_near(official, 4, abroad=0.1):
        people += stage.society.citizens.family(int(head))
    people = people[: max(3, size // 2)]
    visits = stage.rng.permutation(np.resize(people, size))
    days = stage.days_of(official, max(2, size // 4))
    return Part(stage.look(official, visits, np.sort(stage.rng.choice(days, size)), Look(checks=(1, 1))))


def acquaintances(stage: Stage, size: int) -> Part:
    """Four people he knows, now one and then another."""
    official = stage.anyone()
    people = stage.someone_near(official, 4)
    days = stage.days_of(official, max(2, size // 2))
    visits = stage.rng.choice(people, len(days))
    return Part(stage.look(official, visits, days, Look(checks=(1, 2 if size < 12 else 4))))


def sold_addresses(stage: Stage, size: int) -> Part:
    """Strangers from anywhere, one at a time, over weeks; some from a terminal that a colleague left logged in."""
    official = stage.anyone()
    people = stage.rng.integers(0, len(stage.society.citizens.home), size)
    days = np.sort(stage.rng.choice(stage.days_of(official, max(3, size)), size))
    hours = (12.05, 12.9) if stage.rng.random() < 0.4 else None
    return Part(stage.look(official, people, days, Look(checks=(1, 1), hours=hours, apart=True)))


def favour(stage: Stage, size: int) -> Part:
    """Somebody asked him for one household; larger ones come back for more."""
    official = stage.anyone()
    heads = stage.someone_near(official, max(1, size // 7), abroad=0.5)
    people = np.concatenate([stage.society.citizens.family(int(head))[:3] for head in heads])
    days = np.resize(stage.days_of(official, len(heads)), len(people))
    most = max(2, round(size / len(people)))
    return Part(stage.look(official, people, np.sort(days), Look(checks=(max(1, most - 1), most))))


def obsession(stage: Stage, size: int) -> Part:
    """The same person again and again."""
    official = stage.anyone(days=20)
    person = stage.someone_near(official, 1, abroad=0.3)
    days = stage.days_of(official, min(size, 35))
    visits = np.sort(np.resize(days, size))
    return Part(stage.look(official, np.resize(person, size), visits, Look(checks=(1, 1), apart=True)))


def nights(stage: Stage, size: int) -> Part:
    """After the building has emptied, or on a holiday."""
    official = stage.anyone(stage.society.staff.overtime < 0.08)
    people = stage.someone_near(official, size)
    closed = np.flatnonzero(~stage.society.days.open[stage.first_day :]) + stage.first_day
    number = max(1, size // 6)
    late = stage.rng.random() < 0.5
    days = stage.days_of(official, number) if late else stage.rng.choice(closed, number)
    hours = (20.2, 23.4) if late else (9.5, 18.5)
    return Part(stage.look(official, people, np.sort(stage.rng.choice(days, size)), Look((1, 1), hours)))


def shared_login(stage: Stage, size: int) -> Part:
    """Somebody else uses his ID from another terminal while he works at his own."""
    fit = ~stage.society.agencies.shared_terminals[stage.society.staff.agency]
    official = stage.anyone(fit, least=40)
    rows = stage.rows_of(official)
    rows = rows[stage.heap.day()[rows] >= stage.first_day]
    if not len(rows):
        raise LookupError("no work in the last weeks")
    near = stage.rng.choice(rows, max(1, size // 3))
    people = np.resize(stage.someone_near(official, len(near)), size)
    other = int(stage.rng.choice(stage.society.staff.login)) * 2 + 1
    added = stage.look(official, people, np.resize(stage.heap.day()[near], size), Look((1, 1), terminal=other))
    # Each look falls into the minutes around a request that he makes himself.
    at = np.resize(stage.heap.at[near], len(added)) + stage.rng.integers(-240, 240, len(added)) * 1_000_000
    return Part(replace(added, at=at))


def stale_login(stage: Stage, size: int) -> Part:
    """An ID is used after the transfer or during a long absence, when its owner cannot have been there."""
    staff, last = stage.society.staff, stage.society.days.count
    left = [(n, int(staff.ends[n]) + 1, last) for n in np.flatnonzero(staff.ends < last - 8)]
    away = [(int(n), int(a), int(b)) for n, a, b in staff.leaves if b - a > 18]
    options = [
        (n, max(a, stage.first_day), min(b, last)) for n, a, b in left + away
        if min(b, last) - max(a, stage.first_day) > 6 and stage.seen[n] and int(staff.login[n]) not in stage.used
        and len(stage.rows_of(int(n))) > 5
        and not any(staff.login[m] == staff.login[n] and m != n for m in np.flatnonzero(staff.login == staff.login[n]))
    ]  # fmt: skip
    if not options:
        raise LookupError("nobody is away")
    official, begin, end = options[int(stage.rng.integers(len(options)))]
    stage.used.add(int(staff.login[official]))
    open_days = np.flatnonzero(stage.society.days.open[begin:end]) + begin
    days = np.sort(stage.rng.choice(stage.rng.choice(open_days, min(len(open_days), 1 + size // 4)), size))
    return Part(stage.look(int(official), stage.someone_near(int(official), size), days, Look(checks=(1, 1))))


def fishing(stage: Stage, size: int) -> Part:
    """He tries until somebody is there: most requests find nothing."""
    official = stage.anyone()
    people = stage.rng.integers(0, len(stage.society.citizens.home), size)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 12), 14), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1), miss=0.75)))


def protected(stage: Stage, size: int) -> Part:
    """He keeps trying to find people whose data are withheld."""
    official = stage.anyone()
    hidden = np.flatnonzero(stage.society.citizens.protected)
    people = stage.rng.choice(hidden, 1 + size // 15)
    days = np.sort(np.resize(stage.days_of(official, max(2, size // 3)), size))
    return Part(stage.look(official, np.resize(people, size), days, Look(checks=(1, 1), apart=True)))


def growth(stage: Stage, size: int) -> Part:
    """More from week to week, hidden among his own applications."""
    official = stage.anyone(days=25)
    here = stage.days_of(official, 40)
    weight = (here - stage.first_day + 5.0) ** 2
    days = np.sort(stage.rng.choice(here, size, p=weight / weight.sum()))
    people = stage.rng.integers(0, len(stage.society.citizens.home), size)
    people = np.where(stage.rng.random(size) < 0.6, stage.someone_near(official, size, abroad=0.0), people)
    case = OWN_CASES if stage.rng.random() < 0.4 else "none"
    return Part(stage.look(official, people, days, Look(checks=(1, 1), case=case, apart=True)))


def unusual_work(stage: Stage, size: int) -> Part:
    """Procedures that the section never handles, though the agency may."""
    official = stage.anyone()
    society, staff = stage.society, stage.society.staff
    agency, section = staff.agency[official], staff.section[official]
    elsewhere = (society.sections.first[agency] >= 0) & ~society.sections.handles[section]
    foreign: Ints = np.flatnonzero(elsewhere[society.statutes.affair])
    if not len(foreign):
        raise LookupError("the section handles everything")
    pool = stage.rng.choice(foreign, min(4, len(foreign)), replace=False)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 4)), size))
    people = np.resize(stage.someone_near(official, max(1, size // 2)), size)
    return Part(stage.look(official, people, days, Look(checks=(1, 1), procedures=pool)))


def erased_copy(stage: Stage, size: int) -> Part:
    """An administrator keeps an accomplice's look-ups out of his agency's own record; the network's has them."""
    official = stage.anyone(copies_kept(stage.society, stage.society.staff.agency))
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 3)), size))
    people = np.resize(stage.someone_near(official, max(2, size // 2)), size)
    return Part(stage.look(official, people, days, Look(checks=(1, 1))), erased=True)


KNOWN_KINDS: dict[str, Callable[[Stage, int], Part]] = {
    kind.__name__: kind
    for kind in (relatives, one_patient, news, four_households, acquaintances, sold_addresses, favour, obsession,
                 nights, shared_login, stale_login, fishing, protected, growth, unusual_work, erased_copy)
}  # fmt: skip
