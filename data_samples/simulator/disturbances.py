"""Planted events that are no look-ups at screens: batches, silence, missing answers, outages."""

from __future__ import annotations

import numpy as np

from data_samples.simulator.answers import NEVER, Answers, Outage
from data_samples.simulator.batches import UPLOAD, uploaded
from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Bools, Ints
from data_samples.simulator.requests import ERROR, NOBODY, PENDING, Requests
from data_samples.simulator.scenarios import Recipe
from data_samples.simulator.settings import DAY

_HOUR = 3_600_000_000


def inserted(
    week: Week,
    agency: int,
    subjects: Ints,
    event: int,
    count: int,
    honest: Requests,
    rng: np.random.Generator,
) -> Requests:
    """People slipped into the agency's batch runs of a week, among the rows that are there anyway."""
    place = np.flatnonzero((honest.agency == agency) & (honest.user == NOBODY))
    if not len(place):
        return Requests.none()
    rows = honest.take(np.sort(rng.choice(place, count)))
    person = subjects[rng.permutation(count) % len(subjects)]
    law, country = week.world.law, week.world.country
    line = law.first[rows.procedure]
    provider = country.provider(rows.agency.astype(np.int64), person, law.provider_class[line])
    time = rows.time + rng.integers(-200_000, 200_000, count)
    return rows.but(time=time, person=person, provider=provider, event=np.full(count, event))


def town_campaign(week: Week, agency: int, event: int, count: int, rng: np.random.Generator) -> Requests:
    """Mass uploads by one agency alone."""
    world = week.world
    mine = np.flatnonzero((world.desks.agency == agency) & (world.desks.own_affair_from < 0))
    procedure = int(world.desks.procedure[rng.choice(mine)])
    sizes = np.array([min(UPLOAD, count - i) for i in range(0, count, UPLOAD)])
    open_days = week.monday + np.flatnonzero(world.year.works(week.monday + np.arange(7)))
    day = rng.choice(open_days if len(open_days) else np.array([week.monday]), len(sizes))
    start = day * DAY + (rng.uniform(9, 22, len(sizes)) * _HOUR).astype(np.int64)
    rows = uploaded(world, np.full(len(sizes), agency), np.full(len(sizes), procedure), sizes, start, rng)
    return rows.but(event=np.full(len(rows), event))


def silenced(rows: Requests, agency: int, week: Week, share: float) -> Bools:
    """The rows that are lost: from some day of the week on, everything of the agency."""
    since = (week.monday + 7 - round(7 * share)) * DAY
    lost: Bools = (rows.agency == agency) & (rows.time >= since)
    return lost


def unanswered(
    rows: Requests, answers: Answers, agency: int, share: float, event: int, rng: np.random.Generator
) -> tuple[Requests, Answers]:
    """Answers vanish from an agency's records."""
    hit = (rows.agency == agency) & (rng.random(len(rows)) < share)
    result = np.where(hit, PENDING, rows.result)
    marked = rows.but(result=result, event=np.where(hit, event, rows.event))
    responded = np.where(hit, NEVER, answers.responded)
    return marked, Answers(result, responded, answers.manual, np.where(hit, 0, answers.returned), answers.shielded)


def failing(world: World, week: Week, provider: int, recipe: Recipe, rng: np.random.Generator) -> Outage:
    """An outage of a provider that many ask."""
    begins = (week.monday + int(rng.integers(0, 3))) * DAY + int(rng.integers(8, 12)) * _HOUR
    hours = int(rng.integers(recipe.hours_long[0], recipe.hours_long[1] + 1))
    return Outage(provider, begins, begins + hours * _HOUR, float(rng.uniform(0.7, 0.95)))


def hit_by(rows: Requests, outage: Outage) -> Bools:
    """Requests that an outage spoilt."""
    hit: Bools = (rows.provider == outage.provider) & (rows.time >= outage.begins) & (rows.time < outage.ends)
    return hit & np.isin(rows.result, [ERROR, PENDING]) & (rows.event < 0)
