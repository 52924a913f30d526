"""One batch of sound files into the lake: judged, written as drafts, counted, put in place together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines.ingest.belonging import Belonging
from pipelines.ingest.calendar import draft_calendar
from pipelines.ingest.faults import reason_sql
from pipelines.ingest.ledger import Count, Entry, Ledger
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.quarantine import draft_quarantine
from pipelines.ingest.reading import damaged, unreadable
from pipelines.ingest.rivals import ASTRAY, Arrival, statement
from pipelines.ingest.scan import JUDGED, Readable, readable
from pipelines.ingest.survey import Delivered
from pipelines.ingest.weeks import Weeks
from pipelines.lake import Lake
from pipelines.lake.journal import commit

BATCH_ROWS = 8_000_000
"""Rows loaded and put in place at a time: bounds what a stop can cost, and the memory of a backfill."""
CONFLICT = "request_id again with other content"
Judged = tuple[Delivered, Entry]


def in_order(files: Sequence[Judged]) -> list[Judged]:
    """Earliest weeks first, then by name: the order in which rows of one request are judged, and batches made."""
    return sorted(files, key=lambda judged: (_first_day(judged[0]), judged[0].name))


def _first_day(file: Delivered) -> date:
    return file.first_week.monday if file.first_week else date.min


def batches(files: Sequence[Judged], rows: int) -> Iterator[list[Judged]]:
    """At least so many rows at a time, all files that begin in one week together: a week is seldom written twice."""
    batch: list[Judged] = []
    for _, week in groupby(files, key=lambda judged: _first_day(judged[0])):
        batch += week
        if sum(file.rows for file, _ in batch) >= rows:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True)
class Loaded:
    """The ledger with a batch in it, the batch's entries and counts, unknown values by column, the weeks written."""

    ledger: Ledger
    entries: Sequence[Entry]
    counts: Sequence[Count]
    unknown: Mapping[str, int]
    weeks: Sequence[Week]


@dataclass(frozen=True)
class Loading:
    """What loading needs beside the files."""

    engine: DuckDBEngine
    lake: Lake
    staging: Path
    mapping: LogMapping | None
    today: date

    def load(self, batch: Sequence[Judged], ledger: Ledger) -> Loaded:
        """Load a batch and put it in place."""
        files = self.readable([file for file, _ in batch])
        self._register(batch, [str(file.readable) for file in files], ledger)
        arrival = Arrival(self.engine, self.lake, files, self.mapping)
        arrival.judge(f"{self.today + timedelta(days=2)} 00:00:00")
        drafts = Weeks(arrival, self.staging).draft_all()
        weeks = sorted({Week.parse(place.parent.name.removeprefix("week=")) for place in drafts.values()})
        drafts |= draft_quarantine(self.engine, self.lake, self.staging)
        drafts |= draft_calendar(self.lake, self.staging, sorted({*weeks, *self.lake.weeks()}))
        counts = self._counts()
        unknowns = self._unknowns()
        mine = _by_file(counts)
        entries = [_counted(e, mine.get(e.file, []), unknowns.get(e.delivery_id, {})) for _, e in batch]
        ledger = ledger.joined_by(entries, counts)
        drafts |= Belonging(self.engine, self.lake, self.mapping).draft(self.staging)
        commit(self.lake, drafts | ledger.drafts(self.lake, self.staging))
        return Loaded(ledger, entries, counts, _by_column(unknowns), weeks)

    def readable(self, files: Sequence[Delivered]) -> tuple[Readable, ...]:
        """The files as the engine reads them."""
        return tuple(readable(f.path, f.columns, self.staging, f.given, f.overflows) for f in files)

    def unreadable(self, files: Sequence[Delivered]) -> dict[Path, list[str]]:
        """The faults of those that cannot be read to their end."""
        found: dict[Path, list[str]] = {}
        for file in files:
            try:
                found |= unreadable(self.readable([file]), self.mapping)
            except (pa.ArrowException, OSError, ValueError) as error:
                found[file.path] = [damaged(error)]
        return found

    def recover(self, error: Exception, files: Sequence[Delivered]) -> dict[Path, list[str]]:
        """The files because of which reading them together failed; the error itself if none fails alone."""
        found = self.unreadable(files)
        if not found:
            raise error
        self.engine.reopen()
        return found

    def _register(self, batch: Sequence[Judged], paths: Sequence[str], ledger: Ledger) -> None:
        """The tables `delivery`, the files of the batch, and `origin`, all loaded contents with their file names."""
        ids, names = [file.delivery_id for file, _ in batch], [file.name for file, _ in batch]
        table = pa.table({"f": pa.array(range(len(ids)), pa.int32()), "path": paths, "delivery_id": ids, "file": names})
        self.engine.connection.register("delivery", table)
        origin = ledger.loaded() | dict(zip(ids, names, strict=True))
        self.engine.connection.register(
            "origin", pa.table({"delivery_id": list(origin), "file": list(origin.values())})
        )

    def _counts(self) -> list[Count]:
        query = statement("counts.sql", reason=reason_sql("a.fault"), conflict=CONFLICT, astray=ASTRAY)
        return [Count(**row) for row in self.engine.arrow(query).to_pylist()]

    def _unknowns(self) -> dict[str, dict[str, int]]:
        """Unknown values by delivery and column."""
        picked = ", ".join(f"count(*) FILTER (unknowns & {1 << n} > 0) AS {c.name}" for n, c in enumerate(JUDGED))
        query = (
            f"SELECT delivery_id, {picked} FROM arrived JOIN delivery USING (f) WHERE unknowns > 0 GROUP BY delivery_id"
        )
        return {row.pop("delivery_id"): row for row in self.engine.arrow(query).to_pylist()}


def _counted(entry: Entry, counts: Sequence[Count], unknown: Mapping[str, int]) -> Entry:
    def rows(outcome: str) -> int:
        return sum(count.rows for count in counts if count.outcome == outcome)

    return replace(
        entry, loaded=rows("loaded"), duplicate=rows("duplicate"), conflicting=rows("conflicting"),
        quarantined=rows("quarantined"), unknown_values=sum(unknown.values()), weeks=",".join(weeks_of(counts)),
    )  # fmt: skip


def _by_file(counts: Iterable[Count]) -> dict[str, list[Count]]:
    found: dict[str, list[Count]] = {}
    for count in counts:
        found.setdefault(count.file, []).append(count)
    return found


def weeks_of(counts: Iterable[Count]) -> list[str]:
    """The weeks of some counts, earliest first."""
    return sorted({count.week for count in counts if count.week})


def _by_column(unknowns: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for columns in unknowns.values():
        for column, count in columns.items():
            found[column] = found.get(column, 0) + count
    return {column: count for column, count in found.items() if count}
