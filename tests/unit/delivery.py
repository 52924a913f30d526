"""Small deliveries for the tests of ingest: rows by the log contract, files of them, and what the lake then holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.ingest import IngestReport, ingest
from pipelines.ingest.mapping import LogMapping
from pipelines.lake import Lake
from pipelines.lake.locks import sole_run

TODAY = date(2026, 11, 24)
WEEK = Week.parse("2026-W46")
Row = dict[str, Any]


def row(number: int, **other: Any) -> Row:
    """A sound request of grade A; the same number gives the same request."""
    return {
        "request_id": f"R{number:06d}", "requested_at": datetime(2026, 11, 10, 9, 30, number % 60),
        "responded_at": datetime(2026, 11, 10, 9, 31, number % 60), "requester_agency": "132012",
        "provider_agency": "132021", "affair_code": "JM01", "procedure_code": "JT01", "item_code": "TM01",
        "result": "provided",
    } | other  # fmt: skip


@dataclass(frozen=True)
class World:
    """A folder of deliveries and a lake."""

    root: Path

    @property
    def data(self) -> Path:
        """What is delivered."""
        return self.root / "data"

    @property
    def lake(self) -> Lake:
        """What becomes of it."""
        return Lake(self.root / "lake")

    def path(self, name: str) -> Path:
        """Where a delivered file lies."""
        file = self.data / "landing" / "linkage_log" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def deliver(self, name: str, *rows: Row, kinds: Mapping[str, pa.DataType] | None = None) -> Path:
        """A file of these rows; types as pyarrow guesses them, but microseconds, and `kinds`."""
        names = dict.fromkeys(name for row in rows for name in row)
        table = pa.table({name: [row.get(name) for row in rows] for name in names})
        for column, kind in (kinds or {}).items():
            table = table.set_column(table.column_names.index(column), column, table[column].cast(kind))
        return self.deliver_table(name, table)

    def deliver_table(self, name: str, table: pa.Table) -> Path:
        """A file of this table."""
        pq.write_table(table, self.path(name))
        return self.path(name)

    def refer(self, table: str, *rows: Row) -> None:
        """A reference table of these rows."""
        folder = self.data / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(rows)), folder / f"{table}.parquet")

    def ingest(
        self, mapping: LogMapping | None = None, data: Path | None = None, batch_rows: int = 10**6
    ) -> IngestReport:
        """Load what is there."""
        with sole_run(self.lake):
            return ingest(data or self.data, self.lake, mapping, TODAY, "500MB", 2, batch_rows)

    def log(self, week: Week = WEEK) -> list[Row]:
        """The log of a week, by request."""
        return sorted(rows_of(self.lake.log(week)), key=lambda found: str(found["request_id"]))

    def aside(self) -> list[Row]:
        """All rows in quarantine."""
        return [found for file in sorted(self.lake.root.glob("quarantine/*")) for found in rows_of(file)]

    def contents(self) -> dict[str, bytes]:
        """Every file of the lake."""
        files = sorted(file for file in self.lake.root.rglob("*") if file.is_file())
        return {file.relative_to(self.lake.root).as_posix(): file.read_bytes() for file in files}


def world(root: Path) -> World:
    """A world with two agencies."""
    made = World(root)
    made.refer("agencies", agency("132012"), agency("132021"))
    return made


def agency(code: str, **other: Any) -> Row:
    """A city."""
    return {
        "agency_code": code, "name": "市", "kind": "city", "prefecture_code": "13", "municipality_code": code,
        "population": 1000, "valid_from": date(2015, 1, 1), "valid_to": None,
    } | other  # fmt: skip


def rows_of(file: Path) -> list[Row]:
    """All rows of a Parquet file."""
    return list(pq.ParquetFile(file).read().to_pylist())


def ids(rows: Sequence[Row]) -> list[str]:
    """The request ids of some rows."""
    return [str(found["request_id"]) for found in rows]


def individual_number(digits: str = "12345678901") -> str:
    """Eleven digits and their check digit, by the formula of the ordinance (番号法施行規則 art. 5)."""
    weighed = (int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), 1))
    rest = sum(weighed) % 11
    return digits + str(0 if rest <= 1 else 11 - rest)
