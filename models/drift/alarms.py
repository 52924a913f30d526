"""Which effects are alarms: as rarely false as was asked for, over all measures of a week together.

Each measure is held against the compared weeks, each of which was left out in turn: a prediction by Student's t on the
scale on which they vary evenly, with a variance that borrows from the other measures of its family, since so few weeks tell
little of one alone (a moderated t: Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3:3). Over all measures the procedure of
Benjamini and Yekutieli (2001, Ann. Stat. 29:1165), which holds however they hang together: in a week without any change the
chance of an alarm is at most one in `weeks_between_false_alarms`, so that as many weeks pass between false alarms.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import false_discovery_control, t

from models.drift import Drift, Drifted, Settings, WeekCells
from models.drift.effects import MIX, Stream, streams

EVEN = 0.02
"""Added to a Hellinger distance before its logarithm, on which distances of like weeks vary evenly."""
LEAST_DEVIATION = {MIX: 0.1}
"""Standard deviation below which none is believed, on the scale of the test; LEAST_DEVIATION_OF_RATIO for others."""
LEAST_DEVIATION_OF_RATIO = 0.02
LEAST_DISTANCE, LEAST_RATIO = 0.1, 1.25
"""However certain, a smaller change is none that anybody would act on: Hellinger distance, and times as much or as little."""
LEAST_DISTANCE_OF_BINS = 0.16
"""A whole distribution that moves by one bin moves by 0.154."""


def detect(now: WeekCells, learned: Sequence[WeekCells], settings: Settings) -> Drift:
    """Hold a week against the weeks that a model learned from: those of as many working days where they are enough,
    otherwise all (volumes are per working day in any case)."""
    same = [week for week in learned if week.working_days == now.working_days]
    like = len(same) >= settings.least_weeks
    weeks = same if like else list(learned)
    names = tuple(week.week for week in weeks)
    if len(weeks) < settings.least_weeks:
        return Drift(now.week, names, like, ())
    return Drift(now.week, names, like, judged(streams(now, weeks), settings.weeks_between_false_alarms))


def judged(found: Sequence[Stream], weeks_between_false_alarms: int) -> tuple[Drifted, ...]:
    """Each measure with its p-value, and whether it is an alarm."""
    if not found:
        return ()
    variances = _variances(found)
    measured = [_tested(stream, variance) for stream, variance in zip(found, variances, strict=True)]
    adjusted = false_discovery_control([each.p_value for each in measured], method="by")
    level = 1.0 / weeks_between_false_alarms
    return tuple(
        replace(each, alarm=bool(rare <= level) and _matters(stream))
        for stream, each, rare in zip(found, measured, adjusted, strict=True)
    )


def _even(stream: Stream) -> tuple[float, np.ndarray]:
    """This week's effect and those of the compared weeks on the scale of the test."""
    if stream.family != MIX:
        return stream.effect, np.asarray(stream.others)
    return math.log(stream.effect + EVEN), np.log(np.asarray(stream.others) + EVEN)


def _variances(found: Sequence[Stream]) -> list[float]:
    """Each measure's own variance and the usual one of its family, in equal parts."""
    own = [float(np.var(_even(stream)[1], ddof=1)) for stream in found]
    families: dict[str, list[float]] = defaultdict(list)
    for stream, variance in zip(found, own, strict=True):
        families[stream.family].append(variance)
    usual = {family: float(np.median(values)) for family, values in families.items()}
    return [
        max((variance + usual[stream.family]) / 2.0, LEAST_DEVIATION.get(stream.family, LEAST_DEVIATION_OF_RATIO) ** 2)
        for stream, variance in zip(found, own, strict=True)
    ]


def _tested(stream: Stream, variance: float) -> Drifted:
    now, others = _even(stream)
    n = len(others)
    score = (now - float(others.mean())) / math.sqrt(variance * (1.0 + 1.0 / n))
    degrees = 2 * (n - 1)
    p_value = float(t.sf(score, degrees)) if stream.family == MIX else 2.0 * float(t.sf(abs(score), degrees))
    typical = np.mean(stream.others) if stream.family == MIX else np.std(stream.others, ddof=1)
    return Drifted(stream.kind, stream.measure, stream.effect, float(typical), min(p_value, 1.0))


def _matters(stream: Stream) -> bool:
    if stream.family == MIX:
        return stream.effect >= (LEAST_DISTANCE if stream.measure.startswith("count:") else LEAST_DISTANCE_OF_BINS)
    return abs(stream.effect) >= math.log(LEAST_RATIO)
