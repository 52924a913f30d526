"""Agencies of all kinds, where people live, who neighbours whom, and what each agency's log can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.simulator import japan
from data_samples.simulator.chance import Bools, Floats, Ints, Small, choose, mixed, running, stream, unit
from data_samples.simulator.law import INSURER, KINDS, MINISTRY, MUNICIPAL, OTHER, PENSION, PREFECTURE
from data_samples.simulator.settings import Settings

NEIGHBOURS = 40
_BLOCK = np.array([0, 1, 2, 2, 4, 4, 6, 6, 6, 9, 9, 9])
"""First member of each household within a block of twelve people: sizes 1, 1, 2, 2, 3, 3."""
_SIZE = np.array([1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3])


@dataclass(frozen=True)
class Country:
    """Agencies as parallel arrays, sorted by code; people are integers, a stretch for each municipality."""

    codes: list[str]
    names: list[str]
    municipality_codes: list[str | None]
    prefecture: Small
    kind: Small
    agency_class: Small
    population: Ints
    volume: Floats
    """Share of all work."""
    people_first: Ints
    people_last: Ints
    near: Small
    """(agencies, NEIGHBOURS): municipalities that this agency's people come from or went to."""
    near_weight: Floats
    """Cumulative, the same shape, with the agency's number added."""
    valid_to: Ints
    """Day on which the agency merged into a neighbour; far in the future for nearly all."""
    merged_into: Small
    grade: Small
    """(agencies, weeks): 0, 1, 2 for the grades A, B, C."""
    unreferenced: Floats
    """Share of an agency's screen requests on a case that do not carry its reference."""

    def __len__(self) -> int:
        return len(self.codes)

    def of_class(self, number: int) -> Ints:
        """The agencies of a class."""
        return np.flatnonzero(self.agency_class == number)

    def home(self, person: Ints) -> Ints:
        """The municipality a person lives in."""
        towns = self.of_class(MUNICIPAL)
        return towns[np.searchsorted(self.people_first[towns], person, side="right") - 1]

    def neighbour(self, agency: Ints, r: Floats) -> Ints:
        """A municipality near the agency for r in [0, 1), nearer and larger ones more often."""
        # Row k of the table holds k to k + 1, so one sorted search serves all agencies.
        place = np.searchsorted(self.near_weight.ravel(), agency + r, side="right")
        place = np.clip(place, agency * NEIGHBOURS, agency * NEIGHBOURS + NEIGHBOURS - 1)
        found: Ints = self.near.ravel()[place].astype(np.int64)
        return found

    def resident(self, town: Ints, r: Floats) -> Ints:
        """A resident; low r means one of those whom offices know well."""
        size = self.people_last[town] - self.people_first[town]
        found: Ints = self.people_first[town] + np.minimum((r * size).astype(np.int64), size - 1)
        return found

    def provider(self, agency: Ints, person: Ints, wanted: Small) -> Ints:
        """Who holds a person's record of a class: it hangs on where the household lives and lived."""
        home = self.home(person)
        household = household_of(person)
        found = np.empty(len(agency), dtype=np.int64)
        town = wanted == MUNICIPAL
        before = self.neighbour(home[town], unit(household[town], 11))
        # The own town's records are in its own systems; what is asked for lies where the person lived before.
        found[town] = np.where(home[town] == agency[town], before, home[town])
        pick = wanted == PREFECTURE
        found[pick] = _prefecture_of(self)[self.prefecture[home[pick]]]
        for number in (MINISTRY, PENSION, INSURER, OTHER):
            pick = wanted == number
            found[pick] = _weighted(self, number, unit(household[pick], 20 + number))
        return found


def household_of(person: Ints) -> Ints:
    """The household, named by its first member."""
    first: Ints = person - person % 12 + _BLOCK[person % 12]
    return first


def household_size(person: Ints) -> Ints:
    """How many live in the person's household."""
    return _SIZE[person % 12]


def is_shielded(person: Ints) -> Bools:
    """People whose records are withheld, often victims of violence: a lasting mark of three in a thousand."""
    return (mixed(household_of(person), 31) % np.uint64(1000)) < 3


