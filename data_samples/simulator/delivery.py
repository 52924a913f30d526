"""Delivered files: of all sizes, some late, some twice, some with bad rows, not all with the same columns."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Ints, mixed, stream, tokens, unit
from data_samples.simulator.columns import COLUMNS, GRADE_A, GRADE_B
from data_samples.simulator.requests import Requests
from data_samples.simulator.seasons import week_name

LARGEST = 100_000
"""Rows in the largest delivered file."""
LATE, TWICE, OVERLAP, SPOILT = 0.05, 0.02, 0.03, 0.06
"""Shares of a week's sources whose delivery is partly late, repeated, overlapping, or holds bad rows."""
_UNLIKE = ("request_id", "requested_at", "responded_at", "subject_key", "subject_key_national")
_OFTEN_LACKING = ("items_returned", "response_mode", "requester_nondisclosure", "inquiry_from")
_STRAY = 10**15
"""Bad rows are numbered from here, beyond every request."""


@dataclass(frozen=True)
class Delivered:
    """A file's line in the manifest."""

    name: str
    rows: int
    sha256: str
    source: str
    monday: int


@dataclass
class Landing:
    """The folder that files are delivered to; a second thread writes while the next week is made."""

    folder: Path
    world: World
    listed: list[Future[Delivered]] = field(default_factory=list)
    late: list[tuple[int, Week, pa.Table]] = field(default_factory=list)
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    sources: Ints = field(init=False)

    def __post_init__(self) -> None:
        # Which data centre delivers an agency's log: large agencies deliver themselves.
        country = self.world.country
        centres = max(3, len(country) // 40)
        shared = (unit(np.arange(len(country)), 61) * centres).astype(np.int64)
        alone = country.volume > 8.0 / len(country)
        self.sources = np.where(alone, centres + np.arange(len(country)), shared)

    def deliver(self, week: Week, table: pa.Table, rows: Requests) -> None:
        """Write a week's files from requests sorted by source and time, and what was late the week before."""
        if self.listed:
            self.listed[-1].result()  # One week's rows wait at most, which bounds the memory.
        self.deliver_late(week)
        source = self.sources[rows.agency]
        bounds = np.append(np.flatnonzero(np.diff(source, prepend=-1)), len(source))
        for first, last in pairwise(bounds.tolist()):
            part = table.slice(first, last - first)
            self._from_source(week, int(source[first]), part, rows.agency[first:last])

    def deliver_late(self, week: Week) -> None:
        """Hand in what sources kept back, in the folder of the week in which it arrives."""
        for number, (source, owner, table) in enumerate(self.late):
            self._write(f"{week_name(week.monday)}/source{source:04d}-late{number:03d}.parquet", table, owner, source)
        self.late = []

    def finish(self) -> list[Delivered]:
        """Wait for the last file; the manifest's lines in the order of delivery."""
        delivered = [line.result() for line in self.listed]
        self.writer.shutdown()
        return delivered

    def _from_source(self, week: Week, source: int, table: pa.Table, agency: npt.NDArray[np.int32]) -> None:
        rng = stream(self.world.settings.seed, 7, week.number + 100, source)
        grade = int(self.world.country.grade[agency, week.number].max())
        table = table.select({0: GRADE_A, 1: GRADE_B, 2: COLUMNS}[grade])
        if self.world.settings.messy:
            table = self._untidy(week, source, table, rng)
        place, name = 0, f"{week_name(week.monday)}/source{source:04d}"
        for part, size in enumerate(_cuts(len(table), rng)):
            again = int(rng.integers(1, 20)) if part and self._happens(OVERLAP, rng) else 0
            first = max(0, place - again)
            self._write(f"{name}-{part:03d}.parquet", table.slice(first, place + size - first), week, source)
            if self._happens(TWICE, rng):
                self._write(f"{name}-{part:03d}-again.parquet", table.slice(first, place + size - first), week, source)
            place += size

    def _happens(self, share: float, rng: np.random.Generator) -> bool:
        return bool(rng.random() < share) and self.world.settings.messy

    def _untidy(self, week: Week, source: int, table: pa.Table, rng: np.random.Generator) -> pa.Table:
        """A source that never sends some column, keeps rows back for a week, or adds rows that cannot be."""
        lacking = np.array(_OFTEN_LACKING)[unit(source * 11 + np.arange(len(_OFTEN_LACKING)), 81) < 0.06]
        table = table.drop_columns([c for c in lacking.tolist() if c in table.column_names])
        if unit(np.array([source]), 82)[0] < 0.1:
            table = table.append_column("vendor_note", pa.nulls(len(table), pa.string()))
        if rng.random() < LATE and len(table) > 20:
            kept = len(table) - int(rng.integers(1, len(table) // 4 + 1))
            self.late.append((source, week, table.slice(kept)))
            table = table.slice(0, kept)
        if rng.random() < SPOILT and len(table) > 20:
            bad = spoilt(table, _STRAY + week.number * 10**6 + source * 100, rng, self.world.settings.seed)
            table = pa.concat_tables([table, bad])
        return table

    def _write(self, name: str, table: pa.Table, week: Week, source: int) -> None:
        self.listed.append(self.writer.submit(_written, self.folder, name, table, f"S{source:04d}", week.monday))


def _written(folder: Path, name: str, table: pa.Table, source: str, monday: int) -> Delivered:
    target = folder / "linkage_log" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    coded = [c for c in table.column_names if c not in _UNLIKE]
    pq.write_table(table, target, use_dictionary=coded, compression="snappy", store_schema=False)
    with target.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Delivered(f"linkage_log/{name}", len(table), digest, source, monday)


def spoilt(table: pa.Table, number: int, rng: np.random.Generator, seed: int) -> pa.Table:
    """Some rows for quarantine: no time, an answer before the request, a wrong year, no item."""
    count = int(rng.integers(1, 5))
    rows = table.take(pa.array(np.sort(rng.choice(len(table), count, replace=False))))
    ids = tokens(mixed(number + np.arange(count), 42 + 100 * seed), "R", 16)
    rows = rows.set_column(0, "request_id", ids)
    fault = int(rng.integers(4))
    asked, answered = rows["requested_at"], rows["responded_at"]
    if fault == 0:
        rows = rows.set_column(1, "requested_at", pa.nulls(count, asked.type))
    elif fault == 1:
        early = pc.subtract(asked, pa.scalar(3_600_000_000, pa.duration("us")))
        rows = rows.set_column(2, "responded_at", early)
    elif fault == 2:
        long_ago = pc.subtract(asked, pa.scalar(20_000 * 86_400_000_000, pa.duration("us")))
        rows = rows.set_column(1, "requested_at", long_ago).set_column(2, "responded_at", answered)
    else:
        place = rows.column_names.index("item_code")
        rows = rows.set_column(place, "item_code", pa.nulls(count, rows.schema.field(place).type))
    return rows


def _cuts(n: int, rng: np.random.Generator) -> list[int]:
    """Sizes of a source's files: usually one, now and then many small ones, 100,000 rows at most."""
    if n > 1 and rng.random() < 0.1:
        first = int(rng.integers(1, min(n, 50)))
        return [first, *_cuts(n - first, rng)]
    whole, rest = divmod(n, LARGEST)
    return [LARGEST] * whole + ([rest] if rest else [])
