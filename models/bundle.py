"""What training makes and scoring needs: library estimators, plain arrays and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.ranking.calibration import Tail


@dataclass(frozen=True)
class FittedDetector:
    """A library estimator and its strangeness of the rows that it was trained on, rising, `(n,)`."""

    estimator: Any
    reference: NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """Detectors over the named features of the weeks of one kind of entity."""

    feature_names: tuple[str, ...] = ()
    detectors: Mapping[str, FittedDetector] = field(default_factory=dict)


@dataclass(frozen=True)
class Bundle:
    """A trained model: detectors over the named features of official-weeks and of agency-weeks, and the scale of every
    statistic."""

    feature_names: tuple[str, ...]
    detectors: Mapping[str, FittedDetector]
    tails: Mapping[str, Tail]
    parameters: Mapping[str, str | int | float]
    metrics: Mapping[str, float]
    fingerprint: str
    data_fingerprints: Mapping[str, str] = field(default_factory=dict)
    agencies: Population = field(default_factory=Population)
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints, by name, of everything that the statistics were read from; `shirabe reproduce` looks for it."""


@dataclass(frozen=True)
class Champion:
    """A registered bundle under the version that goes into every row it scores."""

    version: str
    bundle: Bundle

    @property
    def tails(self) -> Mapping[str, Tail]:
        """The scale of every statistic."""
        return self.bundle.tails


@dataclass(frozen=True)
class Registered:
    """What the registry says of a version, without loading it: what it learned from, and by which alias it goes."""

    version: str
    fingerprint: str
    until: str
    weeks: tuple[str, ...]
    official_weeks: int
    alias: str | None
    digest: str = ""
    """SHA-256 over the files of its artefact; empty where an earlier program registered it."""
