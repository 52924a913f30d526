"""Answers: what comes back, when, how much of it, and who asks again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Bools, Floats, Ints, stream, unit
from data_samples.simulator.country import is_shielded
from data_samples.simulator.requests import (
    AS_IT_COMES,
    ERROR,
    NO_RECORD,
    NOBODY,
    PENDING,
    PROVIDED,
    REFUSED,
    WITHHELD,
    Requests,
)
from data_samples.simulator.settings import DAY

NEVER = np.iinfo(np.int64).min
_MINUTE = 60_000_000


@dataclass(frozen=True)
class Answers:
    """Parallel to the requests."""

    result: npt.NDArray[np.int8]
    responded: Ints
    """Microseconds since 1970; NEVER where no answer came."""
    manual: Bools
    returned: Ints
    shielded: Bools


@dataclass(frozen=True)
class Outage:
    """A provider that does not answer for some hours or days."""

    provider: int
    begins: int
    ends: int
    depth: float


def outages(world: World) -> list[Outage]:
    """Outages of the period: about one in two weeks, from two hours to a day and a half."""
    rng = stream(world.settings.seed, 6)
    n = max(1, world.settings.weeks // 2)
    begins = (world.settings.first_day + rng.random(n) * 7 * world.settings.weeks) * DAY
    hours = rng.lognormal(1.8, 0.8, n)
    towns = rng.integers(0, len(world.country), n)
    return [
        Outage(
            int(towns[i]),
            int(begins[i]),
            int(begins[i] + hours[i] * 60 * _MINUTE),
            float(rng.uniform(0.5, 0.95)),
        )
        for i in range(n)
    ]


def answered(week: Week, rows: Requests, down: list[Outage], purpose: int) -> tuple[Requests, Answers]:
    """Draw the answers. The same habits hold for every row, whoever asked and why."""
    rng = week.rng(purpose)
    n = len(rows)
    r = rng.random(n)
    shielded = is_shielded(rows.person)
    missing = _no_record_share(rows)
    result = np.select(
        [shielded & (r < 0.8), r < missing, r > 0.997, r > 0.995, r > 0.994],
        [WITHHELD, NO_RECORD, ERROR, PENDING, REFUSED],
        PROVIDED,
    )
    for outage in down:
        hit = (rows.provider == outage.provider) & (rows.time >= outage.begins) & (rows.time < outage.ends)
        hit &= rng.random(n) < outage.depth
        result = np.where(hit, np.where(rng.random(n) < 0.7, ERROR, PENDING), result)
    result = np.where(rows.result == AS_IT_COMES, result, rows.result).astype(np.int8)
    habit = unit(rows.procedure.astype(np.int64) * 131 + rows.provider, 17)
    manual = rng.random(n) < np.where(habit < 0.04, 0.8, 0.003)
    wait = np.where(manual, rng.lognormal(9.6, 1.0, n), rng.lognormal(2.1, 0.9, n))
    wait = np.where(rows.user == NOBODY, wait + rng.uniform(0, 5400, n), wait)
    responded = rows.time + np.maximum(1, wait * 1e6).astype(np.int64)
    responded = np.where(result == PENDING, NEVER, responded)
    mean = 1 + 6 * unit(rows.item.astype(np.int64), 18)
    returned = np.where(result == PROVIDED, 1 + rng.poisson(mean), 0)
    return rows.but(result=result), Answers(result, responded, manual, returned, shielded)


def _no_record_share(rows: Requests) -> Floats:
    """Each procedure and item has its own share of empty answers; for most it is small."""
    habit = unit(rows.procedure.astype(np.int64) * 1009 + rows.item, 16)
    share: Floats = 0.01 + 0.5 * habit**5
    return share


def asked_again(week: Week, rows: Requests, purpose: int) -> Requests:
    """Repeats at screens: soon after an error, some working days after no answer or an empty one."""
    rng = week.rng(purpose)
    r = rng.random(len(rows))
    wish = np.zeros(6)
    wish[[NO_RECORD, ERROR, PENDING]] = [0.08, 0.75, 0.5]
    again = rows.take((rows.user != NOBODY) & (r < wish[rows.result]))
    soon = again.result == ERROR
    later = (again.time // DAY) + 1 + rng.exponential(1.5, len(again)).astype(np.int64)
    later = week.world.year.next_working(later)
    moment = week.world.staff.moment(again.posting.astype(np.int64), later, rng)
    time = np.where(soon, again.time + (rng.lognormal(6.0, 1.0, len(again)) * 1e6).astype(np.int64), moment)
    # Who is told "no such record" asks the town before: the household moved more than once.
    elsewhere = (again.result == NO_RECORD) & (rng.random(len(again)) < 0.5)
    other = week.world.country.neighbour(again.provider.astype(np.int64), rng.random(len(again)))
    towns = week.world.country.agency_class[again.provider] == 0
    provider = np.where(elsewhere & towns, other, again.provider)
    return again.but(time=time, provider=provider, result=np.full(len(again), AS_IT_COMES))
