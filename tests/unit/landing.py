"""A small DATA folder for the tests of ingest: each test delivers exactly the input that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.engines.duckdb import quoted
from features.weeks import Week
from pipelines.ingest import IngestReport, ingest
from pipelines.ingest.ledger import Entry, read_ledger
from pipelines.lake import Lake
from pipelines.mapping import LogMapping

Row = dict[str, Any]
TODAY = date(2026, 11, 16)
WEEK, NEXT_WEEK = Week.parse("2026-W45"), Week.parse("2026-W46")
MOMENT = datetime(2026, 11, 4, 10, 30)
"""A working hour of WEEK."""
TYPES: Mapping[str, pa.DataType] = {
    "requested_at": pa.timestamp("us"), "responded_at": pa.timestamp("us"), "items_returned": pa.int32(),
    "requester_nondisclosure": pa.bool_(),
}  # fmt: skip
"""Types of columns that are no strings."""


def request(request_id: str, **other: object) -> Row:
    """A sound row of grade A with an official, in WEEK unless told otherwise."""
    row = {
        "request_id": request_id, "requested_at": MOMENT, "responded_at": MOMENT, "requester_agency": "132012",
        "provider_agency": "132021", "affair_code": "JM01", "procedure_code": "JT0101", "item_code": "TM01",
        "result": "provided", "channel": "interactive", "requester_user": "u01",
    }  # fmt: skip
    return row | other


def table(rows: Sequence[Row], types: Mapping[str, pa.DataType] = TYPES) -> pa.Table:
    """Rows of the same columns, with the contract's types unless told otherwise."""
    known = {**TYPES, **types}
    return pa.table({name: pa.array([row[name] for row in rows], known.get(name, pa.string())) for name in rows[0]})


@dataclass(frozen=True)
class Landing:
    """A folder of deliveries, and the lake that they go to."""

    base: Path

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def lake(self) -> Lake:
        return Lake(self.base / "lake")

    def place(self, name: str) -> Path:
        """Where a delivered file of this name lies."""
        file = self.data / "landing" / "linkage_log" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def deliver(self, name: str, *rows: Row) -> Path:
        """Put a file of some rows into the landing folder."""
        return self.deliver_table(name, table(rows))

    def deliver_table(self, name: str, rows: pa.Table) -> Path:
        """Put a file into the landing folder."""
        pq.write_table(rows, self.place(name))
        return self.place(name)

    def reference(self, name: str, rows: Mapping[str, Sequence[Any]] | pa.Table) -> Path:
        """Deliver a reference table."""
        file = self.data / "reference" / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows if isinstance(rows, pa.Table) else pa.table(dict(rows)), file)
        return file

    def ingest(self, mapping: LogMapping | None = None, batch_rows: int = 8_000_000) -> IngestReport:
        """Load what is there."""
        return ingest(self.data, self.lake, mapping, TODAY, "500MB", 2, batch_rows)

    def log(self, week: Week = WEEK) -> list[Row]:
        """The rows of a week's log; none if it is not there."""
        return rows_of(self.lake.log(week))

    def ids(self, week: Week = WEEK) -> list[str]:
        """The request ids of a week's log."""
        return sorted(row["request_id"] for row in self.log(week))

    def aside(self) -> list[Row]:
        """All rows in quarantine."""
        files = sorted((self.lake.root / "quarantine").glob("*.parquet"))
        return [row for file in files for row in rows_of(file)]

    def entry(self, name: str) -> Entry:
        """The ledger's entry of a delivered file."""
        return next(entry for entry in read_ledger(self.lake) if entry.file == f"linkage_log/{name}")

    def contents(self) -> dict[str, tuple[bytes, int]]:
        """Every file of the lake with its bytes and its time."""
        files = (file for file in self.lake.root.rglob("*") if file.is_file())
        return {f.relative_to(self.lake.root).as_posix(): (f.read_bytes(), f.stat().st_mtime_ns) for f in files}


def rows_of(file: Path) -> list[Row]:
    """The rows of a Parquet file, read by nothing of ours."""
    if not file.exists():
        return []
    with duckdb.connect() as connection:
        query = f"FROM read_parquet({quoted(file)}, hive_partitioning = false)"
        return list(connection.sql(query).to_arrow_table().to_pylist())


def agencies(*codes: str, kind: str = "city") -> pa.Table:
    """The reference table of some agencies."""
    n = len(codes)
    return pa.table({
        "agency_code": list(codes), "name": ["市"] * n, "kind": [kind] * n, "prefecture_code": ["13"] * n,
        "municipality_code": ["131016"] * n, "population": pa.array([50_000] * n, pa.int64()),
        "valid_from": pa.array([date(2015, 1, 1)] * n, pa.date32()), "valid_to": pa.array([None] * n, pa.date32()),
    })  # fmt: skip
