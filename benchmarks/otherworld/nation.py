"""The nation: agencies with their policies, sections, and the citizens they serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.codes import municipality_code
from benchmarks.otherworld.habits import KINDS, MUNICIPAL, Habits
from benchmarks.otherworld.statutes import (
    AFFAIRS,
    ELSEWHERE,
    HOME,
    INSURER,
    MINISTRY,
    OTHER,
    PENSION,
    PREFECTURE,
    PREVIOUS,
    SECTIONS,
)  # fmt: skip
from features.contract.holidays import holidays

Ints = NDArray[np.signedinteger[Any]]
_SIZES = {"designated_city": (1.1e6, 0.35), "city": (7.5e4, 0.7), "ward": (2.6e5, 0.5), "town": (1.4e4, 0.5),
          "village": (3.2e3, 0.5)}  # fmt: skip
_STAFF = {"ministry": 24, "prefecture": 18, "insurer": 4.5, "pension": 42, "other": 6}
_ROOMS = {"village": 1, "town": 3, "city": 7, "ward": 9, "designated_city": 9}
"""How many sections the affairs of a municipality are spread over."""


@dataclass(frozen=True)
class Days:
    """The period, day by day from a Monday."""

    first: date
    weeks: int
    open: NDArray[np.bool_]
    saturday: NDArray[np.bool_]
    month: Ints

    @property
    def count(self) -> int:
        return self.weeks * 7

    def day(self, number: int) -> date:
        return self.first + timedelta(days=int(number))

    def number(self, day: date) -> int:
        return (day - self.first).days


@dataclass(frozen=True)
class Agencies:
    """One element an agency; policies are drawn once."""

    kind: Ints
    code: NDArray[np.str_]
    prefecture: Ints
    municipality: NDArray[np.str_]
    population: Ints
    grade: Ints
    """0 A, 1 B, 2 C, at the beginning."""
    better_from: Ints
    """The day from which the grade is one higher; beyond the period where it stays."""
    case_ref: NDArray[np.float64]
    collective: NDArray[np.bool_]
    two_desks: NDArray[np.bool_]
    shared_terminals: NDArray[np.bool_]
    rotating: NDArray[np.bool_]
    saturdays: NDArray[np.bool_]
    stale_accounts: NDArray[np.bool_]
    in_accounts: NDArray[np.bool_]
    listed: NDArray[np.float64]
    """Share of the applications that stand in the cases table."""
    workload: NDArray[np.float64]
    style: Ints
    """How it writes its numbers."""

    def of_kind(self, *kinds: str) -> Ints:
        return np.flatnonzero(np.isin(self.kind, [KINDS.index(kind) for kind in kinds]))

    def grade_on(self, agency: Ints, day: Ints) -> Ints:
        return np.minimum(2, self.grade[agency] + (day >= self.better_from[agency]))


@dataclass(frozen=True)
class Citizens:
    """Persons stand together by household, households by municipality."""

    home: NDArray[np.int16]
    household: NDArray[np.int32]
    starts: Ints
    """First person of each household, and one more at the end."""
    previous: NDArray[np.int16]
    elsewhere: NDArray[np.int16]
    insurer: NDArray[np.int16]
    protected: NDArray[np.bool_]
    pool: Ints
    """First person of each agency's own pool (municipalities), and one more at the end."""
    insured: Ints
    insured_from: Ints
    """Persons in the order of their insurers, and where each agency's begin."""

    def family(self, person: int) -> list[int]:
        household = int(self.household[person])
        return list(range(int(self.starts[household]), int(self.starts[household + 1])))


@dataclass(frozen=True)
class Sections:
    """Sections of agencies; `handles` says which affairs."""

    agency: Ints
    handles: NDArray[np.bool_]
    staff: Ints
    first: Ints
    """(agency, affair): a section that handles it, or -1; branches follow it."""
    branches: Ints


def period(last_week: str, weeks: int) -> Days:
    """The days up to the end of a week."""
    year, number = (int(part) for part in last_week.split("-W"))
    first = date.fromisocalendar(year, number, 1) - timedelta(weeks=weeks - 1)
    days = [first + timedelta(days=n) for n in range(weeks * 7)]
    free = {day for y in {d.year for d in days} for day in holidays(y)}
    year_end = [(d.month, d.day) in {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)} for d in days]
    working = np.array([d.weekday() < 5 and d not in free for d in days]) & ~np.array(year_end)
    saturday = np.array([d.weekday() == 5 and d not in free for d in days])
    return Days(first, weeks, working, saturday, np.array([d.month for d in days]))


