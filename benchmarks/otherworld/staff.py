"""Officials: postings, presence, rhythm, terminals; and who of a section takes up what on which day."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.codes import chances, mixed
from benchmarks.otherworld.habits import KINDS, MUNICIPAL, Habits
from benchmarks.otherworld.nation import Agencies, Citizens, Days, Ints, Sections
from benchmarks.otherworld.statutes import AFFAIRS


@dataclass(frozen=True)
class Staff:
    """One element a posting; an official who is transferred within an agency has two, with one login."""

    login: Ints
    section: Ints
    agency: Ints
    starts: Ints
    ends: Ints
    """First and last day of the posting, as days of the period (may lie outside)."""
    share: NDArray[np.float64]
    likes: NDArray[np.float64]
    """(posting, affair): how much of an affair's work he takes."""
    presence: NDArray[np.float32]
    """(posting, day): 0 where he is away."""
    leaves: Ints
    """(absence, 3): posting, first and last day."""
    morning: NDArray[np.float64]
    busy_after_noon: NDArray[np.float64]
    overtime: NDArray[np.float64]
    forgets: NDArray[np.float64]
    supervisor: NDArray[np.bool_]
    person: Ints
    """Who he is as a citizen."""

    def of_section(self, section: int) -> Ints:
        return np.flatnonzero(self.section == section)


def hired(
    habits: Habits, agencies: Agencies, sections: Sections, citizens: Citizens, days: Days, rng: np.random.Generator
) -> Staff:
    """Draw the officials of all sections, with transfers, successors and absences."""
    section = np.repeat(np.arange(len(sections.staff)), sections.staff)
    login = np.arange(len(section))
    starts, ends = np.full(len(section), -rng.integers(60, 1500, len(section))), np.full(len(section), 10**6)
    section, login, starts, ends = _turnover(habits, sections, days, (section, login, starts, ends), rng)
    count = len(section)
    agency = sections.agency[section]
    supervisor = chances(login, 5) < 0.16
    share = rng.gamma(3.0, 1 / 3.0, count) * np.where(supervisor, 0.25, 1.0)
    share = np.where(_third_or_later(section) & agencies.two_desks[agency], share * 0.02, share)
    leaves = _leaves(starts, ends, days, rng)
    busy = rng.beta(1.2, 25, count) * habits.overtime / 0.046
    return Staff(
        login, section, agency, starts, ends, share, _likes(sections, section, rng),
        _presence(agencies, agency, (starts, ends), leaves, days, rng), leaves, rng.normal(0, 0.45, count),
        rng.beta(6, 5, count), np.minimum(busy, 0.5), rng.beta(0.7, 6, count), supervisor,
        _people(agencies, agency, citizens, login, rng),
    )  # fmt: skip


