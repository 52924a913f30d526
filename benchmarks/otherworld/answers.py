"""What comes back: results, response times, and what officials do when nothing came. The same for every slip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.codes import chances
from benchmarks.otherworld.lives import Society
from benchmarks.otherworld.nation import Ints
from benchmarks.otherworld.slips import DAY, Slips, joined
from benchmarks.otherworld.statutes import ITEMS

PROVIDED, NO_RECORD, WITHHELD, REFUSED, ERROR, PENDING = range(6)
NEVER = -1
SILENT = 2.0
"""The value of `Slips.miss` of a request that is never answered."""
_MISS = np.array([item[2] for item in ITEMS])
_SIZE = np.array([item[3] for item in ITEMS])


@dataclass(frozen=True)
class Answers:
    """One element a slip."""

    result: NDArray[np.int8]
    responded: Ints
    """Microseconds since the period began, NEVER if there was no answer."""
    manual: NDArray[np.bool_]
    items: Ints


def answered(society: Society, heap: Slips, rng: np.random.Generator) -> Answers:
    """Draw the answers: whether a provider holds something on a person never changes, outages come and go."""
    person, item, provider = (getattr(heap, name).astype(np.int64) for name in ("person", "item", "provider"))
    usual = _MISS[item] * (0.5 + 1.2 * chances(provider, society.seed, 41))
    miss = np.where(heap.miss >= 0, heap.miss, usual)
    luck = rng.random(len(heap))
    down = _outages(society, heap, rng)
    withheld = society.citizens.protected[person] & (chances(person, item, 42) < 0.55)
    result = np.select(
        [heap.miss >= SILENT, down, withheld, luck < 0.0025, luck < 0.006, luck < 0.008, chances(person, item, 43) < miss],
        [PENDING, ERROR, WITHHELD, REFUSED, ERROR, PENDING, NO_RECORD], PROVIDED,
    ).astype(np.int8)  # fmt: skip
    manual = society.citizens.protected[person] | (
        (chances(provider, society.seed, 44) < 0.12) & (chances(provider, item, 45) < 0.4)
    )
    responded = heap.at + _delays(society, heap, manual, rng)
    beyond = responded >= society.days.count * DAY
    result = np.where(beyond, np.int8(PENDING), result).astype(np.int8)
    silent = (result == PENDING) | ((result == ERROR) & (luck < 0.004))
    items = np.where(result == PROVIDED, 1 + rng.poisson(_SIZE[item] * (0.6 + chances(person, item, 46))), 0)
    return Answers(result, np.where(silent, NEVER, responded), manual, items)


def _delays(society: Society, heap: Slips, manual: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Microseconds: seconds from most providers, the next night from some, days where a person answers."""
    provider = heap.provider.astype(np.int64)
    quick = 4 + rng.lognormal(np.log(6 + 90 * chances(provider, society.seed, 47) ** 3), 0.7)
    nightly = chances(provider, society.seed, 48) < 0.07
    until_night = (26.5 * 3600 - (heap.at % DAY) / 1e6) + rng.gamma(2, 900, len(heap))
    slow = rng.gamma(1.4, 30 * 3600, len(heap)) + 600
    seconds = np.where(manual, slow, np.where(nightly & (until_night > 0), until_night, quick))
    return np.asarray(seconds * 1e6, np.int64)


def _outages(society: Society, heap: Slips, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Hours in which a provider answers nothing."""
    days, agencies = society.days, len(society.agencies.kind)
    number = rng.poisson(society.habits.outages * days.weeks * agencies / 100)
    down = np.zeros(len(heap), bool)
    start = np.full((agencies, days.count), 10**15)
    end = np.zeros((agencies, days.count), int)
    who, when = rng.integers(0, agencies, number), rng.integers(0, days.count, number)
    start[who, when] = when * DAY + (rng.uniform(8, 15, number) * 3.6e9).astype(int)
    end[who, when] = start[who, when] + (rng.gamma(2, 1.2, number) * 3.6e9).astype(int)
    day = np.minimum(heap.day(), days.count - 1)
    down = (heap.at >= start[heap.provider, day]) & (heap.at < end[heap.provider, day])
    return np.asarray(down)


def repeated(society: Society, heap: Slips, first: Answers, rng: np.random.Generator) -> Slips:
    """Asked again by the same official: after an error the same, after an empty answer often somebody else."""
    interactive = heap.official >= 0
    luck = rng.random(len(heap))
    failed = interactive & (first.result == ERROR) & (luck < society.habits.retry)
    empty = interactive & (first.result == NO_RECORD) & (luck < society.habits.retry * 0.25)
    rows = np.flatnonzero(failed | empty)
    again = heap.take(rows)
    other = np.where(empty[rows], _elsewhere(society, again), again.provider)
    wait = rng.gamma(1.3, 1500, len(rows)) * 1e6 + 40e6
    at = again.at + wait.astype(np.int64)
    same_day = (at // DAY == again.day()) & (at % DAY < 17.6 * 3.6e9)
    kept = (same_day | (again.at % DAY > 17.5 * 3.6e9)) & (at < society.days.count * DAY)
    columns = {name: getattr(again, name) for name in Slips.__dataclass_fields__}
    return Slips(**{**columns, "at": at, "provider": other.astype(np.int16)}).take(kept)


def _elsewhere(society: Society, again: Slips) -> Ints:
    """The former or the family's municipality, where the first asked was a municipality; otherwise the same agency."""
    municipal = np.isin(society.agencies.kind, range(2, 7))
    person = again.person.astype(np.int64)
    previous, family = society.citizens.previous[person], society.citizens.elsewhere[person]
    other = np.where((previous >= 0) & (previous != again.provider), previous, family)
    fits = municipal[again.provider] & (other != again.requester) & (other != again.provider)
    return np.where(fits, other, again.provider).astype(np.int64)


def with_repeats(society: Society, heap: Slips, rng: np.random.Generator) -> tuple[Slips, Answers]:
    """All slips with their answers, those asked again included, in order of time."""
    first = answered(society, heap, rng)
    again = repeated(society, heap, first, rng)
    second = answered(society, again, rng)
    whole = joined([heap, again])
    order = np.argsort(whole.at, kind="stable")
    columns = (
        np.concatenate([getattr(first, name), getattr(second, name)])[order] for name in Answers.__dataclass_fields__
    )
    return whole.take(order), Answers(*columns)
