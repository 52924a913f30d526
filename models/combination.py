"""One number for an official's week: work without a reason leads, everything else that is rare adds to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.calibration import Tail
from models.statistics import LEAD

Floats = NDArray[np.float64]
MODERATE = 5.0
"""A rarity of e^5 = 148 findings a week is where a further aspect begins to add."""
MOST = 10.0
"""More than this no single aspect adds: beyond it only the extrapolation grows, not the evidence."""
FURTHER = 0.1
"""What each further aspect's rarity adds, in parts of its own: aspects are correlated and mostly innocent."""


def aspect_rarities(officials: pd.DataFrame, tails: Mapping[str, Tail]) -> pd.DataFrame:
    """Minus the logarithm of the expected number a week of each official's value, one column an `aspect:window`."""
    known = [column for column in officials.columns if column in tails]
    return pd.DataFrame(
        {c: -tails[c].log_expected(officials[c].to_numpy(dtype=float)) for c in known}, index=officials.index
    )


def combined(rarities: pd.DataFrame) -> Floats:
    """The official's week as one value in nats, `(n,)`."""
    further = [c for c in rarities.columns if c.endswith(":1") and c != f"{LEAD}:1"]
    lead = rarities.get(f"{LEAD}:1", pd.Series(-10.0, index=rarities.index)).to_numpy(dtype=float)
    added = np.clip(rarities[further].to_numpy(dtype=float) + MODERATE, 0.0, MOST).sum(axis=1)
    value: Floats = lead + FURTHER * added
    return value
