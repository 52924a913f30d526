"""Work at screens: applications come in, officials sit down and ask, some days and several times for each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np

from data_samples.simulator.chance import Bools, Floats, Ints, choose, ragged, stream, unit
from data_samples.simulator.country import Country, household_of, household_size, settle
from data_samples.simulator.desks import Desks, open_desks
from data_samples.simulator.law import MUNICIPAL, Law, enact
from data_samples.simulator.requests import NOBODY, Requests
from data_samples.simulator.seasons import Year, calendar
from data_samples.simulator.settings import DAY, Settings
from data_samples.simulator.staff import Staff, hire

FOCUS = 0.35
"""How much of a department shares one procedure: officials specialise, with some overlap."""


@dataclass(frozen=True)
class World:
    """All that stays the same over the weeks."""

    settings: Settings

    @cached_property
    def law(self) -> Law:
        """What may be asked."""
        return enact(self.settings)

    @cached_property
    def country(self) -> Country:
        """Who asks and who answers."""
        return settle(self.settings)

    @cached_property
    def staff(self) -> Staff:
        """Who sits at the screens."""
        return hire(self.settings, self.country)

    @cached_property
    def desks(self) -> Desks:
        """Who does what."""
        return open_desks(self.settings, self.law, self.country)

    @cached_property
    def year(self) -> Year:
        """When offices are open."""
        return calendar(self.settings)


@dataclass(frozen=True)
class Cases:
    """Applications, one element each."""

    case: Ints
    agency: Ints
    procedure: Ints
    person: Ints
    opened: Ints
    closed: Ints


@dataclass(frozen=True)
class Sittings:
    """An official about to sit down with a case: one element each. `seat` says where in the department."""

    case: Ints
    agency: Ints
    department: Ints
    procedure: Ints
    person: Ints
    people: Ints
    day: Ints
    seat: Floats
    event: Ints

    def take(self, which: Bools | Ints) -> Sittings:
        """Some of them."""
        return Sittings(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    @staticmethod
    def joined(parts: list[Sittings]) -> Sittings:
        """All of some parts."""
        return Sittings(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Sittings)})


@dataclass
class Week:
    """What is known of one week while it is made."""

    world: World
    number: int
    monday: int
    present: Bools = field(init=False)
    shares: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.present = self.world.staff.present(self.monday, self.world.year)
        self.shares = self.world.staff.shares(self.present)

    def rng(self, purpose: int) -> np.random.Generator:
        """Randomness of this week for one purpose."""
        return stream(self.world.settings.seed, 100 + self.number, purpose)

    def holds(self, day: Ints) -> Bools:
        """Which days are this week's."""
        return (day >= self.monday) & (day < self.monday + 7)

    def posted(self, department: Ints, day: Ints, seat: Floats, rng: np.random.Generator) -> Ints:
        """An official of the department who is there on the day; -1 if after three tries nobody is."""
        staff = self.world.staff
        first, last = staff.first_of_department[department], staff.last_of_department[department]
        found = choose(seat, self.shares, first, last)
        for _ in range(3):
            missing = (found < 0) | ~self.present[found, day - self.monday]
            if not missing.any():
                break
            found[missing] = choose(rng.random(int(missing.sum())), self.shares, first[missing], last[missing])
        missing = (found < 0) | ~self.present[found, day - self.monday]
        return np.where(missing, -1, found)


def new_cases(week: Week, first_case: int) -> tuple[Cases, Sittings]:
    """The applications of a week and all sittings that they will cause, this week and later."""
    world, rng = week.world, week.rng(1)
    desks, law = world.desks, world.law
    rate = desks.rate * desks.course(world.settings, law, world.country, world.year, week.monday)
    desk, _ = ragged(rng.poisson(rate))
    n = len(desk)
    agency, procedure = desks.agency[desk].astype(np.int64), desks.procedure[desk].astype(np.int64)
    opened = world.year.next_working(week.monday + rng.choice(7, n, p=[0.24, 0.2, 0.19, 0.19, 0.18, 0.0, 0.0]))
    person = applicants(world, agency, rng)
    case = first_case + np.arange(n)
    lasts = rng.gamma(1.6, 14, n).astype(np.int64) + 1
    cases = Cases(case, agency, procedure, person, opened - rng.integers(0, 4, n), opened + lasts)
    whole = rng.random(n) < law.household[procedure]
    people = np.where(whole, household_size(person), 1)
    department = world.staff.departments.responsible(agency, law.field[procedure], rng.random(n))
    parts = _sittings(world, cases, department, people, opened, rng)
    # Nobody opens a file for every question at the counter: such look-ups stand alone, and are honest.
    kept = rng.random(n) >= 0.03
    loose = np.isin(parts.case, case[~kept])
    sittings = Sittings(
        **{
            **{f.name: getattr(parts, f.name) for f in fields(parts)},
            "case": np.where(loose, NOBODY, parts.case),
        }
    )
    return Cases(**{f.name: getattr(cases, f.name)[kept] for f in fields(cases)}), sittings


