"""The reference tables: checked, given the contract's types, and always all in the lake."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.blanks import trimmed_sql
from features.contract.columns import UNKNOWN, Column
from features.contract.identifiers import is_municipality_code
from features.contract.reference import REFERENCE
from features.engines.duckdb import DuckDBEngine, quoted
from features.errors import FileRefusedError
from pipelines.ingest.belonging import ADVICE, Belonging
from pipelines.ingest.calendar import delivered_calendar
from pipelines.ingest.guard import SHOWN, numbers_found
from pipelines.ingest.kinds import faults_of, is_same
from pipelines.ingest.landing import PARQUET, Walk, is_parquet, printable
from pipelines.ingest.reading import unreadable_table
from pipelines.ingest.scan import Readable, by_schema, name, read, readable
from pipelines.ingest.survey import numbered_columns
from pipelines.lake import DELIVERED_TABLES, Lake
from pipelines.lake.stamps import ABSENT, file_fingerprint

SORTED_ROWS = 1_000_000
"""Tables of at most so many rows are sorted, so that a new order of delivery changes nothing. Larger ones (cases) keep
the order of delivery: sorting ten million rows cost three times as much as copying them."""

DATED = {
    "agencies": "valid_from IS NULL", "authority": "valid_from IS NULL",
    "accounts": "valid_from IS NULL AND absent_from IS NULL",
}  # fmt: skip
"""Tables whose rows hold since a day, and the condition of a row that does not say which; an absence has days of its own."""
OPEN_ENDS, LAST_DAY = ("valid_to", "closed", "absent_to"), "2200-12-31"
"""Ends that many systems write as 9999-12-31 while they are open: any day after the last one means none."""


@dataclass
class ReferenceDrafts:
    """Tables to put in place, files that were refused, and what else someone should know of them."""

    moves: dict[Path, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)


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
        delivered, left = tables_below(self.folder)
        drafts, marks = ReferenceDrafts(not_read=left), self._marks()
        before = dict(marks)
        for table in DELIVERED_TABLES:
            self._one(table, delivered.get(table, ()), drafts, marks)
        agencies = self.lake.reference("agencies")
        if not agencies.exists() and agencies not in drafts.moves.values():
            faults = drafts.refused or ["reference/agencies.parquet is missing; every delivery needs it once"]
            listed = "\n".join(f"  {fault}" for fault in [*faults, *(f"not read: {line}" for line in left)])
            raise FileRefusedError(f"there are no agencies, so nothing was loaded:\n{listed}")
        if marks != before:
            draft = self.staging / "reference.json"
            draft.write_text(json.dumps(marks, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            drafts.moves[draft] = self._marks_file()
        return drafts

    def _one(self, table: str, parts: Sequence[Path], drafts: ReferenceDrafts, marks: dict[str, str]) -> None:
        place, draft = self._place(table), self.staging / f"{table}.parquet"
        declared = self.agencies if table == "agencies" and not parts else None
        try:
            mark = _mark(parts, declared)
            if mark != ABSENT and marks.get(table) == mark and place.exists():
                return
            faults = self._taken(table, parts, draft, drafts) if parts else []
        except OSError as error:
            faults = [f"cannot be opened ({error.strerror})"]
        drafts.refused += [f"reference/{table}.parquet: {fault}" for fault in faults]
        if declared:
            self.engine.parquet(declared, draft)
            declared = None if Belonging(self.engine, self.lake, None).is_foreign(draft) else declared
        if declared or (parts and not faults):
            drafts.moves[draft], marks[table] = place, mark
        elif not place.exists() and table not in ("agencies", "calendar"):
            self.engine.parquet(_empty(table), draft)
            drafts.moves[draft] = place

    def _taken(self, table: str, parts: Sequence[Path], draft: Path, drafts: ReferenceDrafts) -> list[str]:
        """Draft a delivered table, or say all its faults."""
        schemas = {}
        for part in parts:
            try:
                with part.open("rb") as content:
                    schemas[part] = pq.read_schema(content)
            except (pa.ArrowException, ValueError, OSError) as error:
                return [f"is no readable Parquet file, or was cut short ({type(error).__name__})"]
        faults = [fault for schema in schemas.values() for fault in numbered_columns(schema.names)]
        faults += [fault for schema in schemas.values() for fault in faults_of(REFERENCE[table], _kinds(schema))]
        if faults:
            return list(dict.fromkeys(faults))
        files = [readable(part, _kinds(schema), self.staging) for part, schema in schemas.items()]
        try:
            if faults := [fault for found in numbers_found(self.engine, files).values() for fault in found]:
                return faults
            delivered = TableDelivery(self.engine, table, files)
            kept = self.engine.parquet(delivered.query(), draft)
            if table == "agencies" and Belonging(self.engine, self.lake, None).is_foreign(draft):
                return [f"has no agency in common with what the lake holds; {ADVICE}"]
            drafts.notes += [f"reference/{table}.parquet: {note}" for note in delivered.notes(kept)]
        except duckdb.Error:
            faults = list(dict.fromkeys(fault for fault in map(unreadable_table, files) if fault))
            if not faults:
                raise
            self.engine.reopen()
        return faults

    def _place(self, table: str) -> Path:
        return delivered_calendar(self.lake) if table == "calendar" else self.lake.reference(table)

    def _marks_file(self) -> Path:
        return self.lake.root / "ledger" / "reference.json"

    def _marks(self) -> dict[str, str]:
        file = self._marks_file()
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


@dataclass(frozen=True)
class TableDelivery:
    """A reference table as it was delivered, in one file or in the parts of a folder."""

    engine: DuckDBEngine
    table: str
    files: Sequence[Readable]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The contract's columns of the table."""
        return REFERENCE[self.table]

    def query(self) -> str:
        """The usable rows, each once."""
        if self._count(self._rows()) > SORTED_ROWS:
            columns = ", ".join(column.name for column in self.columns)
            if self._count(self._usable()) == self._count(self._usable(), f"count(DISTINCT hash({columns}))"):
                return self._usable()
        return f"SELECT DISTINCT * FROM ({self._usable()}) ORDER BY ALL"

    def notes(self, kept: int) -> list[str]:
        """What is wrong with single rows of a table that was taken all the same."""
        usable = self._count(self._usable())
        needed = ", ".join(column.name for column in self.columns if column.required)
        lost, twice = self._count(self._rows()) - usable, usable - kept
        notes = [f"{lost} row(s) without {needed} were left out"] if lost else []
        notes += [f"{twice} row(s) stand twice"] if twice else []
        notes += self._undated()
        return notes + (self._agency_notes() if self.table == "agencies" else [])

    def _undated(self) -> list[str]:
        """Rows that do not say since when they hold, where the contract wants a day."""
        if self.table not in DATED:
            return []
        rows = f"SELECT row_number FROM ({self._rows()}) WHERE {DATED[self.table]} ORDER BY row_number"
        undated = [int(number) for (number,) in self.engine.connection.execute(rows).fetchall()]
        told = f"valid_from is not given in {len(undated)} row(s), taken as valid since ever: {_first(undated)}"
        return [told] if undated else []

    def _count(self, rows: str, what: str = "count(*)") -> int:
        return int(self.engine.connection.execute(f"SELECT {what} FROM ({rows})").fetchall()[0][0])

    def _rows(self) -> str:
        """All rows in the contract's types, with their numbers from 1 on."""
        selects = []
        for group in by_schema(self.files):
            picked = ", ".join(f"{_typed(column, group[0].columns)} AS {column.name}" for column in self.columns)
            selects.append(f"SELECT {picked}, file_row_number + 1 AS row_number FROM {read(group)}")
        return " UNION ALL ".join(selects)

    def _usable(self) -> str:
        """Without rows that lack what they cannot do without."""
        needed = " AND ".join(f"{column.name} IS NOT NULL" for column in self.columns if column.required)
        return f"SELECT * EXCLUDE (row_number) FROM ({self._rows()}) WHERE {needed}"

    def _agency_notes(self) -> list[str]:
        query = f"SELECT row_number, kind, municipality_code FROM ({self._rows()}) ORDER BY row_number"
        rows = self.engine.connection.execute(query).fetchall()
        unknown = [number for number, kind, _ in rows if kind == UNKNOWN]
        wrong = [number for number, _, code in rows if code is not None and not is_municipality_code(code)]
        notes = [f"kind is unknown in {len(unknown)} row(s): {_first(unknown)}"] if unknown else []
        return notes + (
            [f"municipality_code has a wrong check digit in {len(wrong)} row(s): {_first(wrong)}"] if wrong else []
        )