def _turnover(
    habits: Habits, sections: Sections, days: Days, postings: tuple[Ints, Ints, Ints, Ints], rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Some leave through the year and more at the end of March; half of the successors come from the same agency."""
    section, login, starts, ends = postings
    leave = rng.random(len(section)) < habits.turnover * days.count / 30
    when = rng.integers(0, days.count, len(section))
    april = [n for n in range(days.count) if (days.day(n).month, days.day(n).day) == (4, 1)]
    if april:
        transferred = rng.random(len(section)) < 0.22
        leave, when = leave | transferred, np.where(transferred, april[0] - 1, when)
    gone = np.flatnonzero(leave)
    ends = ends.copy()
    ends[gone] = when[gone]
    same = sections.agency[section]
    colleague = np.array([rng.choice(gone[same[gone] == same[one]]) for one in gone], dtype=int)
    inside = (rng.random(len(gone)) < 0.5) & (when[colleague] <= when[gone]) & (section[colleague] != section[gone])
    # One who moved takes one new post only.
    _, once = np.unique(np.where(inside, colleague, -1 - np.arange(len(gone))), return_index=True)
    inside &= np.isin(np.arange(len(gone)), once)
    fresh = len(login) + np.arange(len(gone))
    return (
        np.concatenate([section, section[gone]]),
        np.concatenate([login, np.where(inside, login[colleague], fresh)]),
        np.concatenate([starts, when[gone] + 1]),
        np.concatenate([ends, np.full(len(gone), 10**6)]),
    )


def _third_or_later(section: Ints) -> NDArray[np.bool_]:
    order = np.argsort(section, kind="stable")
    ranked = np.empty(len(section), int)
    begins = np.searchsorted(section[order], section[order])
    ranked[order] = np.arange(len(section)) - begins
    return ranked >= 2


def _likes(sections: Sections, section: Ints, rng: np.random.Generator) -> NDArray[np.float64]:
    """Desks: every official has an affair of his own, and lends a hand in the section's others."""
    mine = rng.random((len(section), len(AFFAIRS))) * sections.handles[section]
    taste = np.where(mine == mine.max(axis=1, keepdims=True), 1.0, mine**3 * 0.6 + 0.02)
    return np.where(sections.handles[section], taste, 0.0)


def _leaves(starts: Ints, ends: Ints, days: Days, rng: np.random.Generator) -> Ints:
    """Days off, a week in summer, and for one in twenty a long absence."""
    count = len(starts)
    short = rng.poisson(days.count / 55, count)
    posting = np.concatenate([np.repeat(np.arange(count), short), np.flatnonzero(rng.random(count) < 0.05)])
    first = rng.integers(0, days.count, len(posting))
    length = np.where(rng.random(len(posting)) < 0.75, 1, rng.integers(2, 8, len(posting)))
    length[short.sum() :] = rng.integers(25, 90, len(posting) - short.sum())
    last = np.minimum(first + length - 1, ends[posting])
    kept = (first >= starts[posting]) & (last >= first)
    return np.stack([posting[kept], first[kept], last[kept]], axis=1)


def _presence(
    agencies: Agencies, agency: Ints, posting: tuple[Ints, Ints], leaves: Ints, days: Days, rng: np.random.Generator
) -> NDArray[np.float32]:
    day = np.arange(days.count)
    open_days = days.open | (days.saturday & agencies.saturdays[:, None])
    here = open_days[agency] & (day >= posting[0][:, None]) & (day <= posting[1][:, None])
    mood = rng.gamma(4.0, 0.25, here.shape) * (rng.random(here.shape) > 0.06)
    weekday = 0.35 + 0.65 * rng.random((len(agency), 7))
    presence = np.asarray(here * mood * weekday[:, day % 7], np.float32)
    for one, first, last in leaves:
        presence[one, first : last + 1] = 0
    return presence


def _people(agencies: Agencies, agency: Ints, citizens: Citizens, login: Ints, rng: np.random.Generator) -> Ints:
    """Officials live where they work, or near; those of the state anywhere."""
    towns = agencies.of_kind(*MUNICIPAL)
    home = np.empty(len(agency), int)
    for n, place in enumerate(agency):
        near = towns[agencies.prefecture[towns] == agencies.prefecture[place]]
        near = near if len(near) else towns
        own = KINDS[agencies.kind[place]] in MUNICIPAL and rng.random() < 0.6
        home[n] = place if own else rng.choice(near)
    width = citizens.pool[home + 1] - citizens.pool[home]
    person = citizens.pool[home] + (chances(login, 77) * width).astype(int)
    _, first = np.unique(login, return_index=True)
    found: Ints = person[first][np.searchsorted(np.unique(login), login)]
    return found


def on_duty(staff: Staff, section: Ints, affair: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """An official for each piece of work: drawn from its section by share, desk and presence on the day."""
    taken = np.full(len(section), -1)
    group = section.astype(np.int64) * 64 + affair
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order], prepend=-1, append=-2))
    by_section = np.argsort(staff.section, kind="stable")
    first = np.searchsorted(staff.section[by_section], np.arange(section.max() + 2))
    luck = rng.random(len(section))
    for begin, end in itertools.pairwise(edges):
        rows = order[begin:end]
        here, what = section[rows[0]], affair[rows[0]]
        people = by_section[first[here] : first[here + 1]]
        weight = staff.presence[people][:, day[rows]] * (staff.share[people] * staff.likes[people, what])[:, None]
        total = weight.sum(axis=0)
        ladder = np.cumsum(weight, axis=0) / np.where(total > 0, total, 1)
        pick = np.minimum((ladder < luck[rows] * 0.999999).sum(axis=0), len(people) - 1)
        taken[rows] = np.where(total > 0, people[pick], -1)
    return taken


def moments(staff: Staff, official: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """Microseconds of the day at which an official sits down, by his own rhythm."""
    count = len(official)
    after_noon = rng.random(count) < staff.busy_after_noon[official]
    hour = np.where(after_noon, rng.normal(15.0, 1.25, count), rng.normal(10.4, 1.0, count)) + staff.morning[official]
    lunch = (hour > 12.0) & (hour < 13.0) & (chances(staff.login[official], 9) < 0.75)
    hour = np.where(lunch, hour + rng.choice([-1.1, 1.05], count), hour)
    hour = np.clip(hour, 8.5 + rng.random(count) * 0.2, 17.2 + rng.random(count) * 0.3)
    late = rng.random(count) < staff.overtime[official]
    hour = np.where(late, 17.4 + rng.exponential(1.1, count), hour)
    return (np.minimum(hour, 22.9) * 3.6e9).astype(np.int64)


def terminals(agencies: Agencies, staff: Staff, official: Ints, day: Ints) -> Ints:
    """The terminal at which an official sits that day: his own, a neighbour's now and then, or one of a pool."""
    section = staff.section[official]
    shared = agencies.shared_terminals[staff.agency[official]]
    pool = mixed(staff.login[official], day, 3) % np.uint64(4)
    own = staff.login[official] * 2 + 1
    guest = chances(staff.login[official], day, 8) < 0.02
    neighbour = staff.login[np.minimum(official + 1, len(staff.login) - 1)] * 2 + 1
    same = staff.section[np.minimum(official + 1, len(staff.login) - 1)] == section
    return np.where(shared, (section * 4 + pool.astype(int)) * 2, np.where(guest & same, neighbour, own))
