"""How long a run may take and what it needs, said before it starts: from what is delivered and what the lake lacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.ingest.landing import Landing
from pipelines.ingest.ledger import read_ledger
from pipelines.lake import Lake
from pipelines.lake.stamps import Stamp
from pipelines.parameters import Parameters
from pipelines.steps import inputs

INGEST_SECONDS, FACTS_SECONDS = 3.0, 13.0
"""For a million requests on two cores (`python -m benchmarks.growth`, benchmarks/README.md); another machine differs."""
FIXED_SECONDS = 60.0
"""Training, scoring and the report, which hardly depend on the number of requests."""
FACT_BYTES = 25.0
"""What a request adds to the facts on disk."""
BESIDE_THE_ENGINE = 1.2e9
"""Bytes of memory beside the query engine's limit: libraries, statistics and models of 60,000 officials."""


@dataclass(frozen=True)
class Estimate:
    """Files delivered, requests to ingest and their weeks (None: footers do not tell), weeks and requests to make facts
    of, and what that may take."""

    files: int
    delivered: frozenset[Week] | None
    waiting: int
    weeks: int
    requests: int
    seconds: float
    memory: float
    disk: float

    def sentence(self) -> str:
        """For the operator, in round numbers."""
        ingest = f"about {self.waiting:,} requests to ingest, " if self.waiting else ""
        return (
            f"{ingest}facts of {self.weeks} week(s) with about {self.requests:,} requests to make: about "
            f"{max(1, round(self.seconds / 60))} min on two cores, up to {self.memory / 1e9:.1f} GB of memory, "
            f"{max(0.1, self.disk / 1e9):.1f} GB more on disk"
        )


def estimate(lake: Lake, landing: Landing, week: Week, parameters: Parameters) -> Estimate:
    """Compare what is delivered with the lake; reads no more of a file than its footer."""
    known = {entry.file for entry in read_ledger(lake)}
    waiting, delivered, weeks, told = 0, 0.0, set[Week](), True
    for file in landing.files:
        found = None if landing.name(file) in known else _footer(file)
        if found is not None:
            waiting, delivered = waiting + found.num_rows, delivered + file.stat().st_size
            of_file = _weeks_of(found)
            weeks, told = weeks | of_file, told and (bool(of_file) or not found.num_rows)
    first = week.shift(-parameters.features.look_back_weeks)
    lacking = {w for w in lake.weeks() if first <= w <= week and _facts_lack(lake, w)} - weeks
    requests = waiting + sum(pq.read_metadata(lake.log(w)).num_rows for w in lacking)
    return Estimate(
        len(landing.files), frozenset(weeks) if told else None, waiting, len(lacking | {w for w in weeks if first <= w <= week}), requests,
        (INGEST_SECONDS * waiting + FACTS_SECONDS * requests) / 1e6 + FIXED_SECONDS,
        _bytes(parameters.features.memory_limit) + BESIDE_THE_ENGINE, delivered + FACT_BYTES * requests,
    )  # fmt: skip


def _footer(file: Path) -> pq.FileMetaData | None:
    try:
        with file.open("rb") as content:
            return pq.read_metadata(content)
    except (OSError, pa.ArrowException):
        return None


def _weeks_of(footer: pq.FileMetaData) -> set[Week]:
    """The weeks between the first and the last request of a file, as far as its footer tells."""
    names = footer.schema.names
    if "requested_at" not in names:
        return set()
    groups = [footer.row_group(n).column(names.index("requested_at")) for n in range(footer.num_row_groups)]
    told = [g.statistics for g in groups if g.is_stats_set and g.statistics.has_min_max]
    try:
        days = [(Week.of(s.min), Week.of(s.max)) for s in told]
    except (AttributeError, TypeError, OverflowError, ValueError):
        return set()
    if not days:
        return set()
    each, last = min(first for first, _ in days), max(last for _, last in days)
    found: set[Week] = set()
    while each <= last and len(found) < 520:
        found.add(each)
        each = each.shift(1)
    return found


def _facts_lack(lake: Lake, week: Week) -> bool:
    stamp = Stamp.read(lake.stamp("facts", week))
    return stamp is None or stamp.differs(inputs.own_log(lake, week))


def _bytes(limit: str) -> float:
    return float(limit[:-2]) * (1e9 if limit.endswith("GB") else 1e6)
