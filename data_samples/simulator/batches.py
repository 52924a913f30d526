"""Requests without a user: nightly runs, and campaigns uploaded in files of 10,000 rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Ints, ragged, stream
from data_samples.simulator.law import KINDS, KINDS_OF_CLASS, MUNICIPAL
from data_samples.simulator.requests import NOBODY, Requests
from data_samples.simulator.settings import DAY

UPLOAD = 10_000
"""Rows in a campaign's file."""
_HOUR = 3_600_000_000
_SECOND = 1_000_000


@dataclass(frozen=True)
class Campaign:
    """Announced mass work of all agencies of some kinds, or of one."""

    campaign_id: str
    name: str
    procedure: int
    agencies: Ints
    kind: str | None
    starts: int
    ends: int
    rows: int
    """Over the whole campaign."""


def nightly(week: Week) -> Requests:
    """Batch runs of a week's nights: one procedure, many people, seconds apart."""
    world, rng = week.world, week.rng(3)
    desks = world.desks
    rate = desks.batch_rate * desks.course(world.settings, world.law, world.country, world.year, week.monday)
    desk, _ = ragged(rng.poisson(rate))
    size = np.clip(desks.batch_size[desk] * rng.lognormal(-0.3, 0.8, len(desk)), 1, UPLOAD).astype(np.int64)
    day = world.year.next_working(week.monday + rng.integers(0, 5, len(desk)))
    ok = week.holds(day)
    start = day * DAY + (rng.normal(21.5, 1.1, len(desk)) * _HOUR).astype(np.int64)
    agency, procedure = desks.agency[desk[ok]].astype(np.int64), desks.procedure[desk[ok]].astype(np.int64)
    return uploaded(world, agency, procedure, size[ok], start[ok], rng)


def uploaded(
    world: World, agency: Ints, procedure: Ints, size: Ints, start: Ints, rng: np.random.Generator
) -> Requests:
    """The requests of batch files: as many people as `size` says, each with the procedure's first item."""
    run, rank = ragged(size)
    who = agency[run].astype(np.int64)
    country, law = world.country, world.law
    local = country.agency_class[who] == MUNICIPAL
    town = np.where(local, who, country.neighbour(who, rng.random(len(who))))
    step = 1 + rng.integers(0, 23, len(size))
    spread = country.people_last[town] - country.people_first[town]
    origin = (rng.random(len(size))[run] * spread).astype(np.int64)
    person = country.people_first[town] + (origin + rank * step[run]) % spread
    line = law.first[procedure[run]]
    department = world.staff.departments.responsible(agency, law.field[procedure], np.zeros(len(agency)))
    pace = rng.uniform(0.02, 0.4, len(size))
    time = start[run] + ((rank + rng.random(len(rank))) * pace[run] * _SECOND).astype(np.int64)
    return Requests.of(
        {
            "time": time,
            "agency": who,
            "provider": country.provider(who, person, law.provider_class[line]),
            "procedure": procedure[run],
            "item": law.item[line],
            "department": department[run],
            "posting": NOBODY,
            "user": NOBODY,
            "terminal": NOBODY,
            "person": person,
            "case": NOBODY,
        }
    )


def announce(world: World) -> list[Campaign]:
    """The period's campaigns: about one in five weeks, most of all municipalities, some of one town."""
    rng = stream(world.settings.seed, 5)
    s, law = world.settings, world.law
    number = max(1, round(s.weeks / 5))
    total = 0.15 * s.row_target * s.weeks
    shares = rng.dirichlet(np.full(number, 2.0))
    usable = np.flatnonzero(law.classes[:, MUNICIPAL])
    found = []
    for index in range(number):
        procedure = int(usable[rng.integers(len(usable))])
        kinds = KINDS_OF_CLASS[MUNICIPAL]
        starts = s.first_day + int(rng.integers(-7, s.weeks * 7 - 7))
        lasts = int(rng.integers(14, 35))
        kind = None if rng.random() < 0.3 else kinds[int(rng.integers(len(kinds)))]
        members = _members(world, kind)
        name = f"給付金{index + 1}号"
        found.append(
            Campaign(
                f"CP{index + 1:03d}",
                name,
                procedure,
                members,
                kind,
                starts,
                starts + lasts,
                int(total * shares[index]),
            )
        )
    return found


def _members(world: World, kind: str | None) -> Ints:
    country = world.country
    towns = country.of_class(MUNICIPAL)
    members = towns if kind is None else np.flatnonzero(country.kind == KINDS.index(kind))
    return members if len(members) else towns


def campaigns_of(week: Week, campaigns: list[Campaign]) -> Requests:
    """What the campaigns upload in a week: whole files and a rest for each agency, by population."""
    world = week.world
    parts = []
    for number, campaign in enumerate(campaigns):
        days = np.arange(max(campaign.starts, week.monday), min(campaign.ends, week.monday + 6) + 1)
        if not len(days):
            continue
        rng = week.rng(1000 + number)
        share = world.country.population[campaign.agencies] / world.country.population[campaign.agencies].sum()
        rows = rng.poisson(share * campaign.rows * len(days) / (campaign.ends - campaign.starts + 1))
        agency, place = ragged((rows + UPLOAD - 1) // UPLOAD)
        size = np.minimum(rows[agency] - place * UPLOAD, UPLOAD)
        start = rng.choice(days, len(size)) * DAY + (rng.uniform(9, 22, len(size)) * _HOUR).astype(np.int64)
        who = campaign.agencies[agency]
        parts.append(uploaded(world, who, np.full(len(who), campaign.procedure), size, start, rng))
    return Requests.joined(parts)
