"""Training: the scale of every statistic, and detectors over the weeks of officials and of agencies, from earlier weeks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import pandas as pd

from models.bundle import Bundle, FittedDetector, Population
from models.detectors import fit_all
from models.ranking.combination import learned_rarity
from models.ranking.findings import Fold, Learned, learn_tails
from models.sizes import USUAL, Sizes
from models.statistics import WeekStatistics

Populations = Callable[[Sequence[WeekStatistics]], tuple[Population, Population]]
"""Given weeks, what is learned from them of officials and of agencies."""
FOLDS = 2
"""Each half of the weeks is judged by detectors that were trained on the other: what they say of weeks that they do not know."""


def train(
    history: Sequence[WeekStatistics],
    seed: int,
    data: Mapping[str, str],
    until: str,
    without: Collection[str] = (),
    sizes: Sizes = USUAL,
) -> Bundle:
    """Learn from the statistics of earlier weeks (at least two), without the named detectors, in their sizes; the same input
    and seed give the same bundle."""
    populations = partial(_populations, seed=seed, without=without, sizes=sizes)
    officials, agencies = populations(history)
    tails = learn_tails(history, _folds(history, populations))
    # A log that names no official teaches nothing of officials; agencies have scales of their own.
    parameters: dict[str, str | int | float] = {
        "until": until,
        "weeks": len(history),
        "seed": seed,
        "official_weeks": sum(len(reading.officials()) for reading in history),
        "agency_weeks": sum(len(reading.agencies()) for reading in history),
    }
    # Usual sizes are left out: what a program learned that knew no others has its fingerprint still.
    content = json.dumps(
        [
            parameters | sizes.unusual(),
            dict(data),
            officials.feature_names,
            {n: t.to_json() for n, t in sorted(tails.items())},
        ],
        sort_keys=True,
    )
    metrics = {f"strangest.{n}": float(f.reference[-1]) for n, f in officials.detectors.items()}
    metrics["official_weeks"] = float(parameters["official_weeks"])
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    return Bundle(
        officials.feature_names, officials.detectors, tails, parameters | sizes.told(), metrics, fingerprint, dict(data),
        agencies,
    )  # fmt: skip


def _folds(history: Sequence[WeekStatistics], populations: Populations) -> list[Fold]:
    """Each week once held back from detectors that learn from the others; a single week can only be judged by itself."""
    found = []
    for first in range(min(FOLDS, len(history))):
        held = history[first::FOLDS]
        kept = [week for number, week in enumerate(history) if number % FOLDS != first] or held
        officials, agencies = (_learned(population) for population in populations(kept))
        found.append(Fold(kept, held, officials, agencies))
    return found


def _learned(population: Population) -> Learned:
    return partial(learned_rarity, names=population.feature_names, detectors=population.detectors)


def _populations(
    history: Sequence[WeekStatistics], seed: int, without: Collection[str], sizes: Sizes
) -> tuple[Population, Population]:
    """Detectors over official-weeks and over agency-weeks; none where the log names none, or none was counted."""
    return (
        _population([reading.officials() for reading in history], seed, without, sizes),
        _population([reading.agencies() for reading in history], seed, without, sizes),
    )


def _population(weeks: Sequence[pd.DataFrame], seed: int, without: Collection[str], sizes: Sizes) -> Population:
    matrix = pd.concat(weeks).fillna(0.0)
    names = tuple(sorted(matrix.columns))
    fitted = fit_all(matrix[list(names)].to_numpy(dtype=float), seed, without, sizes) if names else {}
    return Population(names, {name: FittedDetector(*parts) for name, parts in fitted.items()})
