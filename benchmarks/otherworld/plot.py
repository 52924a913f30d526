"""What is planted: which events, how hard to see, and what becomes of the honest heap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from benchmarks.otherworld.bureaus import BUREAU_KINDS
from benchmarks.otherworld.lives import Society
from benchmarks.otherworld.misuse import KNOWN_KINDS
from benchmarks.otherworld.nation import Ints
from benchmarks.otherworld.oddities import ODDITIES
from benchmarks.otherworld.part import Part
from benchmarks.otherworld.slips import Slips, joined
from benchmarks.otherworld.stage import Stage
from benchmarks.otherworld.stranger import STRANGE_KINDS
from benchmarks.otherworld.work import Cases

SIZES = ((3, 10), (12, 34), (40, 130))
"""Requests of a subtle, a plain and a blatant event."""
USUAL = (54, 25, 400)
"""Events and hard negatives in a world of so many agencies."""
MISUSE = {**KNOWN_KINDS, **STRANGE_KINDS, **BUREAU_KINDS}


@dataclass(frozen=True)
class Event:
    """One planted event or hard negative."""

    name: str
    kind: str
    honest: bool


@dataclass(frozen=True)
class Plot:
    """The heap with everything in it, and what the truth has to say."""

    heap: Slips
    cases: Cases
    events: list[Event]
    ordinances: list[tuple[object, ...]] = field(default_factory=list)
    erased: Ints = field(default_factory=lambda: np.zeros(0, int))
    """Events whose records are missing in the requester's copy."""
    silences: list[tuple[int, int, int]] = field(default_factory=list)
    """Event, agency and week of records that stopped."""

    def without_requests(self, weeks: pa.Array, agencies: pa.Array, schema: pa.Schema) -> pa.Table:
        """Truth about events that consist of missing requests."""
        rows = [
            {"scenario_id": self.events[e].name, "scenario": self.events[e].kind, "hard_negative": False,
             "week": weeks[w].as_py(), "agency_code": agencies[a].as_py()}
            for e, a, w in self.silences
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=schema)


def plotted(society: Society, heap: Slips, cases: Cases, honest: bool) -> Plot:
    """Add events to an honest heap; kinds and difficulties take turns."""
    if honest:
        return Plot(heap, cases, [])
    rng = np.random.default_rng([society.seed, 9])
    stage = Stage(society, heap, cases, rng)
    share = (len(society.agencies.kind) / USUAL[2]) ** 0.75
    played = _played(stage, ODDITIES, max(4, round(USUAL[1] * share)), rng)
    oddities = len(played)
    played += _played(stage, MISUSE, max(6, round(USUAL[0] * share)), rng)
    names = rng.permutation(len(played))
    events = [Event(f"E{names[n]:03d}", kind, n < oddities) for n, (kind, _) in enumerate(played)]
    return _merged(stage, events, [part for _, part in played])


def _played(
    stage: Stage, kinds: dict[str, Callable[[Stage, int], Part]], number: int, rng: np.random.Generator
) -> list[tuple[str, Part]]:
    """So many events, each kind once before any comes twice; kinds that find no actors are passed over."""
    parts: list[tuple[str, Part]] = []
    turn = 0
    while len(parts) < number and turn < 4 * number + 40:
        if turn % len(kinds) == 0:
            order = rng.permutation(sorted(kinds))
        low, high = SIZES[len(parts) % 3]
        kind = str(order[turn % len(kinds)])
        turn += 1
        try:
            part = kinds[kind](stage, int(rng.integers(low, high + 1)))
        except LookupError:
            continue
        parts.append((kind, part))
    return parts


def _merged(stage: Stage, events: list[Event], parts: list[Part]) -> Plot:
    """Honest slips, less what was taken away, with marks on what was claimed, and the added ones."""
    heap = stage.heap
    mark, miss, at = heap.event.copy(), heap.miss.copy(), heap.at.copy()
    kept = np.ones(len(heap), bool)
    added, ordinances, silences = [], [], []
    for number, part in enumerate(parts):
        mark[part.claimed] = number
        miss[part.silenced] = 2.0
        at[part.moved] = part.moved_to
        kept[part.removed] = False
        added.append(replace(part.added, event=np.full(len(part.added), number, np.int32)))
        ordinances += part.ordinances
        silences += [(number, part.agency, week) for week in part.silent_weeks]
    honest = replace(heap, event=mark, miss=miss, at=at).take(kept)
    whole = joined([honest, *added])
    inside = (whole.at >= 0) & (whole.day() < stage.society.days.count)
    erased = np.array([n for n, part in enumerate(parts) if part.erased], int)
    return Plot(whole.take(inside), stage.cases, events, ordinances, erased, silences)
