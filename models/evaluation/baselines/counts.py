"""Single detectors of public libraries on plain counts and shares of officials' weeks: what is tried first anywhere.

Isolation Forest (Liu, Ting and Zhou 2008) as in scikit-learn, ECOD (Li and others 2022) and the rows of
`models.detectors` as in PyOD. Each is trained on the officials' weeks before the first judged one and scores each
judged week; no detector sees explanations, rules or histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.detectors import DETECTORS, MOST_ROWS, Detector, Floats, Shape, fit

ON_COUNTS = "{} on plain counts"


def _ecod(seed: int, shape: Shape, size: float) -> tuple[Any, ...]:
    from pyod.models.ecod import ECOD

    return (ECOD(),)


def _ecod_score(fitted: Any, data: Floats) -> Floats:
    return np.asarray(fitted[-1].decision_function(fitted[:-1].transform(data)), dtype=float)


SINGLE: tuple[Detector, ...] = (*DETECTORS, Detector("ecod", "経験分布の裾", _ecod, _ecod_score, MOST_ROWS))


@dataclass(frozen=True)
class CountDetectors:
    """Fitted detectors by the name of their ranking."""

    fitted: tuple[tuple[str, Detector, Any], ...]

    @classmethod
    def learned(cls, data: Floats, seed: int) -> CountDetectors:
        """Train each on the counts of earlier official-weeks `(n, d)`; a log that names no official has none of them."""
        if not len(data):
            return cls(())
        return cls(tuple((ON_COUNTS.format(d.name), d, fit(d, data, seed)[0]) for d in SINGLE))

    def scores(self, data: Floats) -> dict[str, Floats]:
        """Strangeness of official-weeks `(n, d)` by each ranking, `(n,)`."""
        return {name: detector.strangeness(estimator, data) for name, detector, estimator in self.fitted}
