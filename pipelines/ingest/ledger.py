"""The ledger of deliveries: every file that ever came, and what became of its rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.lake import Lake

SCHEMA = pa.schema([
    ("file", pa.string()), ("mark", pa.string()), ("delivery_id", pa.string()), ("sha256", pa.string()), ("status", pa.string()),
    ("rows", pa.int64()), ("loaded", pa.int64()), ("duplicate", pa.int64()), ("conflicting", pa.int64()),
    ("quarantined", pa.int64()), ("unknown_values", pa.int64()), ("reason", pa.string()), ("ignored_columns", pa.string()),
    ("weeks", pa.string()), ("source", pa.string()), ("period_from", pa.string()), ("period_to", pa.string()),
])  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One delivered file. `status` is loaded, refused, or duplicate (the same content came before)."""

    file: str
    mark: str
    delivery_id: str
    sha256: str
    status: str
    rows: int
    loaded: int = 0
    duplicate: int = 0
    conflicting: int = 0
    quarantined: int = 0
    unknown_values: int = 0
    reason: str = ""
    ignored_columns: str = ""
    weeks: str = ""
    source: str = ""
    period_from: str = ""
    period_to: str = ""


def ledger_file(lake: Lake) -> Path:
    """Where the ledger lies."""
    return lake.root / "ledger" / "deliveries.parquet"


def read_ledger(lake: Lake) -> list[Entry]:
    """All entries, in the order of their files."""
    file = ledger_file(lake)
    return [Entry(**row) for row in pq.ParquetFile(file).read().to_pylist()] if file.exists() else []


def write_ledger(entries: list[Entry], target: Path) -> None:
    """Write all entries in the order of their files."""
    rows = [asdict(entry) for entry in sorted(entries, key=lambda e: (e.file, e.sha256))]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), target)
