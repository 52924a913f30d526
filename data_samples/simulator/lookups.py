"""Planted look-ups: who, on whom, when, by which procedure. The rows come from the honest generator."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data_samples.simulator.casework import Cases, Sittings, Week, World, itemised
from data_samples.simulator.chance import Bools, Floats, Ints, ragged
from data_samples.simulator.country import household_of, household_size, is_shielded
from data_samples.simulator.requests import ERROR, NO_RECORD, NOBODY, WITHHELD, Requests
from data_samples.simulator.scenarios import Recipe, Span
from data_samples.simulator.settings import DAY

_RESULT = {"as_it_comes": -1, "no_record": NO_RECORD, "withheld": WITHHELD, "error": ERROR}
_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Cast:
    """The people of an event, settled once: officials and those they look up."""

    postings: Ints
    subjects: Ints
    procedures: Ints
    """One for each posting."""
    terminal: int


def drawn(span: Span, rng: np.random.Generator) -> int:
    """A whole number of a span."""
    return int(rng.integers(span[0], span[1] + 1))


def cast_for(week: Week, recipe: Recipe, agencies: Ints, taken: set[int], rng: np.random.Generator) -> Cast | None:
    """Officials and subjects for an event; None where the agencies have nobody who fits."""
    parts = [_officials(week, recipe, int(a), taken, rng) for a in agencies]
    postings = np.concatenate(parts)
    # An event of several officials needs several; elsewhere there may be enough.
    if len(postings) < max(1, recipe.officials[0] * len(agencies)):
        return None
    procedures = np.array([_procedure(week.world, recipe, int(p), rng) for p in postings])
    if (procedures < 0).any():
        return None
    if recipe.departments == "one" and len(agencies) == 1:
        procedures[:] = procedures[0]
    subjects = subjects_of(week.world, recipe, int(agencies[0]), rng)
    staff = week.world.staff
    return Cast(postings, subjects, procedures, int(staff.counter[postings[0]]))


def _fits(week: Week, recipe: Recipe) -> Bools:
    staff, monday = week.world.staff, week.monday
    works: Bools = np.any(week.present, axis=1)
    valid = (staff.valid_from <= monday) & (staff.valid_to >= monday + 6)
    if recipe.status == "left":
        return (staff.valid_to < monday) & (staff.valid_to > monday - 150)
    if recipe.status == "absent":
        away = np.zeros(len(staff), dtype=bool)
        away[staff.absent_posting[(staff.absent_from <= monday) & (staff.absent_to >= monday + 4)]] = True
        return away & valid
    if recipe.status == "dormant":
        return (staff.dormant_from < monday - 42) & valid
    if recipe.status in ("new", "arrived"):
        return works & (staff.valid_from > monday - 25) & (staff.valid_from <= monday)
    return works


def _officials(week: Week, recipe: Recipe, agency: int, taken: set[int], rng: np.random.Generator) -> Ints:
    staff = week.world.staff
    fit = np.flatnonzero(_fits(week, recipe) & (staff.agency == agency))
    fit = np.array([p for p in fit if int(staff.user[p]) not in taken], dtype=np.int64)
    wanted = drawn(recipe.officials, rng)
    if not len(fit):
        return fit
    if recipe.departments == "one":
        size = np.bincount(staff.department[fit])
        enough = size[staff.department[fit]] >= min(wanted, int(size.max()))
        fit = fit[staff.department[fit] == staff.department[rng.choice(fit[enough])]]
    chosen: Ints = rng.choice(fit, min(wanted, len(fit)), replace=False)
    return chosen


def _procedure(world: World, recipe: Recipe, posting: int, rng: np.random.Generator) -> int:
    """A procedure for an official as the recipe wants it; -1 if the agency has none."""
    desks, staff, law = world.desks, world.staff, world.law
    agency = int(staff.agency[posting])
    mine = np.flatnonzero(desks.agency == agency)
    kinds = int(staff.departments.kinds[agency])
    kind = (int(staff.department[posting]) - int(staff.departments.first_of_agency[agency])) % kinds
    fields = law.field[desks.procedure[mine]] * kinds // 10
    last = world.settings.first_day + 7 * world.settings.weeks
    used = (
        (desks.adopted[mine] < last - 80) & (law.ends[desks.procedure[mine]] > last) & (desks.own_affair_from[mine] < 0)
    )
    pools = {
        "own": mine[used & (fields == kind)],
        "foreign": mine[used & (fields != kind)],
        "unnotified": mine[desks.own_affair_from[mine] > last - 30],
        "no_longer": mine[law.ends[desks.procedure[mine]] < last - 56],
    }
    if recipe.procedure in pools:
        pool = pools[recipe.procedure]
        pool = mine[used] if not len(pool) and recipe.procedure in ("own", "foreign") else pool
        weights = desks.rate[pool] ** 0.7
        return int(desks.procedure[rng.choice(pool, p=weights / weights.sum())]) if len(pool) else -1
    lawful = law.classes[:, world.country.agency_class[agency]]
    later = law.starts > last - 5
    open_now = (law.starts < last - 70) & (law.ends > last)
    ready = lawful & (
        later if recipe.procedure == "not_yet" else open_now & ~np.isin(np.arange(len(law)), desks.procedure[mine])
    )
    return int(rng.choice(np.flatnonzero(ready))) if ready.any() else -1


def subjects_of(world: World, recipe: Recipe, agency: int, rng: np.random.Generator) -> Ints:
    """The people whom an event is about."""
    n = drawn(recipe.subjects, rng)
    country = world.country
    towns = np.flatnonzero(country.agency_class == 0)
    here = agency if country.agency_class[agency] == 0 else int(country.near[agency, 0])
    share = country.population[towns] / country.population[towns].sum()
    town = {
        "here": here,
        "near": int(country.neighbour(np.array([here]), rng.random(1))[0]),
        "far": int(rng.choice(towns, p=share)),
    }[recipe.home]
    if recipe.bond == "strangers":
        places = np.full(n, town) if recipe.home != "far" else rng.choice(towns, n, p=share)
        return country.resident(places, rng.random(n))
    first = country.resident(np.full(4000, town), rng.random(4000))
    if recipe.bond == "shielded":
        marked = first[is_shielded(first)]
        return marked[:n] if len(marked) else first[:n]
    if recipe.bond == "household":
        whole = int(np.argmax(household_size(first) >= n))
        return household_of(first[whole : whole + 1]) + np.arange(n)
    # Kin: several households of one place, each with all its members, until there are enough people.
    family, member = ragged(household_size(first[:n]))
    return np.unique((household_of(first[:n])[family] + member)[:n])


def look_ups(
    week: Week,
    recipe: Recipe,
    cast: Cast,
    event: int,
    count: int,
    honest: Requests,
    first_case: int,
    rng: np.random.Generator,
) -> tuple[Requests, Cases]:
    """About `count` requests of one event in one week, and the cases that were opened for them."""
    world = week.world
    visits = _visits(week, recipe, cast, count, honest, rng)
    cases = _opened(visits, recipe, first_case, week, rng)
    if recipe.case == "opened":
        opened_for = dict(zip(cases.person.tolist(), cases.case.tolist(), strict=True))
        visits = replace(visits, case=np.array([opened_for[p] for p in visits.person.tolist()]))
    posting = visits.posting
    sittings = Sittings(
        visits.case, world.staff.agency[posting].astype(np.int64),
        world.staff.department[posting].astype(np.int64),
        visits.procedure, visits.person, np.ones(len(posting), dtype=np.int64), visits.moment // DAY,
        np.zeros(len(posting)), np.full(len(posting), event),
    )  # fmt: skip
    shown = rng.random(len(posting)) >= world.country.unreferenced[sittings.agency]
    reference = np.where(shown, visits.case, NOBODY)
    usual = _usual(world, recipe)
    rows = itemised(world, sittings, posting, visits.moment, visits.terminal, reference, rng, usual)
    rows = rows.take(np.arange(min(count, len(rows))))
    return rows.but(result=np.full(len(rows), _RESULT[recipe.result])), cases


@dataclass(frozen=True)
class _Visits:
    posting: Ints
    person: Ints
    procedure: Ints
    moment: Ints
    terminal: Ints
    case: Ints


def _visits(week: Week, recipe: Recipe, cast: Cast, count: int, honest: Requests, rng: np.random.Generator) -> _Visits:
    """More than enough sittings for `count` requests: every official and subject in turn."""
    n = count + len(cast.subjects) + len(cast.postings)
    who = np.arange(n) % len(cast.postings)
    person = cast.subjects[np.arange(n) % len(cast.subjects)]
    posting, procedure = cast.postings[who], cast.procedures[who]
    case = np.full(n, NOBODY)
    if recipe.case in ("borrowed", "existing"):
        place = _honest_rows(honest, cast, world=week.world, n=n, people=drawn(recipe.subjects, rng), rng=rng)
        if len(place):
            case, procedure = honest.case[place], honest.procedure[place].astype(np.int64)
            person = honest.person[place] if recipe.case == "existing" else person
    moment = _moments(week, recipe, posting, honest, rng)
    staff = week.world.staff
    terminal = {
        "own": staff.terminal[posting].astype(np.int64),
        "shared": np.full(n, cast.terminal),
        "second": np.full(n, _other_terminal(week, posting, rng)),
    }[recipe.terminal]
    return _Visits(posting, person, procedure, moment, terminal, case)


def _honest_rows(honest: Requests, cast: Cast, world: World, n: int, people: int, rng: np.random.Generator) -> Ints:
    """Rows of real cases of this week from the officials' departments."""
    departments = world.staff.department[cast.postings]
    real = np.flatnonzero(np.isin(honest.department, departments) & (honest.case != NOBODY))
    if not len(real):
        return real
    some = rng.choice(real, min(people, len(real)), replace=False)
    return some[np.arange(n) % len(some)]


