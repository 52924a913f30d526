"""Departments, officials with their habits, postings, absences and terminals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.simulator.chance import Bools, Floats, Ints, Small, ragged, running, stream, unit
from data_samples.simulator.country import Country
from data_samples.simulator.law import FIELDS, MUNICIPAL
from data_samples.simulator.seasons import ORIGIN, Year
from data_samples.simulator.settings import DAY, Settings

LONG_AGO = -2000
FAR = 20_000
_MINUTE = 60_000_000
EMERGENCY = 0.12
"""Share of evening work from which a department counts as having night duty (child guidance, hospitals)."""


@dataclass(frozen=True)
class Departments:
    """Departments as parallel arrays, those of an agency side by side."""

    agency: Small
    first_of_agency: Ints
    kinds: Ints
    """How many different departments an agency has; each exists in `branches` offices."""
    branches: Ints

    def responsible(self, agency: Ints, field: Small, r: Floats) -> Ints:
        """The department that handles a field; in large agencies one of its offices."""
        kind = field * self.kinds[agency] // len(FIELDS)
        office = np.minimum((r * self.branches[agency]).astype(np.int64), self.branches[agency] - 1)
        return self.first_of_agency[agency] + office * self.kinds[agency] + kind


@dataclass(frozen=True)
class Staff:
    """Postings as parallel arrays, sorted by department; a transferred official has two of them."""

    departments: Departments
    user: Small
    department: Small
    valid_from: Ints
    valid_to: Ints
    weight: Floats
    opens: Ints
    """Minute of the day at which the official begins; likewise below."""
    closes: Ints
    lunch: Ints
    weekdays: Bools
    """(postings, 7)"""
    overtime: Floats
    weekend: Bools
    """Who has weekend duty: some towns open on Saturdays, and some people catch up."""
    terminal: Small
    counter: Small
    dormant_from: Ints
    absent_posting: Ints
    absent_from: Ints
    absent_to: Ints
    first_of_department: Ints
    last_of_department: Ints
    users: int
    terminals: int

    def __len__(self) -> int:
        return len(self.user)

    @property
    def agency(self) -> Small:
        """The agency of each posting."""
        return self.departments.agency[self.department]

    def present(self, monday: int, year: Year) -> Bools:
        """(postings, 7): who is at work on which day of a week."""
        days = monday + np.arange(7)
        there = (self.valid_from[:, None] <= days) & (days <= self.valid_to[:, None])
        there &= (self.weekdays & year.works(days)) | (self.weekend[:, None] & ~year.works(days))
        there &= days < self.dormant_from[:, None]
        hit = (self.absent_from <= monday + 6) & (self.absent_to >= monday)
        away = (self.absent_from[hit, None] <= days) & (days <= self.absent_to[hit, None])
        np.logical_and.at(there, self.absent_posting[hit], ~away)
        return there

    def shares(self, present: Bools) -> Floats:
        """Cumulative weights of those who work at all in a week, for weighted choice."""
        return running(self.weight * present.any(axis=1))

    def moment(self, posting: Ints, day: Ints, rng: np.random.Generator) -> Ints:
        """A time of day, in microseconds since 1970, at which this official sits at the screen."""
        r = rng.random(len(posting))
        opens, closes, lunch = self.opens[posting], self.closes[posting], self.lunch[posting]
        # Two busy stretches, mid-morning and mid-afternoon, stronger for some than for others.
        bend = 0.06 * np.sin(4 * np.pi * r + 6.28 * unit(posting, 5))
        minute = opens + np.clip(r + bend, 0, 1) * (closes - opens - 60)
        minute = np.where(minute >= lunch, minute + 60, minute)
        late = rng.random(len(posting)) < self.overtime[posting]
        evening = np.where(self.overtime[posting] > EMERGENCY, 150, 55)
        minute = np.where(late, closes + evening * rng.exponential(1, len(posting)), minute)
        minute = np.where(minute > 1430, closes + 200 * rng.random(len(posting)), minute)
        return day * DAY + (minute * _MINUTE).astype(np.int64) + rng.integers(0, _MINUTE, len(posting))


def hire(settings: Settings, country: Country) -> Staff:
    """Officials for every agency, and their moves over the period."""
    rng = stream(settings.seed, 3)
    heads = _headcount(settings, country)
    departments = _departments(country, heads)
    owner, _ = ragged(heads)
    place = rng.random(len(owner))
    base = departments.first_of_agency[owner]
    size = departments.kinds[owner] * departments.branches[owner]
    department = base + np.minimum((place**1.4 * size).astype(np.int64), size - 1)
    user = np.arange(len(owner))
    start = np.full(len(owner), settings.first_day + LONG_AGO)
    end = np.full(len(owner), settings.first_day + FAR)
    moves = _moves(settings, department, base, size, end, rng)
    user = np.concatenate([user, moves.user])
    department = np.concatenate([department, moves.department])
    start, end = np.concatenate([start, moves.start]), np.concatenate([end, moves.end])
    order = np.lexsort((user, start, department))
    return _furnish(settings, departments, user[order], department[order], start[order], end[order], rng)


def _headcount(settings: Settings, country: Country) -> Ints:
    share = country.volume**0.75
    heads = np.maximum(2, np.round(settings.official_target * share / share.sum()))
    fitted: Ints = np.maximum(2, np.round(heads * settings.official_target / heads.sum())).astype(np.int64)
    return fitted


def _departments(country: Country, heads: Ints) -> Departments:
    most = np.where(country.agency_class == MUNICIPAL, len(FIELDS), 6)
    kinds = np.clip(heads // 3, 2, most)
    branches = np.maximum(1, heads // 45)
    total = kinds * branches
    return Departments(
        np.repeat(np.arange(len(country), dtype=np.int32), total), np.cumsum(total) - total, kinds, branches
    )


@dataclass(frozen=True)
class _Moves:
    user: Ints
    department: Ints
    start: Ints
    end: Ints


def _moves(settings: Settings, department: Ints, base: Ints, size: Ints, end: Ints, rng: np.random.Generator) -> _Moves:
    """Transfers and hires: a fifth of all on 1 April, some on 1 October, a trickle at other times.

    Ends the old postings (changes `end`); every second mover stays in the agency under the same ID, the
    others leave and a new official takes the seat.
    """
    first, span = settings.first_day, settings.weeks * 7
    days = np.arange(first - 90, first + span)
    dates = ORIGIN.toordinal() + days
    share = np.full(len(days), 0.0005)
    for index, number in enumerate(dates):
        day = ORIGIN.fromordinal(int(number))
        share[index] += {(4, 1): 0.2, (10, 1): 0.03, (7, 1): 0.01}.get((day.month, day.day), 0.0)
    r = rng.random(len(department))
    cumulative = np.cumsum(share)
    moving = np.flatnonzero(r < cumulative[-1])
    when = days[np.searchsorted(cumulative, r[moving], side="right")]
    end[moving] = when - 1
    stays = rng.random(len(moving)) < 0.5
    other = base[moving] + (rng.random(len(moving)) * size[moving]).astype(np.int64)
    newcomers = np.arange(len(moving)) + len(department)
    return _Moves(
        np.where(stays, moving, newcomers),
        np.where(stays, other, department[moving]),
        when,
        np.full(len(moving), first + FAR),
    )


def _furnish(
    settings: Settings,
    departments: Departments,
    user: Ints,
    department: Ints,
    start: Ints,
    end: Ints,
    rng: np.random.Generator,
) -> Staff:
    """Habits, desks and leave for every posting. Habits hang on the person, so they survive a transfer."""
    n = len(user)
    count = np.bincount(department, minlength=len(departments.agency))
    opens = np.array([510, 525, 480, 540])[(unit(user, 1) * 4).astype(int)] + (unit(user, 2) * 20).astype(int)
    part_time = unit(user, 3) < 0.12
    hours = np.where(part_time, 300 + 60 * (unit(user, 4) * 3).astype(int), 525)
    absent = _absences(settings, n, start, rng)
    counters = np.flatnonzero(count > 0)
    counter_of = np.zeros(len(count), dtype=np.int32)
    counter_of[counters] = n + np.arange(len(counters))
    habit = np.where(unit(user, 9) < 0.25, 0.10 * unit(user, 10), 0.004)
    quits = np.where(
        unit(user, 6) < 0.015,
        settings.first_day + (unit(user, 7) * settings.weeks * 4).astype(int),
        settings.first_day + FAR,
    )
    return Staff(
        departments=departments,
        user=user.astype(np.int32),
        department=department.astype(np.int32),
        valid_from=start,
        valid_to=end,
        weight=np.exp(1.0 * rng.standard_normal(n)) * np.where(part_time, 0.5, 1.0),
        opens=opens,
        closes=opens + hours,
        lunch=np.array([720, 720, 690, 780])[(unit(user, 8) * 4).astype(int)],
        weekdays=_weekdays(user, part_time),
        overtime=np.where(unit(department, 63) < 0.03, 0.2, habit),
        weekend=(habit > 0.06) | (unit(departments.agency[department].astype(np.int64), 64) < 0.08),
        terminal=np.arange(n, dtype=np.int32),
        counter=counter_of[department],
        dormant_from=quits,
        absent_posting=absent[0],
        absent_from=absent[1],
        absent_to=absent[2],
        first_of_department=np.cumsum(count) - count,
        last_of_department=np.cumsum(count),
        users=int(user.max()) + 1,
        terminals=n + len(counters),
    )


def _weekdays(user: Ints, part_time: Bools) -> Bools:
    days = np.ones((len(user), 7), dtype=bool)
    off = (unit(user, 12) * 5).astype(int)
    days[part_time, off[part_time]] = False
    days[part_time, (off[part_time] + 2) % 5] = False
    return days


def _absences(settings: Settings, n: int, start: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """A few long leaves at any time, and a week or some days of holiday now and then."""
    span = settings.weeks * 7
    long = np.flatnonzero(rng.random(n) < 0.02 + 0.0004 * span)
    short = rng.integers(0, n, round(n * span / 90))
    begins = np.concatenate([rng.integers(-60, span, len(long)), rng.integers(0, span, len(short))])
    lasts = np.concatenate([rng.integers(28, 180, len(long)), rng.choice([2, 3, 4, 6, 9], len(short))])
    who = np.concatenate([long, short])
    begins = np.maximum(begins + settings.first_day, start[who])
    return who, begins, begins + lasts
