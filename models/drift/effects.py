"""The effect sizes of a week against others: how far two distributions lie apart, and how many times as much there is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.drift import NATION, WeekCells

MIX, FILLED, SHARE, VOLUME = "mix", "filled", "share", "volume"
ALL_VISITS, ALL_REQUESTS = "strangeness:all", "count:all"
LEAST_ROWS = 100
"""A distribution of fewer is mostly chance, in this week or on average in those that it is held against."""
LEAST_COUNT = 20
"""A ratio needs as many on average in the weeks that it is held against."""
BREADTH = 8
"""Bins over which a count is spread; eight are two nats."""
ALERTED = 0.01
"""Alert rate: the share of visits stranger than all but so many of the compared weeks."""


@dataclass(frozen=True)
class Stream:
    """A measure of a kind of agency: its effect this week, and in each compared week against the others (both on the scale
    of `effect`); `family` is one of MIX, FILLED, SHARE, VOLUME."""

    family: str
    kind: str
    measure: str
    effect: float
    others: tuple[float, ...]


def hellinger(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The Hellinger distance of two distributions that are given by weights of the same cells `(n,)`, 0 (the same) to 1
    (nothing in common); 1 if one of them is empty (Hellinger 1909; unlike PSI it is bounded and needs no correction for
    empty cells)."""
    if not one.sum() or not other.sum():
        return 1.0
    affinity = float(np.sqrt(one / one.sum() * other / other.sum()).sum())
    return math.sqrt(max(0.0, 1.0 - affinity))


def smooth(bins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts by bin `(weeks, n)`, each spread over the bins less than BREADTH away, the nearer the more: a whole
    distribution that moves by a bin, as it does when histories grow, has not become another."""
    weights = np.convolve(np.ones(BREADTH), np.ones(BREADTH)) / BREADTH**2
    return np.vstack([np.convolve(row, weights) for row in bins])


def pooled(weeks: Sequence[WeekCells], kind: str, measure: str) -> dict[str, int]:
    """The cells of several weeks together."""
    found: dict[str, int] = {}
    for week in weeks:
        for cell, n in week.cells(kind, measure).items():
            found[cell] = found.get(cell, 0) + n
    return found


def streams(now: WeekCells, weeks: Sequence[WeekCells]) -> list[Stream]:
    """Every measure of every kind of agency of which there is enough, in a fixed order."""
    kinds = sorted({kind for week in weeks for kind, _ in week.counts})
    measures = sorted({measure for week in weeks for _, measure in week.counts})
    found: list[Stream | None] = []
    for kind in [NATION, *(kind for kind in kinds if kind != NATION)]:
        for measure in measures:
            if measure.startswith(("attribute:", "strangeness:")) or measure in ("count:procedure", "count:channel"):
                found.append(_mix(now, weeks, kind, measure))
            if measure.startswith("attribute:"):
                found.append(
                    _ratio(FILLED, now, weeks, kind, f"filled:{measure.partition(':')[2]}", measure, ALL_VISITS)
                )
        found += [
            _ratio(FILLED, now, weeks, kind, "filled:channel", "count:channel", ALL_REQUESTS),
            _ratio(SHARE, now, weeks, kind, "share:outcome", "count:outcome", ALL_REQUESTS),
            _ratio(SHARE, now, weeks, kind, "share:off_hours", "count:off_hours", ALL_REQUESTS),
            _ratio(SHARE, now, weeks, kind, "share:unexplained", "strangeness:unexplained", ALL_VISITS),
            _alerted(now, weeks, kind),
            _volume(now, weeks, kind, "volume:requests", ALL_REQUESTS),
            _volume(now, weeks, kind, "volume:visits", ALL_VISITS),
        ]
    return [stream for stream in found if stream is not None]


def _mix(now: WeekCells, weeks: Sequence[WeekCells], kind: str, measure: str) -> Stream | None:
    rows = sum(week.total(kind, measure) for week in weeks) / len(weeks)
    if min(rows, now.total(kind, measure)) < LEAST_ROWS:
        return None
    counts = _side_by_side([*weeks, now], kind, measure)
    table = counts if measure.startswith("count:") else smooth(counts)
    learned, this = table[:-1], table[-1]
    pool = learned.sum(axis=0)
    others = tuple(hellinger(row, np.maximum(pool - row, 0.0)) for row in learned)
    return Stream(MIX, kind, measure, hellinger(this, pool), others)


def _side_by_side(weeks: Sequence[WeekCells], kind: str, measure: str) -> NDArray[np.float64]:
    """A row for each week, a column for each cell; cells of counts are names, all others bins, which have their places."""
    each = [week.cells(kind, measure) for week in weeks]
    names = sorted({cell for cells in each for cell in cells})
    if measure.startswith("count:"):
        places = {name: place for place, name in enumerate(names)}
    else:
        first = min(int(float(name)) for name in names)
        places = {name: int(float(name)) - first for name in names}
    table = np.zeros((len(weeks), max(places.values()) + 1))
    for row, cells in zip(table, each, strict=True):
        for cell, n in cells.items():
            row[places[cell]] += n
    return table


def _ratio(
    family: str, now: WeekCells, weeks: Sequence[WeekCells], kind: str, name: str, part: str, whole: str
) -> Stream | None:
    return _of_counts(
        family, kind, name, (now.total(kind, part), now.total(kind, whole)),
        [(week.total(kind, part), week.total(kind, whole)) for week in weeks],
    )  # fmt: skip


def _volume(now: WeekCells, weeks: Sequence[WeekCells], kind: str, name: str, measure: str) -> Stream | None:
    return _of_counts(
        VOLUME, kind, name, (now.total(kind, measure), max(now.working_days, 1)),
        [(week.total(kind, measure), max(week.working_days, 1)) for week in weeks],
    )  # fmt: skip


def _alerted(now: WeekCells, weeks: Sequence[WeekCells], kind: str) -> Stream | None:
    """How many visits lie above what 1 in 100 of the compared weeks do. The limit is that of all these weeks; each of them
    counts into it a little."""
    limit = upper(pooled(weeks, kind, ALL_VISITS), ALERTED)
    if limit is None:
        return None
    return _of_counts(
        SHARE, kind, "share:alerted", (_above(now, kind, limit), now.total(kind, ALL_VISITS)),
        [(_above(week, kind, limit), week.total(kind, ALL_VISITS)) for week in weeks],
    )  # fmt: skip


def upper(cells: Mapping[str, int], share: float) -> float | None:
    """The least bin above which at most so large a share lies; None if there is none at all. Cells are numbers."""
    ranked = sorted(((float(cell), n) for cell, n in cells.items()), reverse=True)
    above, total = 0, sum(cells.values())
    for bin_, n in ranked:
        above += n
        if above > share * total:
            return bin_
    return None


def _above(week: WeekCells, kind: str, limit: float) -> int:
    return sum(n for cell, n in week.cells(kind, ALL_VISITS).items() if float(cell) > limit)


def _of_counts(
    family: str, kind: str, name: str, now: tuple[int, int], weeks: Sequence[tuple[int, int]]
) -> Stream | None:
    """The logarithm of a ratio, each against the mean of the compared weeks; half a count is added, so that none is a
    number too."""
    if sum(part for part, _ in weeks) / len(weeks) < LEAST_COUNT or not now[1] or not all(whole for _, whole in weeks):
        return None
    logs = [math.log((part + 0.5) / whole) for part, whole in weeks]
    usual = sum(logs) / len(logs)
    return Stream(family, kind, name, math.log((now[0] + 0.5) / now[1]) - usual, tuple(each - usual for each in logs))
