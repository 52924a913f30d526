"""One number for an official's week: work without a reason leads (where its lack says little, visits that are rare as a whole), everything
else that is rare adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.bundle import FittedDetector
from models.detectors import common_rarity
from models.ranking.calibration import CALIBRATION_WEEKS, Tail
from models.statistics.unexplained import LEAD

Floats = NDArray[np.float64]
REASON = f"{LEAD}:1"
"""Work without a reason in the week."""
VISIT = "visit:1"
"""Visits of the week that are rare as a whole, in whichever attributes."""
TELLS_FROM = 1.0
"""From so many officials a week with work without a reason on, its absence says something of the others. Where a log's references are
all taken at their word, nobody lacks a reason: it has no scale, and what would be left are sums and detectors, without a lead."""
MODERATE = 0.08
"""A further attribute begins to add where fewer than so large a share of the officials is as marked in it. A share, as
everything here: how many officials there are must not decide who of them is stranger."""
MOST = 10.0
"""More than this no single attribute adds: beyond it only the extrapolation grows, not the evidence."""
LEARNED = 0.6
"""What the learned detectors add, in parts of their rarity: they lift what the layers already find."""
COMMON = 2.0
"""One official-week in seven is as rare as that for the detectors: nothing is added below it."""
FURTHER = 0.2
"""What each further attribute's rarity adds, in parts of its own: attributes are correlated and mostly innocent."""
FAINT = 0.01
"""What the average rarity of all attributes, and the detectors' below COMMON, add in parts of their own: so little that nobody with
anything marked is overtaken, and enough that the others, a quarter of all, do not have one and the same score."""


def attribute_rarities(officials: pd.DataFrame, tails: Mapping[str, Tail]) -> pd.DataFrame:
    """Minus the logarithm of the expected number a week of each official's value, one column an `attribute:window`.

    What was never seen in the weeks that scales were learned from is judged by the scale of what never occurs.
    In the order of their names: a sum of doubles depends on it, and a served model is given its columns in another.
    """
    never = Tail.of([], CALIBRATION_WEEKS)
    return pd.DataFrame(
        {c: -tails.get(c, never).log_expected(officials[c].to_numpy(dtype=float)) for c in sorted(officials.columns)},
        index=officials.index,
    )


def behind(tails: Mapping[str, Tail], lacking: Floats) -> Floats:
    """By how many nats visits that are rare as a whole stand behind work without a reason, `(n,)`, where all of an official's
    rare visits lack a reason with probability `lacking` `(n,)` in honest work at the agency.

    Misuse has no reason; where an honest visit lacks one with probability p, to lack it is 1/p times as likely of misuse: it
    says -log p nats, and so does each of several. Visits as a whole do not ask for reasons, and stand behind by what that may say: by nothing where nobody notes
    a reason. Nor does its lack say anything where, by the scales of the weeks before, fewer than TELLS_FROM officials a week had any.
    """
    scale = tails.get(REASON)
    if scale is None or scale.log_rates[0] < np.log(TELLS_FROM):
        return np.zeros(len(lacking))
    with np.errstate(divide="ignore"):
        found: Floats = -np.log(np.minimum(lacking, 1.0))
    return found


def reasons_behind(lacking: Floats) -> Floats:
    """By how many nats what is counted of work without a reason only stands behind what is counted of all work, `(n,)`, where a share
    `lacking` `(n,)` of the visits of the agency lacks a reason.

    Asking for reasons sets all of misuse apart and 1 - p of honest work (Youden's index of the question): by minus the
    logarithm of that. Where nobody notes a reason the question leaves everything in, and asks nothing.
    """
    with np.errstate(divide="ignore"):
        found: Floats = -np.log1p(-np.minimum(lacking, 1.0))
    return found


def combined(rarities: pd.DataFrame, learned: Floats, officials: int, whole_behind: Floats) -> Floats:
    """The official's week as one value in nats, `(n,)`, of so many `officials` in the week; `learned` is the detectors' common
    rarity, nats, `(n,)`; `whole_behind` is what `behind` says of each."""
    nothing = pd.Series(-np.log(max(officials, 1)), index=rarities.index)
    reason = rarities.get(REASON, nothing).fillna(nothing).to_numpy(dtype=float)
    whole = rarities.get(VISIT, nothing).fillna(nothing).to_numpy(dtype=float)
    further = [c for c in rarities.columns if c.endswith(":1") and c not in (REASON, VISIT)]
    added = FURTHER * _beyond(rarities[further].to_numpy(dtype=float), officials).sum(axis=1)
    # Visits as a whole either lead or add: of both the one that is worth more.
    lead = np.maximum(reason + FURTHER * _beyond(whole, officials), whole - whole_behind)
    value: Floats = lead + added + LEARNED * np.maximum(learned - COMMON, 0.0)
    faint = rarities.mean(axis=1).fillna(0.0).to_numpy(dtype=float) + np.minimum(learned, COMMON)
    ordered: Floats = value + FAINT * faint
    return ordered


def _beyond(rarity: Floats, officials: int) -> Floats:
    """What of a further attribute's rarity counts, nats, of the same shape."""
    counted: Floats = np.clip(rarity + np.log(MODERATE * max(officials, 1)), 0.0, MOST)
    return counted


def learned_rarity(officials: pd.DataFrame, names: Sequence[str], detectors: Mapping[str, FittedDetector]) -> Floats:
    """The detectors' common rarity of each official's week, nats, `(n,)`; 0 where there is no detector."""
    data = officials.reindex(columns=list(names), fill_value=0.0).to_numpy(dtype=float)
    return common_rarity({name: (d.estimator, d.reference) for name, d in detectors.items()}, data)