def applicants(world: World, agency: Ints, rng: np.random.Generator) -> Ints:
    """People who apply: a town's residents, for others people from where they work; some come often."""
    country = world.country
    local = country.agency_class[agency] == MUNICIPAL
    town = np.where(local, agency, country.neighbour(agency, rng.random(len(agency))))
    return country.resident(town, rng.random(len(agency)) ** 2)


def _sittings(
    world: World, cases: Cases, department: Ints, people: Ints, opened: Ints, rng: np.random.Generator
) -> Sittings:
    n = len(opened)
    owner, order = ragged(1 + np.minimum(rng.geometric(0.68, n) - 1, 6))
    gap = np.where(order == 0, rng.exponential(0.5, len(owner)), 0.3 + rng.exponential(3.5, len(owner)))
    total = np.cumsum(gap)
    start = np.flatnonzero(order == 0)
    since = total - np.repeat(total[start] - gap[start], np.diff(np.append(start, len(owner))))
    day = world.year.next_working(opened[owner] + since.astype(np.int64))
    usual = (unit(cases.procedure + 7919 * department, 14) + FOCUS * rng.random(n)) % 1.0
    day = _moved_to_days_off(world, cases.agency[owner], day, rng)
    seat = np.where((order == 0) | (rng.random(len(owner)) < 0.7), usual[owner], rng.random(len(owner)))
    helped = rng.random(len(owner)) < 0.02
    departments = world.staff.departments
    anywhere = departments.first_of_agency[cases.agency[owner]] + (
        rng.random(len(owner)) * (departments.kinds * departments.branches)[cases.agency[owner]]
    ).astype(np.int64)
    return Sittings(
        cases.case[owner],
        cases.agency[owner],
        np.where(helped, anywhere, department[owner]),
        cases.procedure[owner],
        cases.person[owner],
        people[owner],
        day,
        seat,
        np.full(len(owner), -1),
    )


def _moved_to_days_off(world: World, agency: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """Some sittings fall on a weekend, more of them where counters open on Saturdays."""
    opens = unit(agency, 64) < 0.08
    r = rng.random(len(day))
    monday = day - (day + 3) % 7
    return np.where(r < np.where(opens, 0.05, 0.002), monday + np.where(r < 0.0005, 6, 5), day)


def asked(week: Week, sittings: Sittings, purpose: int = 2) -> Requests:
    """The requests of this week's sittings: every subject, the items that the procedure needs."""
    rng = week.rng(purpose)
    posting = week.posted(sittings.department, sittings.day, sittings.seat, rng)
    there = posting >= 0
    s, posting = sittings.take(there), posting[there]
    moment = week.world.staff.moment(posting, s.day, rng)
    # Counter duty is by the half day, so that one ID is seldom on two terminals at once.
    half_day = moment // (DAY // 2)
    at_counter = unit(posting * 100_003 + half_day, 15) < np.where(unit(posting, 19) < 0.3, 0.45, 0.02)
    own_desk = ~at_counter
    staff = week.world.staff
    terminal = np.where(own_desk, staff.terminal[posting], staff.counter[posting])
    referenced = rng.random(len(posting)) >= week.world.country.unreferenced[s.agency]
    return itemised(week.world, s, posting, moment, terminal, np.where(referenced, s.case, NOBODY), rng)


def itemised(
    world: World,
    s: Sittings,
    posting: Ints,
    moment: Ints,
    terminal: Ints,
    case: Ints,
    rng: np.random.Generator,
    usual: Floats | None = None,
) -> Requests:
    """Requests of sittings whose official, time, terminal and reference are settled."""
    law = world.law
    visit, member = ragged(s.people)
    person = np.where(member == 0, s.person[visit], household_of(s.person[visit]) + member)
    pair, place = ragged(law.count[s.procedure[visit]])
    line = law.first[s.procedure[visit[pair]]] + place
    wanted = rng.random(len(line)) < (law.usual if usual is None else usual)[line]
    pair, line = pair[wanted], line[wanted]
    v = visit[pair]
    pace = rng.lognormal(3.2, 0.6, len(s.day))[v]
    rank = _rank(v)
    time = moment[v] + ((rank + 0.7 * rng.random(len(v))) * pace * 1e6).astype(np.int64)
    agency = s.agency[v]
    return Requests.of(
        {
            "time": time,
            "agency": agency,
            "provider": world.country.provider(agency, person[pair], law.provider_class[line]),
            "procedure": s.procedure[v],
            "item": law.item[line],
            "department": world.staff.department[posting[v]],
            "posting": posting[v],
            "user": world.staff.user[posting[v]],
            "terminal": terminal[v],
            "person": person[pair],
            "case": case[v],
            "event": s.event[v],
        }
    )


def _rank(group: Ints) -> Ints:
    """The place of each element within its run of equal values."""
    start = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(start, np.diff(np.append(start, len(group))))
