"""Honest work: officials take up applications and make the checks that each procedure needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.codes import chances
from benchmarks.otherworld.lives import Applications, Society
from benchmarks.otherworld.nation import Ints, holder
from benchmarks.otherworld.slips import DAY, Slips, joined, slips
from benchmarks.otherworld.staff import moments, on_duty, terminals
from benchmarks.otherworld.statutes import ITEMS, SLOTS


@dataclass(frozen=True)
class Cases:
    """The applications that have a number, element by element; their index is the number in `Slips.case`."""

    agency: Ints
    affair: Ints
    person: Ints
    opened: Ints
    closed: Ints
    """Day of closing; beyond the period where still open."""
    listed: NDArray[np.bool_]

    def with_more(self, agency: Ints, affair: Ints, person: Ints, opened: Ints, closed: Ints) -> Cases:
        """These and some others, all listed as the agency lists its own."""
        return Cases(
            np.concatenate([self.agency, agency]), np.concatenate([self.affair, affair]),
            np.concatenate([self.person, person]), np.concatenate([self.opened, opened]),
            np.concatenate([self.closed, closed]), np.concatenate([self.listed, np.ones(len(agency), bool)]),
        )  # fmt: skip


RULES = np.array([item[1] for item in ITEMS])


def opened_cases(society: Society, work: Applications, rng: np.random.Generator) -> Cases:
    """A case for each application: entered early or late, closed after weeks, not always entered."""
    agency = society.sections.agency[work.section]
    count = len(work)
    entered = rng.choice([-2, -1, 0, 0, 0, 0, 1], count)
    closed = work.day + rng.gamma(2.0, 14.0, count).astype(int) + 3
    listed = (rng.random(count) < society.agencies.listed[agency]) & ~work.enquiry
    return Cases(agency, work.affair, work.person, work.day + entered, closed, listed)


def done(society: Society, work: Applications, rng: np.random.Generator) -> Slips:
    """All interactive requests of honest work."""
    first = _checks(society, work, rng)
    reviews = _reviews(society, work, first, rng)
    return joined([first, reviews])


def _checks(society: Society, work: Applications, rng: np.random.Generator) -> Slips:
    application, slot, person = _wanted(society, work, rng)
    procedure = work.procedure[application]
    item = society.statutes.item[procedure, slot].astype(np.int64)
    asker = society.sections.agency[work.section[application]]
    provider = holder(society.agencies, society.citizens, RULES[item], person, asker)
    kept = provider >= 0
    application, person, item, provider = (column[kept] for column in (application, person, item, provider))
    day = _sitting_days(society, work, application, rng)
    official, at, sitting = _seated(society, work, application, day, rng)
    order = np.lexsort((rng.random(len(at)), sitting))
    at = at.copy()
    at[order] += paces(sitting[order], rng)
    ends = official >= 0
    heap = slips(
        len(at), at=at, requester=society.sections.agency[work.section[application]], provider=provider,
        procedure=work.procedure[application], item=item, section=work.section[application], official=official,
        terminal=terminals(society.agencies, society.staff, official, at // DAY), person=person,
        case=_written(society, work, application, official, rng),
        months=usual_months(society, work.procedure[application], item),
    )  # fmt: skip
    return heap.take(ends)


def _wanted(society: Society, work: Applications, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Application, check and person of every request that the procedures want made."""
    law, citizens = society.statutes, society.citizens
    agency = society.sections.agency[work.section]
    chance = law.chance[work.procedure] * np.where(work.enquiry, 0.0, 1.0)[:, None]
    habit = 0.35 + 0.85 * chances((agency[:, None] * 1000 + law.item[work.procedure]).ravel(), society.seed, 31)
    chance[:, 1:] *= np.minimum(habit.reshape(-1, SLOTS), 1)[:, 1:]
    wanted = (rng.random(chance.shape) < chance) & (law.item[work.procedure] >= 0)
    calls = np.flatnonzero(work.enquiry)
    filled = (law.item[work.procedure[calls]] >= 0).sum(axis=1)
    wanted[calls, (rng.random(len(calls)) ** 2 * filled).astype(int)] = True
    application, slot = np.nonzero(wanted)
    person = work.person[application]
    parts = [(application, slot, person)]
    household = citizens.household[work.person]
    begin, size = citizens.starts[household], citizens.starts[household + 1] - citizens.starts[household]
    shared = law.members[work.procedure[application], slot] & ~work.enquiry[application]
    for other in range(1, 5):
        rows = np.flatnonzero(shared & (size[application] > other) & (rng.random(len(shared)) < 0.6))
        place = (person[rows] - begin[application[rows]] + other) % size[application[rows]]
        parts.append((application[rows], slot[rows], begin[application[rows]] + place))
    a, s, p = (np.concatenate(column) for column in zip(*parts, strict=True))
    return a, s, p