def _prefecture_of(country: Country) -> Ints:
    own = country.of_class(PREFECTURE)
    table = own[np.arange(48) % len(own)]
    table[country.prefecture[own]] = own
    return table


def _weighted(country: Country, number: int, r: Floats) -> Ints:
    members = country.of_class(number)
    cumulative = running(country.volume[members])
    zeros = np.zeros(len(r), dtype=np.int64)
    return members[choose(r, cumulative, zeros, zeros + len(members))]


LEAST_OFFICES = 4
"""A ministry, the pension service, an insurer and another: people's records lie with each kind."""


@dataclass(frozen=True)
class _Site:
    code: str
    name: str
    kind: str
    agency_class: int
    prefecture: int
    latitude: float
    longitude: float
    population: int
    weight: float


def settle(settings: Settings) -> Country:
    """Draw the agencies of a world: all kinds, sizes three orders of magnitude apart."""
    rng = stream(settings.seed, 2)
    sites = sorted(_sites(settings, rng), key=lambda s: s.code)
    kinds = np.array([KINDS.index(s.kind) for s in sites], dtype=np.int32)
    classes = np.array([s.agency_class for s in sites], dtype=np.int32)
    weight = np.array([s.weight for s in sites])
    people = np.array([s.population if s.agency_class == MUNICIPAL else 0 for s in sites])
    people += -people % 12
    last = np.cumsum(people)
    near, near_weight = _neighbourhood(sites, classes)
    valid_to, merged = _mergers(settings, classes, people, near, rng)
    return Country(
        codes=[s.code for s in sites],
        names=[s.name for s in sites],
        municipality_codes=[s.code[1:7] if s.agency_class == MUNICIPAL else None for s in sites],
        prefecture=np.array([s.prefecture for s in sites], dtype=np.int32),
        kind=kinds,
        agency_class=classes,
        population=people,
        volume=weight / weight.sum(),
        people_first=last - people,
        people_last=last,
        near=near,
        near_weight=near_weight,
        valid_to=valid_to,
        merged_into=merged,
        grade=_grades(settings, len(sites), rng),
        unreferenced=np.where(
            rng.random(len(sites)) < 0.12, rng.uniform(0.5, 0.95, len(sites)), rng.beta(1.5, 22, len(sites))
        ),
    )


