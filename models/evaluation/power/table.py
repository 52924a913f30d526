"""The result: which share of each kind and level would have been listed, with an interval, as one Parquet table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.catalogue import Bilingual
from models.evaluation.power import CAPACITIES, LEVELS, Scenario
from models.evaluation.power.planting import Sown

SCHEMA = pa.schema([
    ("week", pa.string()), ("model_version", pa.string()), ("kind", pa.string()), ("level", pa.string()), ("amount", pa.int32()),
    ("capacity", pa.int32()), ("planted", pa.int32()), ("listed", pa.int32()), ("share", pa.float64()), ("low", pa.float64()),
    ("high", pa.float64()), ("lacks", pa.list_(pa.string())),
])  # fmt: skip
CONFIDENCE = 0.95
"""Level of the intervals."""


@dataclass(frozen=True)
class Rate:
    """How many of the events of a kind and level a list of `capacity` cases would have held; `share`, `low` and `high` are
    None where none was planted, and `lacks` names the columns without which the kind cannot be measured."""

    week: str
    model_version: str
    kind: str
    level: str
    amount: int
    capacity: int
    planted: int
    listed: int
    share: float | None
    low: float | None
    high: float | None
    lacks: tuple[str, ...] = ()


def rates(
    kinds: Sequence[Scenario],
    ranked: Sequence[tuple[Sown, int]],
    lacks: Mapping[str, tuple[str, ...]],
    week: str,
    version: str,
) -> list[Rate]:
    """A row for each kind, level and capacity, from the place of each event in its list.

    The interval is Wilson's (1927) of a share, at 95 %.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for sown, rank in ranked:
        places[sown.scenario, sown.level].append(rank)
    return [
        _rate(places[kind.name, level], capacity, Rate(
            week, version, kind.name, level, kind.levels[level], capacity, 0, 0, None, None, None, tuple(lacks.get(kind.name, ()))
        ))
        for kind in kinds for level in LEVELS for capacity in CAPACITIES
    ]  # fmt: skip


def _rate(places: Sequence[int], capacity: int, empty: Rate) -> Rate:
    if not places:
        return empty
    listed = sum(place <= capacity for place in places)
    low, high = interval(listed, len(places))
    told = {"planted": len(places), "listed": listed, "share": listed / len(places), "low": low, "high": high}
    return Rate(**(asdict(empty) | told))


def interval(listed: int, planted: int) -> tuple[float, float]:
    """Wilson's interval of a share at 95 %; `planted` is at least 1."""
    from scipy.stats import binomtest

    found = binomtest(listed, planted).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def to_arrow(rows: Sequence[Rate]) -> pa.Table:
    """The table of the results contract."""
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=SCHEMA)


def figures(rows: Sequence[Rate]) -> dict[str, float]:
    """The shares as MLflow keeps them: `power.KIND.LEVEL.at_CAPACITY`, and `power.at_CAPACITY` of all events together."""
    told = {f"power.{r.kind}.{r.level}.at_{r.capacity}": r.share for r in rows if r.share is not None}
    for capacity in CAPACITIES:
        at = [row for row in rows if row.capacity == capacity]
        planted = sum(row.planted for row in at)
        if planted:
            told[f"power.at_{capacity}"] = sum(row.listed for row in at) / planted
    return told


def read(file: Path) -> list[Rate]:
    """The rows of a written table."""
    rows = pq.read_table(file, partitioning=None).to_pylist()
    return [Rate(**(row | {"lacks": tuple(row["lacks"] or ())})) for row in rows]


def supposition(rate: Rate, kinds: Mapping[str, Scenario]) -> Bilingual:
    """What is supposed to have happened, as half a sentence."""
    told = kinds[rate.kind].told
    return Bilingual(ja=told.ja.format(n=rate.amount), en=told.en.format(n=rate.amount))