def founded(habits: Habits, count: int, days: Days, rng: np.random.Generator) -> Agencies:
    """Draw agencies and their policies."""
    wanted = np.array(habits.kinds) * count
    number = np.maximum(np.floor(wanted), (wanted > 0) & (count >= 20)).astype(int)
    number[KINDS.index("city")] += count - number.sum()
    kind = np.repeat(np.arange(len(KINDS)), number)
    prefectures = max(1, int(number[KINDS.index("prefecture")]))
    prefecture = np.where(kind == KINDS.index("prefecture"), np.arange(count) - number[0], 0)
    prefecture = np.where(np.isin(kind, [0, 8, 9]), -1, prefecture)
    free = np.isin(kind, [KINDS.index(name) for name in (*MUNICIPAL, "insurer")])
    prefecture[free] = np.minimum((rng.beta(0.8, 1.3, free.sum()) * prefectures).astype(int), prefectures - 1)
    grade = rng.choice(3, count, p=habits.grades)
    upgraded = rng.random(count) < habits.upgraded
    silent = rng.random(count) < habits.no_case_ref
    fill = np.clip(rng.beta(habits.case_ref * 14, (1 - habits.case_ref) * 14, count), 0, 1)
    entered = rng.beta(habits.cases_listed * 10, (1 - habits.cases_listed) * 10, count)

    def policy(share: float) -> NDArray[np.bool_]:
        return rng.random(count) < share

    municipality, population = _places(kind, prefecture, rng)
    return Agencies(
        kind, _agency_codes(kind, municipality, rng), prefecture, municipality, population, grade,
        np.where(upgraded, rng.integers(days.count // 5, days.count, count), 10**6), np.where(silent, 0, fill),
        policy(habits.collective_ref), policy(habits.two_desks), policy(habits.shared_terminals),
        policy(habits.rotating_ids), policy(habits.saturdays), policy(habits.stale_accounts), policy(habits.accounts),
        np.where(policy(habits.cases), entered, 0.0), rng.lognormal(-(habits.spread**2) / 2, habits.spread, count),
        rng.integers(0, 4, count),
    )  # fmt: skip


def _places(kind: Ints, prefecture: Ints, rng: np.random.Generator) -> tuple[NDArray[np.str_], Ints]:
    codes, people = [], []
    for n, (k, p) in enumerate(zip(kind, prefecture, strict=True)):
        size = _SIZES.get(KINDS[k])
        codes.append(municipality_code(int(p) % 47 + 1, 100 + n % 899) if size else "")
        people.append(int(size[0] * rng.lognormal(0, size[1])) if size else 0)
    return np.array(codes), np.array(people)


def _agency_codes(kind: Ints, municipality: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.str_]:
    letters = "GPDCWTVINZ"
    drawn = rng.permutation(90000)[: len(kind)] + 10000
    return np.array([f"{letters[k]}{m or n}" for k, m, n in zip(kind, municipality, drawn, strict=True)])


def staffed(habits: Habits, agencies: Agencies, rng: np.random.Generator) -> Sections:
    """Divide each agency's affairs among sections, and officials among those."""
    owner: list[int] = []
    handles: list[NDArray[np.bool_]] = []
    staff: list[int] = []
    for agency, kind_number in enumerate(agencies.kind):
        kind = KINDS[kind_number]
        types = list(dict.fromkeys(a[1] for a in AFFAIRS if kind in a[2]))
        if kind == "ministry":
            types = ["labour", "revenue"][agency % 2 : agency % 2 + 1]
        rng.shuffle(types)
        rooms = min(len(types), max(1, _ROOMS.get(kind, len(types)) + int(rng.integers(-1, 2))))
        branches = int(rng.integers(2, 5)) if kind == "designated_city" else 1
        people = _headcount(kind, int(agencies.population[agency]), rng) * habits.staff
        shares = rng.dirichlet(np.full(rooms, 4.0)) * max(people, rooms * branches * 1.6)
        for room in range(rooms):
            here = [a[1] in types[room::rooms] and kind in a[2] for a in AFFAIRS]
            for _ in range(branches):
                owner.append(agency)
                handles.append(np.array(here))
                staff.append(max(1, round(shares[room] / branches)))
    return _indexed(np.array(owner), np.array(handles), np.array(staff), len(agencies.kind))


def _headcount(kind: str, population: int, rng: np.random.Generator) -> float:
    if kind in _STAFF:
        return float(_STAFF[kind] * rng.lognormal(0, 0.3))
    return float(min(60.0, 1.6 + (population / 1000) ** 0.55 * 0.95) * rng.lognormal(0, 0.2))


def _indexed(owner: Ints, handles: NDArray[np.bool_], staff: Ints, agencies: int) -> Sections:
    first = np.full((agencies, len(AFFAIRS)), -1)
    branches = np.zeros((agencies, len(AFFAIRS)), int)
    for section in range(len(owner) - 1, -1, -1):
        first[owner[section], handles[section]] = section
        branches[owner[section], handles[section]] += 1
    return Sections(owner, handles, staff, first, branches)


def settled(habits: Habits, agencies: Agencies, rng: np.random.Generator) -> Citizens:
    """Citizens by household: where they live and lived, where their family lives, who insures them."""
    towns = agencies.of_kind(*MUNICIPAL)
    pools = np.zeros(len(agencies.kind), int)
    pools[towns] = np.clip(agencies.population[towns] // 5, 600, 60_000)
    total = int(pools.sum())
    size = rng.choice([1, 2, 3, 4, 5], total, p=[0.36, 0.28, 0.17, 0.14, 0.05])
    edges = np.concatenate([[0], np.cumsum(size)])
    starts = np.concatenate([edges[edges < total], [total]])
    pool = np.concatenate([[0], np.cumsum(pools)])
    starts = np.unique(np.concatenate([starts, pool]))
    household = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    home = np.repeat(np.arange(len(pools), dtype=np.int16), pools)
    moved = rng.random(len(starts) - 1) < 0.22
    elsewhere = _gravity(agencies, towns, home, rng)
    previous = np.where(moved[household], _gravity(agencies, towns, home[starts[:-1]], rng)[household], -1)
    insurer = _insurers(agencies, home[starts[:-1]], rng)[household]
    protected = (rng.random(len(starts) - 1) < 0.0015)[household]
    insured = np.argsort(insurer, kind="stable")
    insured_from = np.searchsorted(insurer[insured], np.arange(len(pools) + 1))
    return Citizens(
        home, household, starts, previous.astype(np.int16), elsewhere, insurer, protected, pool, insured, insured_from
    )


def _gravity(agencies: Agencies, towns: Ints, home: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int16]:
    """Another municipality for each home: mostly of the same prefecture, the larger the likelier."""
    weight = agencies.population[towns] ** 0.8
    there = rng.choice(towns, len(home), p=weight / weight.sum())
    near = rng.random(len(home)) < 0.55
    for prefecture in np.unique(agencies.prefecture[towns]):
        local = towns[agencies.prefecture[towns] == prefecture]
        chosen = near & (agencies.prefecture[home] == prefecture)
        weight = agencies.population[local] ** 0.8
        there[chosen] = rng.choice(local, int(chosen.sum()), p=weight / weight.sum())
    return there.astype(np.int16)


def _insurers(agencies: Agencies, home: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int16]:
    """A household's insurer: one of the prefecture's or, for every fourth, any; size by a power law."""
    all_of_them = agencies.of_kind("insurer")
    if not len(all_of_them):
        return np.full(len(home), -1, np.int16)
    weight = (np.arange(len(all_of_them)) + 1.0) ** -0.7
    chosen = rng.choice(all_of_them, len(home), p=weight / weight.sum())
    for prefecture in np.unique(agencies.prefecture[home]):
        local = all_of_them[agencies.prefecture[all_of_them] == prefecture]
        here = (agencies.prefecture[home] == prefecture) & (rng.random(len(home)) < 0.75)
        if len(local):
            chosen[here] = rng.choice(local, int(here.sum()))
    return chosen.astype(np.int16)


def holder(agencies: Agencies, citizens: Citizens, rule: Ints, person: Ints, asker: Ints) -> Ints:
    """Which agency holds what a rule names about each person; -1 where the asker holds it himself or nobody does."""
    home = citizens.home[person].astype(np.int64)
    kinds = {name: agencies.of_kind(name) for name in ("prefecture", "pension", "ministry", "other")}
    by_prefecture = np.full(agencies.prefecture.max() + 2, -1)
    by_prefecture[agencies.prefecture[kinds["prefecture"]]] = kinds["prefecture"]

    def one_of(name: str) -> Ints:
        some = kinds[name]
        return some[person % len(some)] if len(some) else np.full(len(person), -1)

    previous, elsewhere = citizens.previous[person].astype(np.int64), citizens.elsewhere[person].astype(np.int64)
    away = np.where(previous >= 0, previous, np.where(person % 7 == 0, elsewhere, -1))
    rules = [HOME, PREVIOUS, PREFECTURE, INSURER, PENSION, MINISTRY, OTHER, ELSEWHERE]
    held = np.select(
        [rule == one for one in rules],
        [np.where(home == asker, away, home), previous, by_prefecture[agencies.prefecture[home]],
         citizens.insurer[person].astype(np.int64), one_of("pension"), one_of("ministry"), one_of("other"), elsewhere],
        -1,
    )  # fmt: skip
    return np.where(held == asker, -1, held)


def section_name(section: int, sections: Sections, agencies: Agencies) -> str:
    """The department code that the agency's servers write."""
    agency = int(sections.agency[section])
    kind = SECTIONS.index(AFFAIRS[int(np.flatnonzero(sections.handles[section])[0])][1])
    return (f"D{kind + 1:02d}{section % 10}", f"{kind + 11}0{section % 10}", f"K{section % 97:02d}-{kind}",
            f"{section % 1000:04d}")[agencies.style[agency]]  # fmt: skip
