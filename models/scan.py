"""A marked Poisson scan: has an official more visits past a threshold than his own history and his agency foretell?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Visits of each official in a window and before it: `(n,)` totals and `(n, m)` visits past each threshold."""

    visits: Integers
    past: Integers
    earlier_visits: Integers
    earlier_past: Integers
    agency: Integers


def agency_rates(counts: Counts, prior_visits: float) -> Floats:
    """The share of visits past each threshold at the official's agency, himself left out, `(n, m)`.

    Smoothed towards the share of all agencies by `prior_visits` visits. The window itself counts too: what
    the whole office does this week is no reason to name one of its officials.
    """
    visits = (counts.visits + counts.earlier_visits).astype(float)
    past = (counts.past + counts.earlier_past).astype(float)
    n_agencies = int(counts.agency.max()) + 1
    agency_visits = np.bincount(counts.agency, visits, n_agencies)
    agency_past = np.stack([np.bincount(counts.agency, column, n_agencies) for column in past.T], axis=1)
    nation = (past.sum(axis=0) + 0.5) / (visits.sum() + 1.0)
    others_visits = agency_visits[counts.agency] - visits
    others_past = agency_past[counts.agency] - past
    rates: Floats = (others_past + prior_visits * nation) / (others_visits + prior_visits)[:, None]
    return rates


def tail(counts: Counts, rates: Floats, shape: float) -> Floats:
    """Minus the logarithm of P(at least as many visits past each threshold), `(n, m)`, in nats.

    Each official has his own rate, drawn from a Gamma of the given shape around his agency's; his earlier weeks sharpen
    it. The number in the window is then negative binomial (Gamma-Poisson, as in Kulldorff's space-time scans with
    over-dispersion).
    """
    size = shape + counts.earlier_past
    rate = shape / rates + counts.earlier_visits[:, None]
    success = rate / (rate + counts.visits[:, None])
    found: Floats = -nbinom.logsf(counts.past - 1, size, success)
    return np.where(counts.past > 0, found, 0.0)
