"""Batch runs: nightly and monthly jobs of systems, and campaigns that upload whole registers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks.otherworld.habits import MUNICIPAL
from benchmarks.otherworld.lives import Society, clients
from benchmarks.otherworld.nation import Ints, holder
from benchmarks.otherworld.slips import DAY, Slips, joined, slips
from benchmarks.otherworld.statutes import AFFAIRS, RELIEF
from benchmarks.otherworld.work import RULES

FILE = 10_000
"""Rows of an uploaded file at most."""


@dataclass(frozen=True)
class Campaign:
    """Mass work as it is announced (or not)."""

    affair: int
    kind: str | None
    agency: int
    """-1: all agencies of the kind."""
    first: date
    last: date
    announced: bool


def runs(society: Society, rows: int, rng: np.random.Generator) -> tuple[Slips, list[Campaign]]:
    """About so many rows: two thirds by regular jobs, one third by campaigns."""
    campaigns = _planned(society, rng)
    return joined([_jobs(society, rows * 2 // 3, rng), _uploads(society, campaigns, rows // 3, rng)]), campaigns


def _jobs(society: Society, rows: int, rng: np.random.Generator) -> Slips:
    """Each section that has a system runs it in a rhythm of its own, on its own circle of people."""
    days = society.days
    has = np.flatnonzero(rng.random(len(society.sections.agency)) < 0.4)
    size = rng.lognormal(0, 1.3, len(has)) * society.sections.staff[has]
    rhythm = rng.choice([1, 7, 7, 14, 30], len(has))
    runs_of = [np.arange(int(rng.integers(every)), days.count, every) for every in rhythm]
    total = sum(len(run) * one for run, one in zip(runs_of, size / rhythm, strict=True))
    per_unit = rows / max(total, 1e-9)
    section, day, number = [], [], []
    for one, run, big, every in zip(has, runs_of, size, rhythm, strict=True):
        night = run[days.open[run]]
        count = rng.poisson(min(big / every * per_unit * 1.4, 20_000), len(night))
        section.append(np.full(len(night), one))
        day.append(night)
        number.append(count)
    whole, when, count = (np.concatenate(part) for part in (section, day, number))
    section_row, day_row = np.repeat(whole, count), np.repeat(when, count)
    hour = np.repeat(rng.choice([1.0, 2.5, 5.0, 19.5, 21.0, 22.5], len(society.sections.agency))[whole], count)
    start = day_row * DAY + (hour * 3.6e9).astype(np.int64)
    return sent(society, section_row, start, None, rng)


def sent(society: Society, section: Ints, start: Ints, affair: int | None, rng: np.random.Generator) -> Slips:
    """Rows of jobs: one procedure for each job, one check after the other, hundredths of a second apart."""
    law = society.statutes
    handles = society.sections.handles
    main = handles[:, :RELIEF].argmax(axis=1) if affair is None else np.full(len(handles), affair)
    choice = rng.integers(0, 2, len(handles))
    procedure = (law.first[main] + choice)[section].astype(np.int64)
    filled = (law.item[procedure] >= 0).sum(axis=1)
    item = law.item[procedure, (rng.random(len(section)) ** 1.5 * filled).astype(int)].astype(np.int64)
    person = clients(society, section, rng)
    asker = society.sections.agency[section]
    provider = holder(society.agencies, society.citizens, RULES[item], person, asker)
    at = start + (rng.random(len(section)) * 2.4e9).astype(np.int64)
    heap = slips(
        len(section), at=at, requester=asker, provider=provider, procedure=procedure, item=item, section=section,
        person=person, months=12,
    )  # fmt: skip
    return heap.take(provider >= 0)


def _planned(society: Society, rng: np.random.Generator) -> list[Campaign]:
    """A nationwide relief payment or two, and single agencies' own mass work."""
    days, told = society.days, society.habits.announced
    planned = []
    for kind in ("city", "town") if days.weeks > 12 else ("city",):
        first = int(rng.integers(7, max(8, days.count - 40)))
        planned.append(Campaign(RELIEF, kind, -1, days.day(first), days.day(first + 27), rng.random() < told))
    towns = society.agencies.of_kind(*MUNICIPAL)
    for agency in rng.choice(towns, max(2, len(towns) // 25), replace=False):
        handled = np.flatnonzero(society.sections.first[agency] >= 0)
        affair = int(rng.choice(handled))
        first = int(rng.integers(0, days.count - 10))
        planned.append(Campaign(affair, None, int(agency), days.day(first), days.day(first + 13), rng.random() < told))
    return planned


def _uploads(society: Society, campaigns: list[Campaign], rows: int, rng: np.random.Generator) -> Slips:
    """Files of up to FILE rows in the days of a campaign."""
    kinds, sections = society.agencies, society.sections
    jobs: list[tuple[int, int, int, float]] = []
    for campaign in campaigns:
        who = [campaign.agency] if campaign.kind is None else kinds.of_kind(campaign.kind)
        first, last = society.days.number(campaign.first), society.days.number(campaign.last)
        open_days = [d for d in range(first, min(last + 1, society.days.count)) if society.days.open[d]]
        for agency in who:
            section = int(sections.first[agency, campaign.affair])
            if section >= 0 and open_days and rng.random() < 0.8:
                for chosen in rng.choice(open_days, int(rng.integers(1, 4))):
                    jobs.append((section, campaign.affair, int(chosen), float(kinds.population[agency]) ** 0.9))
    if not jobs:
        return slips(0)
    scale = rows / sum(job[3] for job in jobs)
    parts = []
    for affair in {job[1] for job in jobs}:
        mine = [job for job in jobs if job[1] == affair]
        count = np.minimum(rng.poisson([job[3] * scale for job in mine]), FILE * 3)
        start = np.array([job[2] for job in mine]) * DAY + (rng.uniform(8, 20, len(mine)) * 3.6e9).astype(np.int64)
        senders = np.repeat([job[0] for job in mine], count)
        parts.append(sent(society, senders, np.repeat(start, count), affair, rng))
    return joined(parts)


def campaign_name(campaign: Campaign) -> str:
    """What it is called in the announcement."""
    return f"{AFFAIRS[campaign.affair][0]} {campaign.first.year}"
