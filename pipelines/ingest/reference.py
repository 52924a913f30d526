"""The reference tables: checked, given the contract's types, and always all six in the lake."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.blanks import trimmed, trimmed_sql
from features.contract.columns import UNKNOWN, Column
from features.contract.identifiers import is_municipality_code
from features.contract.reference import REFERENCE
from features.engines.duckdb import DuckDBEngine, quoted
from features.errors import FileRefusedError
from pipelines.ingest.calendar import delivered_calendar
from pipelines.ingest.guard import SHOWN, numbers_found
from pipelines.ingest.kinds import faults_of, is_same
from pipelines.ingest.scan import name, readable
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.stamps import ABSENT, file_fingerprint

SORTED_ROWS = 1_000_000
"""Tables of at most so many rows are sorted, so that a new order of delivery changes nothing. Larger ones (cases) keep
the order of delivery: sorting ten million rows cost three times as much as copying them."""

OPEN_ENDS, LAST_DAY = ("valid_to", "closed", "absent_to"), "2200-12-31"
"""Ends that many systems write as 9999-12-31 while they are open: any day after the last one means none."""


@dataclass
class ReferenceDrafts:
    """Tables to put in place, files that were refused, and what else someone should know of them."""

    moves: dict[Path, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class References:
    """The reference tables of a delivery. A table that is delivered again replaces the earlier one; one that is not
    stays; one that is refused leaves the earlier one in place."""

    engine: DuckDBEngine
    lake: Lake
    folder: Path
    staging: Path
    agencies: str | None = None
    """A query that gives the agencies where a mapping declares them and none are delivered."""

    def draft(self) -> ReferenceDrafts:
        """Drafts of the tables that changed. FileRefusedError if there are no agencies, with all other faults."""
        drafts, marks = ReferenceDrafts(), self._marks()
        before = dict(marks)
        for table in REFERENCE_TABLES:
            self._one(table, drafts, marks)
        if (
            not self.lake.reference("agencies").exists()
            and self.lake.reference("agencies") not in drafts.moves.values()
        ):
            faults = drafts.refused or ["reference/agencies.parquet is missing; every delivery needs it once"]
            listed = "\n".join(f"  {fault}" for fault in faults)
            raise FileRefusedError(f"there are no agencies, so nothing was loaded:\n{listed}")
        if marks != before:
            draft = self.staging / "reference.json"
            draft.write_text(json.dumps(marks, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            drafts.moves[draft] = self._marks_file()
        return drafts

    def _one(self, table: str, drafts: ReferenceDrafts, marks: dict[str, str]) -> None:
        file, place = self.folder / f"{table}.parquet", self._place(table)
        draft = self.staging / f"{table}.parquet"
        declared = self.agencies if table == "agencies" and not file.exists() else None
        mark = file_fingerprint(file) if declared is None else hashlib.sha256(declared.encode()).hexdigest()
        if mark != ABSENT and marks.get(table) == mark and place.exists():
            return
        faults = self._faults(table, file) if file.exists() else []
        drafts.refused += [f"reference/{table}.parquet: {fault}" for fault in faults]
        if declared or (file.exists() and not faults):
            kept = self.engine.parquet(declared or self._query(table, file), draft)
            drafts.notes += self._notes(table, file, kept) if file.exists() else []
            drafts.moves[draft], marks[table] = place, mark
        elif not place.exists() and table not in ("agencies", "calendar"):
            self.engine.parquet(_empty(table), draft)
            drafts.moves[draft] = place

    def _query(self, table: str, file: Path) -> str:
        """The usable rows, each once."""
        rows, columns = _usable(table, file), ", ".join(column.name for column in REFERENCE[table])
        if pq.read_metadata(file).num_rows > SORTED_ROWS:
            twice = f"SELECT count(*) > count(DISTINCT hash({columns})) FROM ({rows})"
            if not self.engine.connection.execute(twice).fetchall()[0][0]:
                return rows
        return f"SELECT DISTINCT * FROM ({rows}) ORDER BY ALL"

    def _notes(self, table: str, file: Path, kept: int) -> list[str]:
        """What is wrong with single rows of a table that was taken all the same."""
        ((usable,),) = self.engine.connection.execute(f"SELECT count(*) FROM ({_usable(table, file)})").fetchall()
        needed = ", ".join(column.name for column in REFERENCE[table] if column.required)
        lost, twice = pq.read_metadata(file).num_rows - usable, usable - kept
        notes = [f"{lost} row(s) without {needed} were left out"] if lost else []
        notes += [f"{twice} row(s) stand twice"] if twice else []
        notes += _agency_notes(file) if table == "agencies" else []
        return [f"reference/{table}.parquet: {note}" for note in notes]

    def _place(self, table: str) -> Path:
        return delivered_calendar(self.lake) if table == "calendar" else self.lake.reference(table)

    def _marks_file(self) -> Path:
        return self.lake.root / "ledger" / "reference.json"

    def _marks(self) -> dict[str, str]:
        file = self._marks_file()
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}

    def _faults(self, table: str, file: Path) -> list[str]:
        try:
            schema = pq.read_schema(file)
        except (pa.ArrowException, OSError, ValueError) as error:
            return [f"is no readable Parquet file, or was cut short ({type(error).__name__})"]
        found = {f.name: f.type for f in schema}
        faults = list(faults_of(REFERENCE[table], found))
        return faults or numbers_found(self.engine, [readable(file, found, self.staging)]).get(file, [])


def _empty(table: str) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {c.kind}) AS {c.name}" for c in REFERENCE[table]) + " WHERE false"


def _usable(table: str, file: Path) -> str:
    """The table in the contract's types, without rows that lack what they cannot do without."""
    columns, found = REFERENCE[table], {f.name: f.type for f in pq.read_schema(file)}
    picked = ", ".join(f"{_typed(column, found)} AS {column.name}" for column in columns)
    needed = " AND ".join(f"{column.name} IS NOT NULL" for column in columns if column.required)
    source = f"SELECT {picked} FROM read_parquet({quoted(file)}, hive_partitioning = false)"
    return f"SELECT * FROM ({source}) WHERE {needed}"


