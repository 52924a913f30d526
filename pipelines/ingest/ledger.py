"""The ledger: every file that ever came, and what became of its rows, week by week.

No time of the clock is in it: the same deliveries leave the same bytes, however often the work was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import IntegrityError
from pipelines.lake import Lake

DELIVERIES = pa.schema([
    ("file", pa.string()), ("mark", pa.string()), ("delivery_id", pa.string()), ("sha256", pa.string()), ("status", pa.string()),
    ("rows", pa.int64()), ("loaded", pa.int64()), ("duplicate", pa.int64()), ("conflicting", pa.int64()),
    ("quarantined", pa.int64()), ("unknown_values", pa.int64()), ("reason", pa.string()), ("ignored_columns", pa.string()),
    ("weeks", pa.string()), ("source", pa.string()), ("period_from", pa.string()), ("period_to", pa.string()),
])  # fmt: skip
ROWS = pa.schema([
    ("file", pa.string()), ("delivery_id", pa.string()), ("week", pa.string()),
    ("outcome", pa.string()), ("reason", pa.string()), ("rows", pa.int64()),
])  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One delivered file. `status` is loaded, refused, or duplicate (the same content came before).

    `weeks`, joined by commas, are those that its rows belong to, whatever became of them; of a refused file as far
    as is known. `ignored_columns`, joined likewise, are those that the contract does not know.
    """

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

    @property
    def balances(self) -> bool:
        """Whether every row delivered is loaded, a duplicate, or set aside; of a refused file none is taken."""
        parts = self.loaded + self.duplicate + self.conflicting + self.quarantined
        return parts == (0 if self.status == "refused" else self.rows)


@dataclass(frozen=True)
class Count:
    """Rows of a file in a week (None: their time cannot be) with one outcome: loaded, duplicate, conflicting,
    or quarantined for a reason."""

    file: str
    delivery_id: str
    week: str | None
    outcome: str
    reason: str | None
    rows: int


def ledger_file(lake: Lake) -> Path:
    """One row a delivered file."""
    return lake.root / "ledger" / "deliveries.parquet"


def rows_file(lake: Lake) -> Path:
    """One row for each file, week and outcome."""
    return lake.root / "ledger" / "rows.parquet"


def read_ledger(lake: Lake) -> list[Entry]:
    """All entries, in the order of their files."""
    return Ledger.read(lake).entries()


@dataclass(frozen=True)
class Ledger:
    """Both tables of the ledger."""

    deliveries: pa.Table
    rows: pa.Table

    @classmethod
    def read(cls, lake: Lake) -> Ledger:
        """The ledger of a lake, which may be empty."""
        found = (_read(ledger_file(lake), DELIVERIES), _read(rows_file(lake), ROWS))
        return cls(*found)

    def entries(self, status: str | None = None) -> list[Entry]:
        """All entries, or those of one status."""
        chosen = self.deliveries if status is None else self.deliveries.filter(pc.field("status") == status)
        return [Entry(**row) for row in chosen.to_pylist()]

    def places(self) -> dict[tuple[str, str], int]:
        """Name and hash of every file that came, to its row."""
        keys = zip(self.deliveries["file"].to_pylist(), self.deliveries["sha256"].to_pylist(), strict=True)
        return {key: row for row, key in enumerate(keys)}

    def entry(self, row: int) -> Entry:
        """The entry in a row."""
        return Entry(**self.deliveries.slice(row, 1).to_pylist()[0])

    def settled(self) -> frozenset[str]:
        """Marks of files that need not be looked at again: refused ones are, the reason may be gone."""
        return frozenset(self.deliveries.filter(pc.field("status") != "refused")["mark"].to_pylist())

    def loaded(self) -> dict[str, str]:
        """Delivery id to file name of all loaded contents."""
        chosen = self.deliveries.filter(pc.field("status") == "loaded")
        return dict(zip(chosen["delivery_id"].to_pylist(), chosen["file"].to_pylist(), strict=True))

    def joined_by(self, entries: Sequence[Entry], counts: Iterable[Count]) -> Ledger:
        """The ledger with new entries; one for the same content under the same name is replaced.

        Raises IntegrityError if rows of an entry are lost or counted twice.
        """
        if lost := [entry.file for entry in entries if not entry.balances]:
            raise IntegrityError(f"rows of a delivery are unaccounted for, so it was not loaded: {', '.join(lost)}")
        places = self.places()
        stale = {places[key] for entry in entries if (key := (entry.file, entry.sha256)) in places}
        kept = self.deliveries.filter(pa.array([n not in stale for n in range(self.deliveries.num_rows)], pa.bool_()))
        deliveries = pa.concat_tables([kept, _table(entries, DELIVERIES)])
        rows = pa.concat_tables([self.rows, _table(counts, ROWS)])
        return Ledger(_sorted(deliveries, "file", "sha256"), _sorted(rows, *ROWS.names[:-1]))

    def counts_of(self, delivery_id: str) -> list[Count]:
        """What became of the rows of a loaded content."""
        return [Count(**row) for row in self.rows.filter(pc.field("delivery_id") == delivery_id).to_pylist()]

    def equals(self, other: Ledger) -> bool:
        """Whether both say the same."""
        return bool(self.deliveries.equals(other.deliveries) and self.rows.equals(other.rows))

    def drafts(self, lake: Lake, staging: Path) -> dict[Path, Path]:
        """Write both tables; draft to place."""
        places = {"deliveries": ledger_file(lake), "rows": rows_file(lake)}
        for table in places:
            pq.write_table(getattr(self, table), staging / f"{table}.parquet")
        return {staging / f"{table}.parquet": place for table, place in places.items()}


def _read(file: Path, schema: pa.Schema) -> pa.Table:
    return pq.ParquetFile(file).read().cast(schema) if file.exists() else schema.empty_table()


def _table(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=schema)


def _sorted(table: pa.Table, *columns: str) -> pa.Table:
    return table.sort_by([(column, "ascending") for column in columns]).combine_chunks()