def _sites(settings: Settings, rng: np.random.Generator) -> list[_Site]:
    places, designated = japan.municipalities()
    n = settings.agencies
    prefectures = sorted({p.prefecture: p.code[:2] for p in places}.items(), key=lambda pair: pair[1])
    seats = min(47, max(2, n // 25))
    ours = rng.choice(47, seats, replace=False)
    number = min(len(places), round(0.62 * n), n - seats - LEAST_OFFICES)
    towns = _towns(places, designated, number, set((ours + 1).tolist()), rng)
    found = [_town_site(p, p.name in designated, rng) for p in towns]
    for index in ours:
        name, code = prefectures[index]
        people = sum(p.population for p in places if p.prefecture == name)
        first = next(p for p in places if p.prefecture == name)
        found.append(
            _Site(
                f"P{code}0000001",
                name,
                "prefecture",
                PREFECTURE,
                int(code),
                first.latitude,
                first.longitude,
                people,
                0.35 * people**0.85,
            )
        )
    return found + _offices(n - len(found), rng)


def _towns(
    places: list[japan.Municipality],
    designated: frozenset[str],
    n: int,
    ours: set[int],
    rng: np.random.Generator,
) -> list[japan.Municipality]:
    likely = np.array([6.0 if int(p.code[:2]) in ours else 1.0 for p in places])
    likely *= np.array([2.0 if p.name in designated else 1.0 for p in places])
    return [places[i] for i in rng.choice(len(places), n, replace=False, p=likely / likely.sum())]


def _town_site(place: japan.Municipality, designated: bool, rng: np.random.Generator) -> _Site:
    kind = "designated_city" if designated else place.kind
    weight = place.population**0.85 * float(rng.lognormal(0, 0.3))
    code = f"M{place.code}001"
    return _Site(
        code,
        place.name,
        kind,
        MUNICIPAL,
        int(place.code[:2]),
        place.latitude,
        place.longitude,
        place.population,
        weight,
    )


def _offices(n: int, rng: np.random.Generator) -> list[_Site]:
    """Ministries, the pension service, insurers and others: no place of their own, work from all over."""
    ministries = min(8, max(1, n // 25))
    others = max(1, round(0.2 * n))
    kinds = ["ministry"] * ministries + ["pension"] + ["other"] * others
    kinds += ["insurer"] * max(1, n - len(kinds))
    size = {"ministry": 12.9, "pension": 14.0, "other": 9.0, "insurer": 9.8}
    number = {"ministry": MINISTRY, "pension": PENSION, "other": OTHER, "insurer": INSURER}
    letter = {"ministry": "G", "pension": "N", "other": "S", "insurer": "H"}
    names = {"ministry": "省庁", "pension": "年金機構", "other": "その他機関", "insurer": "健康保険組合"}
    found = []
    for index, kind in enumerate(kinds[:n]):
        people = float(rng.lognormal(size[kind], 0.4 if kind in ("ministry", "pension") else 1.6))
        code = f"{letter[kind]}{index + 1:06d}001"
        site = _Site(
            code,
            f"{names[kind]}{index + 1}",
            kind,
            number[kind],
            0,
            35.68,
            139.76,
            int(min(people, 3e6)),
            min(people, 3e6) ** 0.85,
        )
        found.append(site)
    return found


def _neighbourhood(sites: list[_Site], classes: Small) -> tuple[Small, Floats]:
    """Gravity: population over squared distance, for all agencies, over the municipalities."""
    towns = np.flatnonzero(classes == MUNICIPAL)
    place = np.array([[s.latitude, s.longitude] for s in sites])
    people = np.array([float(s.population) for s in sites])
    near = np.empty((len(sites), NEIGHBOURS), dtype=np.int32)
    weights = np.empty((len(sites), NEIGHBOURS))
    for index, site in enumerate(sites):
        distance = ((place[towns] - place[index]) ** 2 * [1.0, 0.67]).sum(axis=1)
        bare = site.prefecture == 0
        pull = people[towns] if bare else people[towns] / (distance + 0.01)
        pull = np.where(towns == index, 0.0, pull)
        if site.agency_class == PREFECTURE:
            pull *= np.where(np.array([sites[t].prefecture for t in towns]) == site.prefecture, 50.0, 1.0)
        best = np.resize(np.argsort(-pull, kind="stable")[:NEIGHBOURS], NEIGHBOURS)
        near[index] = towns[best]
        weights[index] = index + np.cumsum(pull[best]) / pull[best].sum()
    return near, weights


def _mergers(
    settings: Settings, classes: Small, people: Ints, near: Small, rng: np.random.Generator
) -> tuple[Ints, Small]:
    """One small municipality in about two hundred agencies is absorbed by its largest neighbour."""
    valid_to = np.full(len(classes), settings.first_day + 20_000)
    merged = np.arange(len(classes), dtype=np.int32)
    small = np.flatnonzero((classes == MUNICIPAL) & (people < 20_000))
    for town in rng.permutation(small)[: max(1, len(classes) // 200)]:
        valid_to[town] = settings.first_day + 7 * int(rng.integers(settings.weeks // 4, settings.weeks // 2 + 1)) - 1
        merged[town] = near[town, 0]
    return valid_to, merged


def _grades(settings: Settings, n: int, rng: np.random.Generator) -> Small:
    """Grade by agency and week: some rise during the period, a few fall back for some weeks."""
    first = rng.choice(3, n, p=[0.12, 0.48, 0.40])
    grade = np.repeat(first[:, None], settings.weeks, axis=1)
    week = np.arange(settings.weeks)
    rises = (rng.random(n) < 0.1) & (first < 2)
    when = rng.integers(0, settings.weeks + 1, n)
    grade += rises[:, None] & (week >= when[:, None])
    falls = rng.random(n) < 0.05
    until = when + rng.integers(1, 4, n)
    grade[falls[:, None] & (week >= when[:, None]) & (week < until[:, None])] = 0
    return grade.astype(np.int32)