def _other_terminal(week: Week, posting: Ints, rng: np.random.Generator) -> int:
    staff = week.world.staff
    others = np.flatnonzero((staff.agency == staff.agency[posting[0]]) & (staff.user != staff.user[posting[0]]))
    return int(staff.terminal[rng.choice(others)]) if len(others) else int(staff.counter[posting[0]])


def _moments(week: Week, recipe: Recipe, posting: Ints, honest: Requests, rng: np.random.Generator) -> Ints:
    n, days = len(posting), week.monday + np.arange(7)
    if recipe.hours == "beside":
        mine = np.flatnonzero(np.isin(honest.posting, posting))
        if len(mine):
            beside: Ints = honest.time[rng.choice(mine, n)] + (rng.normal(0, 240, n) * 1e6).astype(np.int64)
            return beside
    open_days = days[week.world.year.works(days)]
    if recipe.hours == "holiday":
        open_days = days[~week.world.year.works(days)]
    if not len(open_days):
        open_days = days[:5]
    chosen = rng.choice(open_days, min(drawn(recipe.days, rng), len(open_days)), replace=False)
    day = rng.choice(chosen, n)
    if recipe.hours == "night":
        hour = np.minimum(rng.uniform(20.0, 23.4) + rng.exponential(0.25, n), 23.9)
        return day * DAY + (hour * _HOUR).astype(np.int64)
    if recipe.status in ("working", "new", "arrived") and recipe.hours == "work":
        day = _present_day(week, posting, day, chosen, rng)
    return week.world.staff.moment(posting, day, rng)


