"""What each reason is worth: how far the finding's rarity falls when the reason is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.bundle import Champion
from models.ranking.agencies import AGENCY, agency_weeks
from models.ranking.calibration import Floats
from models.ranking.combination import attribute_rarities, behind, combined
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
        whole_behind = behind(tails, readings.lacking_of(rows))
        return tails[OFFICIAL].log_expected(
            combined(attribute_rarities(rows, tails), learned, len(officials), whole_behind)
        )

    def of_agency(rows: pd.DataFrame, learned: Floats) -> Floats:
        return tails[AGENCY].log_expected(agency_weeks(rows, tails, learned, len(agencies))[0])

    keys = {OFFICIAL: ["agency_code", "requester_user"], AGENCY: ["agency_code"]}
    judges = {
        OFFICIAL: (officials, of_official, learned_by(champion)),
        AGENCY: (agencies, of_agency, learned_of_agencies(champion)),
    }
    found: dict[int, Parts] = {}
    for statistic, (weeks, judged, learned) in judges.items():
        places = np.flatnonzero((chosen.statistic == statistic).to_numpy())
        who = chosen.iloc[places][keys[statistic]].itertuples(index=False, name=None)
        rows = [weeks.loc[[key if len(key) > 1 else key[0]]] for key in who]
        found |= dict(zip(places.tolist(), _parts(rows, judged, learned), strict=True))
    return [found.get(place, Parts()) for place in range(len(chosen))]


def _parts(rows: Sequence[pd.DataFrame], judged: Judged, learned: Learned) -> list[Parts]:
    """The parts of each row's rarity; the detectors are asked once about all rows with each part taken away."""
    if not rows:
        return []
    names = [sorted({_part(str(c)) for c in row.columns[row.iloc[0].to_numpy() > 0]}) for row in rows]
    blocks = [
        [row, row, *(row.assign(**dict.fromkeys([c for c in row.columns if _part(str(c)) == name], 0.0)) for name in parts)]
        for row, parts in zip(rows, names, strict=True)
    ]  # fmt: skip
    ends = np.cumsum([len(block) for block in blocks])
    every = pd.concat([one for block in blocks for one in block])
    starts = ends - [len(block) for block in blocks]
    rarity = np.array(learned(every))
    own = rarity[starts].copy()
    rarity[starts + 1] = 0.0
    expected = judged(every, rarity)
    found = []
    for start, end, parts, seen in zip(starts, ends, names, own, strict=True):
        lost = np.maximum(expected[start + 1 : end] - expected[start], 0.0)
        found.append(Parts(dict(zip([LEARNED, *parts], lost.tolist(), strict=True)), float(seen)))
    return found


def _part(column: str) -> str:
    """The attribute of a column `attribute:window`, or the count itself."""
    return column.partition(":")[0]
