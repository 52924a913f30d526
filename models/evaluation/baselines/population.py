"""Population analysis: an official's week against the weeks of his peers.

Source: Elastic machine learning, "Performing population analysis": detectors `high_count` and `high_distinct_count`
over the officials, partitioned by the kind of agency, one bucket a week. Elastic fits a distribution to what the
population did and scores a record by the smallest probability among its detectors. Here a log-normal is fitted, one of
the families that Elastic chooses from, and what is compared is the number of deviations, which orders alike.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.detectors import Floats

NAME = "population analysis"
COUNTED = ("n_requests", "n_subjects", "n_procedures", "n_items", "n_providers")
FEW_PEERS = 30
"""A kind with fewer official-weeks is compared with all officials."""


def scores(counts: pd.DataFrame, earlier: pd.DataFrame) -> Floats:
    """The most deviations by which any count exceeds the peers', `(n,)`; `earlier` holds the weeks before."""
    peers = pd.concat([earlier, counts], ignore_index=True)
    sizes = peers.kind.value_counts()
    small = set(sizes[sizes < FEW_PEERS].index)
    found = np.zeros(len(counts))
    for kind in sorted(set(counts.kind)):
        rows = (counts.kind == kind).to_numpy()
        population = peers if kind in small else peers[peers.kind == kind]
        usual = np.log1p(population[list(COUNTED)].to_numpy(dtype=float))
        spread = np.maximum(usual.std(axis=0), 1e-9)
        now = np.log1p(counts.loc[rows, list(COUNTED)].to_numpy(dtype=float))
        found[rows] = ((now - usual.mean(axis=0)) / spread).max(axis=1)
    return found
