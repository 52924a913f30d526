"""Plants many events at once, far apart, into one week's log, so that a week of facts and scores tells of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from features.engines.duckdb import DuckDBEngine
from features.errors import ShirabeError
from features.weeks import Week
from models.evaluation import Event
from models.evaluation.power import LEVELS, Level, Planted, Scenario, plant_of
from models.evaluation.power.ground import Ground, Place

AT_MOST_OF_A_CELL = 20
"""Events of one kind and level in one round."""
OFFICIALS_APART = 20
"""One official in so many of an agency has an event: colleagues are what he is compared with."""
SHARE_OF_LOG = 0.1
"""So much of the week's log at most is planted or taken out in a round."""
TRIES = 20
"""So many places are tried for an event before its kind and level are given up in a round."""
MOST_ATTEMPTS = 200
"""To find request ids that the log does not have."""
_CHANGED = Path(__file__).parent / "sql" / "changed_log.sql"


@dataclass(frozen=True)
class Sown:
    """An event in the changed log: of which kind and level, and what `models.evaluation` needs to find it."""

    scenario: str
    level: Level
    place: Place
    event: Event


@dataclass(frozen=True)
class Round:
    """All events of one changed log: the rows that it has beside, or in place of, those that are taken out."""

    sown: tuple[Sown, ...]
    added: pa.Table
    removed: frozenset[str]

    def write(self, engine: DuckDBEngine, target: Path) -> int:
        """Write the changed log, given the engine in which the week's is `week_log`; returns its number of rows."""
        engine.given("added", self.added)
        engine.given("removed", pa.table({"request_id": pa.array(sorted(self.removed), pa.string())}))
        target.parent.mkdir(parents=True, exist_ok=True)
        return engine.parquet(_CHANGED.read_text(encoding="utf-8"), target)


def lacking(scenario: Scenario, filled: Collection[str]) -> tuple[str, ...]:
    """The columns that the kind cannot do without and that hold nothing; empty if it can be measured."""
    return tuple(column for column in scenario.needs if column not in filled)


def sow(
    ground: Ground, kinds: Sequence[Scenario], listed: Collection[str], rows: int, rng: np.random.Generator
) -> Round:
    """Plant events of each kind and level, in turns, as long as the log of `rows` requests has room.

    Officials and agencies in `listed` (entity ids) lead a case as it is and are left alone.
    """
    free = _Free(ground, listed, rng)
    open_cells: list[tuple[Scenario, Level]] = [(kind, level) for kind in kinds for level in LEVELS]
    room = int(SHARE_OF_LOG * rows)
    done: list[tuple[Scenario, Level, Place, Planted]] = []
    for _ in range(AT_MOST_OF_A_CELL):
        for cell in [open_cells[n] for n in rng.permutation(len(open_cells))]:
            kind, level = cell
            found = _planted(ground, kind, kind.levels[level], free, rng)
            if found is None or _size(found[1]) > room:
                open_cells.remove(cell)
                continue
            room -= _size(found[1])
            free.take(found[0])
            done.append((kind, level, *found))
    return _joined(ground, done, rng)


def _planted(
    ground: Ground, kind: Scenario, amount: int, free: _Free, rng: np.random.Generator
) -> tuple[Place, Planted] | None:
    plant = plant_of(kind)
    for place in islice(free.places(kind.place), TRIES):
        planted = plant(ground, place, amount, rng)
        if planted is not None:
            return place, planted
    return None


def _size(planted: Planted) -> int:
    return len(planted.added) + len(planted.removed)


class _Free:
    """Places that no event has: agencies without any for an agency's, agencies with the fewest first for an official's."""

    def __init__(self, ground: Ground, listed: Collection[str], rng: np.random.Generator) -> None:
        officials = [place for place in ground.officials() if f"{place.agency}/{place.official}" not in listed]
        agencies = [place for place in ground.agencies() if place.agency not in listed]
        self._officials = [officials[n] for n in rng.permutation(len(officials))]
        self._agencies = [agencies[n] for n in rng.permutation(len(agencies))]
        self._staff = Counter(place.agency for place in officials)
        self._used: Counter[str] = Counter()
        self._closed: set[str] = set()
        self._taken: set[Place] = set()

    def places(self, kind: str) -> Iterator[Place]:
        """The places for an event of an `official` or an `agency`, the freest first."""
        if kind == "agency":
            yield from (p for p in self._agencies if p.agency not in self._closed and not self._used[p.agency])
            return
        for place in sorted(self._officials, key=lambda p: self._used[p.agency]):
            most = max(1, self._staff[place.agency] // OFFICIALS_APART)
            if place not in self._taken and place.agency not in self._closed and self._used[place.agency] < most:
                yield place

    def take(self, place: Place) -> None:
        """Nothing else is planted there."""
        self._taken.add(place)
        if place.official is None:
            self._closed.add(place.agency)
        else:
            self._used[place.agency] += 1


def _joined(ground: Ground, done: Sequence[tuple[Scenario, Level, Place, Planted]], rng: np.random.Generator) -> Round:
    schema = ground.schema()
    removed = frozenset[str]().union(*(planted.removed for *_, planted in done))
    like = [str(i) for *_, planted in done for i in planted.added.request_id if i not in planted.removed]
    fresh = iter(_ids(ground, like, rng))
    sown, parts = [], [schema.empty_table()]
    for number, (kind, level, place, planted) in enumerate(done):
        ids = [str(i) if i in planted.removed else next(fresh) for i in planted.added.request_id]
        added = planted.added.assign(request_id=pd.Series(ids, index=planted.added.index, dtype="object"))
        parts.append(pa.Table.from_pandas(added, schema=schema, preserve_index=False))
        sown.append(Sown(kind.name, level, place, _event(number, kind, place, planted, ids, ground.week)))
    return Round(tuple(sown), pa.concat_tables(parts), removed)


def _event(number: int, kind: Scenario, place: Place, planted: Planted, ids: Sequence[str], week: Week) -> Event:
    event = Event(
        f"power-{number}", kind.name, False, str(week), frozenset({place.agency}), planted.officials, planted.subjects,
        frozenset(ids),
    )  # fmt: skip
    return event if ids else replace(event, users=frozenset(), subjects=frozenset())


def _ids(ground: Ground, like: Sequence[str], rng: np.random.Generator) -> list[str]:
    """New request ids of the log's own form, one for each given: at each place a sign that ids of that length have there; one
    sign longer where ids of that length run out."""
    signs = {
        n: [sorted(set(column)) for column in zip(*(i for i in like if len(i) == n), strict=True)]
        for n in set(map(len, like))
    }
    made: dict[str, None] = {}
    for attempt in range(MOST_ATTEMPTS):
        for given in like[len(made) :]:
            columns = signs[len(given)] + [signs[len(given)][-1]] * (attempt // 20)
            made["".join(column[int(rng.integers(len(column)))] for column in columns)] = None
        for known in ground.known_ids(list(made)):
            del made[known]
        if len(made) == len(like):
            return list(made)
    raise ShirabeError(
        "this log's request ids leave no room for others of their form; misuse cannot be planted into it"
    )