def _present_day(week: Week, posting: Ints, day: Ints, chosen: Ints, rng: np.random.Generator) -> Ints:
    """A misuser sits at the screen on days on which the official is there."""
    found = day.copy()
    for place, p in enumerate(posting.tolist()):
        there = np.flatnonzero(week.present[p])
        if len(there) and not week.present[p, found[place] - week.monday]:
            both = np.intersect1d(there, chosen - week.monday)
            found[place] = week.monday + int(rng.choice(both if len(both) else there))
    return found


def _usual(world: World, recipe: Recipe) -> Floats:
    law = world.law
    place = np.arange(len(law.item)) - np.repeat(law.first, law.count)
    if recipe.items == "first":
        return np.where(place == 0, 0.97, 0.0)
    if recipe.items == "all":
        return np.maximum(law.usual, 0.75)
    if recipe.items == "rare":
        return np.where(law.usual < 0.15, 0.7, 0.15)
    return law.usual


def _opened(visits: _Visits, recipe: Recipe, first_case: int, week: Week, rng: np.random.Generator) -> Cases:
    order = np.argsort(visits.moment, kind="stable")
    person, place = np.unique(visits.person[order], return_index=True)
    place = order[place]
    if recipe.case != "opened":
        person, place = person[:0], place[:0]
    n = len(person)
    opened = visits.moment[place] // DAY - rng.integers(0, 4, n)
    agency = week.world.staff.agency[visits.posting[place]].astype(np.int64)
    lasts = rng.gamma(1.6, 14, n).astype(np.int64) + 7
    return Cases(
        first_case + np.arange(n),
        agency,
        visits.procedure[place].astype(np.int64),
        person,
        opened,
        opened + lasts,
    )