def tables_below(folder: Path) -> tuple[dict[str, Sequence[Path]], list[str]]:
    """The files of each delivered table, a folder of that name or one file, and what is none of them."""
    walk = Walk()
    walk.below(folder)
    found: dict[str, list[Path]] = {}
    left = [(path, why) for path, why in walk.left]
    for path in sorted(walk.files):
        top = path.relative_to(folder).parts[0]
        table = top[: -len(PARQUET)]
        if is_parquet(top) and table in DELIVERED_TABLES:
            found.setdefault(table, []).append(path)
        else:
            left.append((path, "is no table of the log contract"))
    lines = sorted(f"{printable(Path('reference') / path.relative_to(folder))}: {why}" for path, why in left)
    return dict(found), lines


def _mark(parts: Sequence[Path], declared: str | None) -> str:
    if declared is not None:
        return hashlib.sha256(declared.encode()).hexdigest()
    marks = [file_fingerprint(part) for part in parts]
    return marks[0] if len(marks) == 1 else hashlib.sha256(" ".join(marks).encode()).hexdigest() if marks else ABSENT


def _kinds(schema: pa.Schema) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in schema}


def _empty(table: str) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {c.kind}) AS {c.name}" for c in REFERENCE[table]) + " WHERE false"


def _typed(column: Column, found: Mapping[str, pa.DataType]) -> str:
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


def _first(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:SHOWN])) + (" …" if len(numbers) > SHOWN else "")