def _typed(column: Column, found: dict[str, pa.DataType]) -> str:
    if column.name not in found:
        return f"CAST(NULL AS {column.kind})"
    value = name(column.name)
    if not is_same(column, found[column.name]):
        value = f"TRY_CAST({value} AS {column.kind})"
    if column.kind == "VARCHAR":
        value = f"({trimmed_sql(value)})"
    if column.name in OPEN_ENDS:
        value = f"CASE WHEN {value} <= DATE '{LAST_DAY}' THEN {value} END"
    if column.allowed:
        listed = ", ".join(quoted(allowed) for allowed in column.allowed)
        return f"CASE WHEN {value} IN ({listed}) THEN {value} ELSE '{UNKNOWN}' END"
    return value


def _agency_notes(file: Path) -> list[str]:
    rows = pq.ParquetFile(file).read().to_pylist()
    kinds = next(column.allowed for column in REFERENCE["agencies"] if column.name == "kind")
    unknown = [n for n, row in enumerate(rows, 1) if trimmed(row.get("kind")) not in kinds]
    codes = [(n, trimmed(row.get("municipality_code"))) for n, row in enumerate(rows, 1)]
    wrong = [n for n, code in codes if code is not None and not is_municipality_code(code)]
    notes = [f"kind is unknown in {len(unknown)} row(s): {_first(unknown)}"] if unknown else []
    return notes + (
        [f"municipality_code has a wrong check digit in {len(wrong)} row(s): {_first(wrong)}"] if wrong else []
    )


def _first(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:SHOWN])) + (" …" if len(numbers) > SHOWN else "")
