"""The stage on which events are played: who could do it, on which days, and how a look-up becomes slips."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.lives import Society, in_force
from benchmarks.otherworld.nation import Ints, holder
from benchmarks.otherworld.slips import DAY, Slips, slips
from benchmarks.otherworld.staff import moments, terminals
from benchmarks.otherworld.statutes import RELIEF
from benchmarks.otherworld.work import RULES, Cases, paces, usual_months

WEEKS = 8
"""Events happen in the last weeks of a period."""
NO_CASE, OWN_CASES = "none", "own"
TRIES = 14


@dataclass(frozen=True)
class Look:
    """How an official looks: what a series of look-ups has in common; None where his own ways apply."""

    checks: tuple[int, int] = (1, 2)
    """Requests for each person and day, least and most."""
    hours: tuple[float, float] | None = None
    procedures: Ints | None = None
    case: str = NO_CASE
    """What stands in case_ref: nothing, or the number of another application the official has at hand."""
    terminal: int | None = None
    miss: float = -1.0
    months: int | None = None
    apart: bool = False
    """One sitting for each person, not for each day."""


PLAIN = Look()


@dataclass
class Stage:
    """The honest world, and what is added to it."""

    society: Society
    heap: Slips
    cases: Cases
    rng: np.random.Generator
    used: set[int] = field(default_factory=set)
    """Agencies and sections are used again, officials only once."""

    def __post_init__(self) -> None:
        self.order = np.argsort(self.heap.official, kind="stable")
        count = len(self.society.staff.login)
        self.edges = np.searchsorted(self.heap.official[self.order], np.arange(count + 1))
        self.first_day = max(0, self.society.days.count - WEEKS * 7)
        days = self.society.days.count
        agency = self.society.staff.agency
        ends = self.first_day + np.zeros(len(agency), int)
        self.seen = self.society.agencies.grade_on(agency, ends) >= 1
        self.present = (self.society.staff.presence[:, self.first_day : days] > 0).sum(axis=1)

    def rows_of(self, official: int) -> Ints:
        """Honest interactive slips of a posting, as rows of the heap."""
        return self.order[self.edges[official] : self.edges[official + 1]]

    def anyone(self, among: NDArray[np.bool_] | None = None, least: int = 12, days: int = 15) -> int:
        """An official not used yet, whose work is seen and who is there for much of the last weeks."""
        busy = np.diff(self.edges) >= least
        fit = self.seen & busy & (self.present >= days) & ~self.society.staff.supervisor
        fit &= ~np.isin(self.society.staff.login, list(self.used))
        if among is not None:
            fit &= among
        if not fit.any():
            raise LookupError("nobody fits")
        chosen = int(self.rng.choice(np.flatnonzero(fit)))
        self.used.add(int(self.society.staff.login[chosen]))
        return chosen

    def colleagues(self, official: int, same_section: bool = True) -> Ints:
        """Others of the section or agency who are there."""
        staff = self.society.staff
        group = staff.section if same_section else staff.agency
        fit = (group == group[official]) & (self.present > 12) & (staff.login != staff.login[official])
        return np.flatnonzero(fit & (np.diff(self.edges) > 5))

    def days_of(self, official: int, number: int, span: int | None = None) -> Ints:
        """Days on which he works, in order: some of the last weeks, or of a span of days within them."""
        here = np.flatnonzero(self.society.staff.presence[official, self.first_day :] > 0) + self.first_day
        if span is not None:
            begin = self.rng.choice(here[: max(1, len(here) - span // 2)])
            here = here[(here >= begin) & (here < begin + span)]
        return np.sort(self.rng.choice(here, min(number, len(here)), replace=False))

    def someone_near(self, official: int, number: int, abroad: float = 0.35) -> Ints:
        """Persons he may know: of his own town, some from elsewhere; each of another household."""
        citizens = self.society.citizens
        home = int(citizens.home[self.society.staff.person[official]])
        near = self.rng.integers(citizens.pool[home], citizens.pool[home + 1], number)
        far = self.rng.integers(0, len(citizens.home), number)
        return np.where(self.rng.random(number) < abroad, far, near)

    def usual(self, official: int) -> Ints:
        """The procedures of his own work, as often as he carries them out."""
        procedures = self.heap.procedure[self.rows_of(official)].astype(np.int64)
        own: Ints = procedures[self.society.statutes.affair[procedures] != RELIEF]
        return own

    def at_hand(self, official: int, day: Ints) -> Ints:
        """For each day the number of an application that he worked on lately, -1 where he writes none."""
        rows = self.rows_of(official)
        rows = rows[self.heap.case[rows] >= 0]
        if not len(rows):
            return np.full(len(day), -1)
        rows = rows[np.argsort(self.heap.at[rows])]
        place = np.searchsorted(self.heap.day()[rows], day) - self.rng.integers(0, 6, len(day))
        lately: Ints = self.heap.case[rows[np.clip(place, 0, len(rows) - 1)]].astype(np.int64)
        return lately

    def look(self, official: int, persons: Ints, days: Ints, how: Look = PLAIN) -> Slips:
        """Slips of an official who looks at each person on the day beside it, in his own manner but for `how`."""
        society, rng = self.society, self.rng
        number = rng.integers(how.checks[0], how.checks[1] + 1, len(persons))
        visit = np.repeat(np.arange(len(persons)), number)
        person, day = np.asarray(persons)[visit], np.asarray(days)[visit]
        pool = self.usual(official) if how.procedures is None else how.procedures
        asker = int(society.staff.agency[official])
        procedure, item, provider = self.resolved(pool, visit, person, day, asker)
        sitting = visit if how.apart else day
        keys, place = np.unique(sitting, return_inverse=True)
        sat = np.array([day[place == n][0] for n in range(len(keys))], dtype=int)
        at = (sat * DAY + self._sat_down(official, sat, how))[place]
        order = np.lexsort((visit, place))
        at[order] += paces(place[order], rng)
        case = self.at_hand(official, day) if how.case == OWN_CASES else np.full(len(day), -1)
        if how.case == NO_CASE and society.agencies.collective[asker] and rng.random() < 0.5:
            case = np.full(len(day), -2)
        own = terminals(society.agencies, society.staff, np.full(len(day), official), at // DAY)
        months = usual_months(society, procedure, item) if how.months is None else how.months
        heap = slips(
            len(day), at=at, requester=asker, provider=provider, procedure=procedure, item=item, person=person,
            section=int(society.staff.section[official]), official=official, case=case, months=months, miss=how.miss,
            terminal=own if how.terminal is None else how.terminal,
        )  # fmt: skip
        return heap.take(provider >= 0)

    def _sat_down(self, official: int, days: Ints, how: Look) -> Ints:
        if how.hours is None:
            return moments(self.society.staff, np.full(len(days), official), days, self.rng)
        return (self.rng.uniform(*how.hours, len(days)) * 3.6e9).astype(np.int64)

    def resolved(self, pool: Ints, visit: Ints, person: Ints, day: Ints, asker: int) -> tuple[Ints, Ints, Ints]:
        """Procedure, item and provider of each look: the first of some tries for which another agency holds the item."""
        law, society = self.society.statutes, self.society
        tries = self.rng.choice(pool, (visit.max() + 1, TRIES))[visit]
        tries = in_force(society, tries, day[:, None])
        filled = (law.item[tries] >= 0).sum(axis=2)
        slot = (self.rng.random(tries.shape) * filled).astype(int)
        item = law.item[tries, slot].astype(np.int64)
        who = np.repeat(person, TRIES)
        held = holder(society.agencies, society.citizens, RULES[item.ravel()], who, np.full(len(who), asker))
        held = held.reshape(item.shape)
        good = (held >= 0).argmax(axis=1)
        rows = np.arange(len(visit))
        return tries[rows, good], item[rows, good], held[rows, good]

    def opened(self, official: int, persons: Ints, days: Ints, affair: int, stays: int = 30) -> Ints:
        """New applications, entered on the days; the numbers as the agency writes them (-1 where it does not)."""
        first, agency = len(self.cases.agency), int(self.society.staff.agency[official])
        count = len(persons)
        self.cases = self.cases.with_more(
            np.full(count, agency), np.full(count, affair), np.asarray(persons), np.asarray(days),
            np.asarray(days) + stays,
        )  # fmt: skip
        unlisted = self.rng.random(count) >= self.society.agencies.listed[agency]
        self.cases.listed[first:] &= ~unlisted
        written = self.rng.random(count) < self.society.agencies.case_ref[agency]
        return np.where(written, first + np.arange(count), -1)


def with_case(heap: Slips, case: Ints | int) -> Slips:
    """The same slips with other case numbers."""
    return replace(heap, case=np.broadcast_to(np.asarray(case), len(heap)).astype(np.int32))
