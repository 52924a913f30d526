"""What each reason is worth: how far the finding's rarity falls when the reason is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.bundle import Champion
from models.ranking.agencies import AGENCY, agency_weeks
from models.ranking.calibration import Floats
from models.ranking.combination import attribute_rarities, combined
from models.ranking.findings import OFFICIAL, Learned
from models.ranking.scores import learned_by, learned_of_agencies
from models.statistics import WeekStatistics

LEARNED = "learned"
"""The reason that trained detectors are: what they add to the attributes or counts that they look at."""
Judged = Callable[[pd.DataFrame, Floats], Floats]


@dataclass(frozen=True)
class Parts:
    """By attribute or count, and LEARNED: the nats by which the rarity of a finding falls without it; how rare the learned
    detectors think the week, nats."""

    drops: Mapping[str, float] = field(default_factory=dict)
    learned: float = 0.0

    @property
    def shares(self) -> dict[str, float]:
        """The drops as parts of one."""
        total = sum(self.drops.values())
        return {name: drop / total for name, drop in self.drops.items()} if total > 0 else dict(self.drops)

    @property
    def percentile(self) -> float:
        """Of a hundred weeks of others, how many the learned detectors think more usual."""
        return float(100.0 * (1.0 - np.exp(-self.learned)))


def parts_of(chosen: pd.DataFrame, readings: WeekStatistics, champion: Champion) -> list[Parts]:
    """For each chosen finding what its rarity, on the scale of its own kind, loses without each part; none where the
    finding is put together of nothing else.

    An attribute is taken away with all its windows, from the detectors' sight too; LEARNED is what is lost if detectors
    add nothing. Parts hang together: their drops need not sum to the rarity.
    """
    officials, agencies = readings.officials(), readings.agencies()
    tails = champion.tails

    def of_official(rows: pd.DataFrame, learned: Floats) -> Floats:
        return tails[OFFICIAL].log_expected(combined(attribute_rarities(rows, tails), learned, len(officials)))

    def of_agency(rows: pd.DataFrame, learned: Floats) -> Floats:
        return tails[AGENCY].log_expected(agency_weeks(rows, tails, learned, len(agencies))[0])

    found = []
    for finding in chosen.itertuples():
        if finding.statistic == OFFICIAL:
            row = officials.loc[[(finding.agency_code, finding.requester_user)]]
            found.append(_parts(row, of_official, learned_by(champion)))
        elif finding.statistic == AGENCY:
            found.append(_parts(agencies.loc[[finding.agency_code]], of_agency, learned_of_agencies(champion)))
        else:
            found.append(Parts())
    return found


def _parts(row: pd.DataFrame, judged: Judged, learned: Learned) -> Parts:
    names = sorted({_part(str(c)) for c in row.columns[row.iloc[0].to_numpy() > 0]})
    without = [row.assign(**dict.fromkeys([c for c in row.columns if _part(str(c)) == name], 0.0)) for name in names]
    rows = pd.concat([row, row, *without])
    rarity = np.array(learned(rows))
    own, rarity[1] = float(rarity[0]), 0.0
    expected = judged(rows, rarity)
    lost = np.maximum(expected[1:] - expected[0], 0.0)
    return Parts(dict(zip([LEARNED, *names], lost.tolist(), strict=True)), own)


def _part(column: str) -> str:
    """The attribute of a column `attribute:window`, or the count itself."""
    return column.partition(":")[0]