def _sitting_days(society: Society, work: Applications, application: Ints, rng: np.random.Generator) -> Ints:
    """Most checks are made at once, others in one later sitting of the application."""
    later = 1 + rng.geometric(0.22, len(work))
    is_later = (rng.random(len(application)) < society.habits.later) & ~work.enquiry[application]
    day = work.day[application] + np.where(is_later, later[application], 0)
    closed = np.flatnonzero(~society.days.open)
    for _ in range(6):
        day = np.where(is_later & np.isin(day, closed), day + 1, day)
    return np.where(day < society.days.count, day, work.day[application])


def _seated(
    society: Society, work: Applications, application: Ints, day: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Who makes each check and when; checks of one application on one day are one sitting of one official."""
    sitting_key, sitting = np.unique(application * 1024 + day, return_inverse=True)
    owner, when = sitting_key // 1024, sitting_key % 1024
    section, affair = work.section[owner], work.affair[owner]
    first = np.r_[True, owner[1:] != owner[:-1]]
    official = on_duty(society.staff, section, affair, when, rng)
    begun = official[np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))]
    here = society.staff.presence[begun, when] > 0
    keeps = ~first & (begun >= 0) & here & (rng.random(len(owner)) > society.habits.hand_over)
    official = np.where(keeps, begun, official)
    at = when * DAY + moments(society.staff, official, when, rng)
    return official[sitting], at[sitting], sitting


def paces(sitting: Ints, rng: np.random.Generator) -> Ints:
    """Microseconds after the sitting's beginning: a request every half minute or so, with pauses."""
    gap = rng.gamma(1.6, 18, len(sitting)) + (rng.random(len(sitting)) < 0.08) * rng.exponential(400, len(sitting))
    first = np.r_[True, sitting[1:] != sitting[:-1]]
    run = np.cumsum(gap)
    start = np.maximum.accumulate(np.where(first, run, 0))
    return ((run - start) * 1e6 + rng.integers(0, 900_000, len(sitting))).astype(np.int64)


def _written(society: Society, work: Applications, application: Ints, official: Ints, rng: np.random.Generator) -> Ints:
    """The number that is written down: the application's, forgotten by some, a collective one for telephone calls."""
    agency = society.sections.agency[work.section[application]]
    fill = society.agencies.case_ref[agency]
    fill = fill * (1 - society.staff.forgets[official] * 1.2)
    written = rng.random(len(application)) < fill
    called = work.enquiry[application]
    collective = society.agencies.collective[agency] & (fill > 0)
    return np.where(called, np.where(collective, -2, -1), np.where(written, application, -1))


def usual_months(society: Society, procedure: Ints, item: Ints) -> Ints:
    """Each check asks about its usual period."""
    usual = np.array([1, 12, 12, 12, 24, 6, 3, 60])
    asked: Ints = usual[(chances(procedure * 100 + item, society.statutes.affair.size, 3) * 8).astype(int)]
    return asked


def _reviews(society: Society, work: Applications, made: Slips, rng: np.random.Generator) -> Slips:
    """A supervisor looks once more at what a colleague did some days before."""
    rows = np.flatnonzero(rng.random(len(made)) < society.habits.review * 0.5)
    again = made.take(rows)
    staff = society.staff
    chief = np.full(len(society.sections.agency), -1)
    bosses = np.flatnonzero(staff.supervisor)
    chief[staff.section[bosses]] = bosses
    boss = chief[again.section]
    day = np.minimum(again.day() + rng.integers(1, 12, len(rows)), society.days.count - 1)
    kept = (boss >= 0) & (staff.presence[boss, day] > 0)
    at = day * DAY + moments(staff, boss, day, rng)
    columns = {name: getattr(again, name) for name in ("requester", "provider", "procedure", "item", "section",
                                                       "person", "case", "months")}  # fmt: skip
    place = terminals(society.agencies, staff, boss, day)
    return slips(len(rows), at=at, official=boss, terminal=place, **columns).take(kept)
