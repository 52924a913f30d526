"""From a statistic's value to the number of equally strange findings that a quiet week is expected to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CALIBRATION_WEEKS = 8
"""The latest weeks before the one to be scored: long enough for the bulk, short enough to follow the season."""
ORDER = 1e-9
"""What a nat more takes off an expectation that is the same otherwise: enough to order, too little to be read."""
KNOTS = 48
"""Points that a scale is kept in, closer together where values are rare: more change no figure that is read."""
BULK = (0.0025, 0.04)
"""Shares of all that is measured in a week between which the tail's slope is read: below the few that may be misuse, above the
mass. Shares, so that twice as many officials are ranked as half of them would be."""
OF_TOLD = (0.05, 0.8)
"""and of what is above the least, where most have nothing at all."""
BULK_OF_FINDINGS = 80.0
"""Where it is told how many findings a week may be what is looked for, the slope is read down to so many."""
STEEPEST, FLATTEST = 1.0, 0.05
"""Statistics are minus logarithms of probabilities: their tail cannot honestly fall faster than one to one."""
SHAPES = (1e-3, 1.0)
"""From an exponential tail to one without a mean: beyond these no shape is believed."""
HEAVY_SHARE = (0.02, 0.1)
"""The same for a heavy tail, which takes what lies above as censored: of a small organisation's cases one in fifty may be misuse
and would otherwise teach that misuse is usual."""
FEW = 20
"""With fewer values a week above the least no bulk is there to read a slope from."""
BULK_SHARE = (0.005, 0.1)
"""Of those, no more than such shares of all that is measured."""


@dataclass(frozen=True)
class Tail:
    """How many findings a week reach a value: knots `(values, log rates)`, values rising, and beyond them a generalised
    Pareto tail that begins with `slope` and flattens by `shape`; of shape 0 it is exponential."""

    values: tuple[float, ...]
    log_rates: tuple[float, ...]
    slope: float
    shape: float = 0.0

    @classmethod
    def of(
        cls, values: Sequence[float] | Floats, weeks: int, spared: float | None = None, *, heavy: bool = False
    ) -> Tail:
        """Learn it from all values of `weeks` earlier weeks; `spared` findings a week may be what is looked for, or else a
        share of all.

        Up to those the empirical rate stands; beyond, it goes on with the slope of the bulk or, if it may be `heavy`, as
        the generalised Pareto distribution that the bulk fits. The highest values of earlier weeks are not used: a
        statistic that finds much misuse would otherwise learn to think it normal.
        """
        falling = np.sort(np.asarray(values, dtype=float))[::-1]
        least = min(0.0, falling[-1]) if len(falling) else 0.0
        told = int((falling > least).sum())
        if told < FEW * weeks:
            return cls._of_few(falling[falling > 0], weeks)
        rates = np.arange(1, len(falling) + 1) / weeks
        first, last = (int(min(all_ * len(falling), some * told)) for all_, some in zip(BULK, OF_TOLD, strict=True))
        if spared is not None:
            most = zip((spared, BULK_OF_FINDINGS), HEAVY_SHARE if heavy else BULK_SHARE, strict=True)
            first, last = (int(min(findings * weeks, share * len(falling))) for findings, share in most)
        last = max(last, min(first + 8, len(falling) - 1))
        places = np.unique(np.geomspace(first + 1, len(falling), KNOTS).astype(int) - 1)[::-1]
        drop = max(falling[first] - falling[last], 1e-6)
        slope = float(np.log(rates[last] / rates[first]) / drop)
        # Of equal values the last counts: all of them are at least so strange. The least is where most have nothing at all.
        equals = len(falling) - np.searchsorted(falling[::-1], falling[places])
        reached = np.where(falling[places] > least, equals / weeks, rates[places])
        shape = 0.0
        if heavy:
            slope, shape = _pareto(falling, first, last)
        return cls(tuple(falling[places].tolist()), tuple(np.log(reached).tolist()), _honest(slope), shape)

    @classmethod
    def _of_few(cls, falling: Floats, weeks: int) -> Tail:
        """With few values above zero all of them stand, one more is presumed, and their median gives the slope."""
        values, counts = np.unique(falling, return_counts=True)
        rates = (np.cumsum(counts[::-1])[::-1] + 1.0) / weeks
        known = np.append(0.0, values), np.append((len(falling) + 1.0) / weeks, rates)
        slope = float(np.log(2.0) / np.median(falling)) if len(falling) else STEEPEST / 2.0
        return cls(tuple(known[0].tolist()), tuple(np.log(known[1]).tolist()), _honest(slope))

    def log_expected(self, values: Floats) -> Floats:
        """The logarithm of the expected number a week of findings at least so strange, `(n,)` to `(n,)`.

        A higher value is always expected less often, be it by a hair: below what is known the line goes on gently, and
        where many weeks reached the same rate the value itself still orders.
        """
        within = np.interp(values, self.values, self.log_rates)
        further = self.slope * np.maximum(values - self.values[-1], 0.0)
        beyond = self.log_rates[-1] - (np.log1p(self.shape * further) / self.shape if self.shape else further)
        below = self.log_rates[0] + FLATTEST * (self.values[0] - values)
        found: Floats = np.where(values > self.values[-1], beyond, np.where(values < self.values[0], below, within))
        return found - ORDER * values

    def to_json(self) -> dict[str, list[float]]:
        """As plain lists."""
        return {"values": list(self.values), "log_rates": list(self.log_rates), "slope": [self.slope, self.shape]}

    @classmethod
    def from_json(cls, content: dict[str, list[float]]) -> Tail:
        """From plain lists."""
        return cls(tuple(content["values"]), tuple(content["log_rates"]), *content["slope"])


def _pareto(falling: Floats, first: int, last: int) -> tuple[float, float]:
    """Slope and shape at rank `first` of the generalised Pareto distribution of what exceeds rank `last`.

    By maximum likelihood (Coles 2001, chapter 4), where of the `first` highest values only that they are higher is
    used. On log-normal values an exponential tail promises a tenth where one comes; this one keeps its word.
    """
    from scipy.optimize import minimize

    above, cap = falling[first:last] - falling[last], falling[first] - falling[last]
    if cap <= 0.0:
        return STEEPEST / 2.0, 0.0

    def unlikely(parameters: Floats) -> float:
        scale, shape = np.exp(parameters[0]), np.exp(parameters[1])
        higher = first * np.log1p(shape * cap / scale) / shape
        return float(len(above) * np.log(scale) + (1.0 + 1.0 / shape) * np.log1p(shape * above / scale).sum() + higher)

    mean = np.log(max(float(above.mean()), 1e-6))
    fits = [minimize(unlikely, [mean, np.log(shape)], method="Nelder-Mead") for shape in SHAPES]
    scale, shape = np.exp(min(fits, key=lambda fit: float(fit.fun)).x)
    shape = float(np.clip(shape, *SHAPES))
    return float(1.0 / (scale + shape * cap)), shape


def _honest(slope: float) -> float:
    return float(np.clip(slope, FLATTEST, STEEPEST))
