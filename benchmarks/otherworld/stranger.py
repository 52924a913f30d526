"""Misuse that no list names: officials with reasons of their own, who know how the record is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.otherworld.part import Part
from benchmarks.otherworld.slips import joined
from benchmarks.otherworld.stage import OWN_CASES, Look, Stage, with_case


def sweep(stage: Stage, size: int) -> Part:
    """House after house of one quarter, for a list that someone wants to have."""
    official = stage.anyone()
    start = int(stage.someone_near(official, 1, abroad=0.2)[0])
    people = (start + np.arange(size) * int(stage.rng.integers(1, 4))) % len(stage.society.citizens.home)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 8), 30), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1))))


def before_promotion(stage: Stage, size: int) -> Part:
    """What do the colleagues earn?"""
    official = stage.anyone()
    people = stage.society.staff.person[stage.colleagues(official, same_section=False)]
    if len(people) < 2:
        raise LookupError("no colleagues")
    chosen = stage.rng.choice(people, min(len(people), max(2, size // 2)), replace=False)
    visits = np.resize(chosen, size)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 6), 10), size))
    return Part(stage.look(official, visits, days, Look(checks=(1, 1))))


def former_partner(stage: Stage, size: int) -> Part:
    """Once a week, each time under another heading."""
    official = stage.anyone(days=25)
    person = stage.someone_near(official, 1, abroad=0.5)
    society = stage.society
    pool = np.flatnonzero((society.sections.handles[society.staff.section[official]])[society.statutes.affair])
    days = stage.days_of(official, 40)
    weekly = days[np.unique(days // 7, return_index=True)[1]][: max(3, min(8, size))]
    how = Look(checks=(max(1, size // 8), max(1, size // 8)), procedures=pool, apart=True)
    return Part(stage.look(official, np.resize(person, len(weekly)), weekly, how))


def borrowed_ids(stage: Stage, size: int) -> Part:
    """A superior sits at one terminal and works with the IDs of several of his people."""
    fit = ~stage.society.agencies.shared_terminals[stage.society.staff.agency]
    first = stage.anyone(fit)
    others = stage.colleagues(first)
    if len(others) < 2:
        raise LookupError("too few subordinates")
    crew = [first, *stage.rng.choice(others, min(len(others), 2 + size // 30), replace=False)]
    boss = int(stage.society.staff.login[first]) * 2 + 1
    people = stage.someone_near(first, max(2, size // 2))
    parts = []
    for place, official in enumerate(crew):
        mine = np.resize(people, size)[place :: len(crew)]
        days = np.sort(np.resize(stage.days_of(int(official), max(1, len(mine) // 2)), len(mine)))
        if len(mine):
            parts.append(stage.look(int(official), mine, days, Look(checks=(1, 1), terminal=boss)))
    return Part(joined(parts))


def exchange(stage: Stage, size: int) -> Part:
    """Two officials of different agencies each look at whom the other wants to know about."""
    one, two = stage.anyone(), stage.anyone()
    wanted = stage.someone_near(one, 2), stage.someone_near(two, 2)
    half = max(2, size // 2)
    parts = []
    for official, people in ((one, wanted[1]), (two, wanted[0])):
        days = np.sort(np.resize(stage.days_of(official, max(1, half // 3), 25), half))
        parts.append(stage.look(official, np.resize(people, half), days, Look(checks=(1, 1))))
    return Part(joined(parts))


def tests_on_people(stage: Stage, size: int) -> Part:
    """A contractor tries out the system on real people: every procedure, quickly, now and then with errors."""
    official = stage.anyone()
    society = stage.society
    agency = society.staff.agency[official]
    pool = np.flatnonzero((society.sections.first[agency] >= 0)[society.statutes.affair])
    people = np.resize(stage.rng.integers(0, len(society.citizens.home), max(1, size // 6)), size)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 20), 10), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1), procedures=pool, miss=0.3)))


def piggyback(stage: Stage, size: int) -> Part:
    """Persons who have nothing to do with it, under the number of a real application."""
    fit = stage.society.agencies.case_ref[stage.society.staff.agency] > 0.3
    official = stage.anyone(fit)
    people = np.resize(stage.someone_near(official, max(2, size // 2)), size)
    days = np.sort(np.resize(stage.days_of(official, max(2, size // 3)), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1), case=OWN_CASES)))


def pretext(stage: Stage, size: int) -> Part:
    """An application is entered only to look, and cancelled the same day."""
    fit = stage.society.agencies.case_ref[stage.society.staff.agency] > 0.3
    official = stage.anyone(fit)
    people = stage.someone_near(official, max(2, size // 2))
    days = np.sort(np.resize(stage.days_of(official, max(1, len(people))), len(people)))
    affair = int(stage.society.statutes.affair[stage.rng.choice(stage.usual(official))])
    numbers = stage.opened(official, people, days, affair, stays=0)
    parts = [
        with_case(stage.look(official, people[[n]], days[[n]], Look(checks=(1, 3))), numbers[n])
        for n in range(len(people))
    ]
    return Part(joined(parts))


def bereaved(stage: Stage, size: int) -> Part:
    """Somebody who deals with deaths looks up the heirs, for an estate agent."""
    official = stage.anyone(least=30)
    rows = stage.rows_of(official)
    recent = rows[stage.heap.day()[rows] >= stage.first_day]
    if not len(recent):
        raise LookupError("no recent clients")
    chosen = stage.rng.choice(recent, max(1, size // 3))
    people, days = [], []
    for row in chosen:
        heirs = stage.society.citizens.family(int(stage.heap.person[row]))[:3]
        later = min(int(stage.heap.day()[row]) + int(stage.rng.integers(1, 6)), stage.society.days.count - 1)
        while not stage.society.days.open[later] and later > stage.first_day:
            later -= 1
        people += heirs
        days += [later] * len(heirs)
    return Part(stage.look(official, np.array(people)[:size], np.array(days)[:size], Look(checks=(1, 2))))


def whole_life(stage: Stage, size: int) -> Part:
    """Questions that reach decades back, where a year would do."""
    official = stage.anyone()
    people = stage.someone_near(official, max(2, size // 2))
    days = np.sort(np.resize(stage.days_of(official, max(2, size // 4)), size))
    case = OWN_CASES if stage.rng.random() < 0.5 else "none"
    months = int(stage.rng.choice([180, 240, 360]))
    return Part(stage.look(official, np.resize(people, size), days, Look(checks=(1, 1), months=months, case=case)))


def rivals(stage: Stage, size: int) -> Part:
    """He has applied himself, and looks again at those who compete for the place."""
    official = stage.anyone(least=25)
    section = stage.society.staff.section[official]
    rows = np.flatnonzero((stage.heap.section == section) & (stage.heap.official >= 0))
    rows = rows[(stage.heap.official[rows] != official) & (stage.heap.day()[rows] >= stage.first_day - 21)]
    if len(rows) < 5:
        raise LookupError("no competitors")
    people = stage.rng.choice(np.unique(stage.heap.person[rows]), size).astype(np.int64)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 10), 14), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1))))


def unlocked_screen(stage: Stage, size: int) -> Part:
    """Over lunch, at the screen that a colleague left open: his ID, his terminal, other people."""
    official = stage.anyone()
    people = np.resize(stage.someone_near(official, max(1, size // 2), abroad=0.6), size)
    days = np.sort(np.resize(stage.days_of(official, max(1, size // 3)), size))
    return Part(stage.look(official, people, days, Look(checks=(1, 1), hours=(12.1, 12.85))))


STRANGE_KINDS: dict[str, Callable[[Stage, int], Part]] = {
    kind.__name__: kind
    for kind in (sweep, before_promotion, former_partner, borrowed_ids, exchange, tests_on_people, piggyback, pretext,
                 bereaved, whole_life, rivals, unlocked_screen)
}  # fmt: skip
