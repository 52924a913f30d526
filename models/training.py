"""Training: the scale of every statistic, and detectors over official-weeks, from earlier weeks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from models.bundle import Bundle, FittedDetector, Population
from models.detectors import fit_all
from models.ranking.combination import learned_rarity
from models.ranking.findings import learn_tails
from models.statistics import WeekStatistics


def train(history: Sequence[WeekStatistics], seed: int, data: Mapping[str, str], until: str) -> Bundle:
    """Learn from the readings of earlier weeks (at least two); the same input and seed give the same bundle."""
    matrix = pd.concat([reading.officials() for reading in history]).fillna(0.0)
    names = tuple(sorted(matrix.columns))
    data_matrix = matrix[list(names)].to_numpy(dtype=float)
    # A log that names no official teaches nothing of officials; agencies have scales of their own.
    fitted = {name: FittedDetector(*parts) for name, parts in fit_all(data_matrix, seed).items()}
    agencies = learn_agencies(history, seed)
    of_agencies = partial(learned_rarity, names=agencies.feature_names, detectors=agencies.detectors)
    tails = learn_tails(list(history), partial(learned_rarity, names=names, detectors=fitted), of_agencies)
    parameters: dict[str, str | int | float] = {
        "until": until,
        "weeks": len(history),
        "seed": seed,
        "official_weeks": len(matrix),
        "agency_weeks": sum(len(reading.agencies()) for reading in history),
    }
    content = json.dumps(
        [parameters, dict(data), names, {n: t.to_json() for n, t in sorted(tails.items())}], sort_keys=True
    )
    metrics = {f"strangest.{n}": float(f.reference[-1]) for n, f in fitted.items()}
    metrics["official_weeks"] = float(len(matrix))
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    return Bundle(names, fitted, tails, parameters, metrics, fingerprint, dict(data), agencies)


def learn_agencies(history: Sequence[WeekStatistics], seed: int) -> Population:
    """Detectors over agency-weeks; none where no agency was counted."""
    matrix = pd.concat([reading.agencies() for reading in history]).fillna(0.0)
    names = tuple(sorted(matrix.columns))
    fitted = fit_all(matrix[list(names)].to_numpy(dtype=float), seed) if names else {}
    return Population(names, {name: FittedDetector(*parts) for name, parts in fitted.items()})
