"""Delivered files as a query: many files at once, with the contract's columns, types and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.blanks import trimmed_sql
from features.contract.columns import DELIVERED, UNKNOWN, Column
from features.engines.duckdb import quoted
from pipelines.ingest.kinds import is_same, is_text
from pipelines.mapping import LogMapping

FILE = "__delivered_file"
"""The column that says which file a row is from."""
_TAKEN = {FILE, "file_row_number"}
"""Names that the engine gives to columns of its own."""


@dataclass(frozen=True)
class Readable:
    """A file as the engine reads it: `readable` is the file itself, or a copy in which a name does not clash."""

    path: Path
    readable: Path
    columns: Mapping[str, pa.DataType]
    renamed: Mapping[str, str] = field(default_factory=dict)

    def delivered_name(self, column: str) -> str:
        """What a column is called in the delivered file."""
        return self.renamed.get(column, column)


def readable(path: Path, columns: Mapping[str, pa.DataType], staging: Path) -> Readable:
    """The file, or a copy with other column names where the delivered ones are the engine's own."""
    renamed = {column: f"{column}_delivered" if column.lower() in _TAKEN else column for column in columns}
    if not _TAKEN & {column.lower() for column in columns}:
        return Readable(path, path, columns)
    copy = staging / f"renamed-{len(list(staging.glob('renamed-*')))}.parquet"
    with pq.ParquetFile(path) as file:
        schema = pa.schema([pa.field(renamed[f.name], f.type) for f in file.schema_arrow])
        with pq.ParquetWriter(copy, schema) as writer:
            for batch in file.iter_batches():
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    names = {new: old for old, new in renamed.items()}
    return Readable(path, copy, {renamed[column]: kind for column, kind in columns.items()}, names)


def name(column: str) -> str:
    """A column's name in a query."""
    return '"' + column.replace('"', '""') + '"'


def by_schema(files: Iterable[Readable]) -> list[list[Readable]]:
    """Files that the engine may read as one table: the same columns of the same types."""
    groups: dict[tuple[tuple[str, str], ...], list[Readable]] = {}
    for file in files:
        key = tuple(sorted((column, "text" if is_text(kind) else str(kind)) for column, kind in file.columns.items()))
        groups.setdefault(key, []).append(file)
    return list(groups.values())


def read(group: Sequence[Readable]) -> str:
    """A table of the rows of some files of one schema."""
    listed = ", ".join(quoted(file.readable) for file in group)
    return f"read_parquet([{listed}], filename = '{FILE}', hive_partitioning = false)"


def delivered_rows(files: Sequence[Readable], mapping: LogMapping | None) -> str:
    """A query of all rows of some files, in the contract's form.

    Beside the contract's columns: `f` and `delivery_id` of the file (table `delivery`), `row_number` from 1, and
    `unknowns`, a bit for each of `JUDGED` that holds a value which the contract does not know.
    """
    selects = []
    for group in by_schema(files):
        columns = group[0].columns
        expressions = mapping.expressions(columns) if mapping else {}
        picked = ", ".join(f"{_typed(c, columns, expressions)} AS {c.name}" for c in DELIVERED)
        selects.append(
            f"SELECT {picked}, d.f, d.delivery_id, s.file_row_number + 1 AS row_number "
            f"FROM {read(group)} s JOIN delivery d ON d.path = s.{FILE}"
        )
    rows = (
        f"SELECT {', '.join(map(_trimmed, DELIVERED))}, f, delivery_id, row_number FROM ({' UNION ALL '.join(selects)})"
    )
    kept = ", ".join(_normal(column) for column in DELIVERED)
    return f"SELECT {kept}, f, delivery_id, row_number, {_unknowns()} AS unknowns FROM ({rows})"


def _typed(column: Column, columns: Mapping[str, pa.DataType], expressions: Mapping[str, str]) -> str:
    if column.name in expressions:
        return f"TRY_CAST({expressions[column.name]} AS {column.kind})"
    if column.name not in columns or expressions:
        return f"CAST(NULL AS {column.kind})"
    plain = name(column.name)
    return plain if is_same(column, columns[column.name]) else f"TRY_CAST({plain} AS {column.kind})"


def _trimmed(column: Column) -> str:
    return f"{trimmed_sql(column.name)} AS {column.name}" if column.kind == "VARCHAR" else column.name


JUDGED = tuple(column for column in DELIVERED if column.allowed)
"""Columns with a fixed set of values."""


def _is_unknown(column: Column) -> str:
    listed = ", ".join(quoted(value) for value in column.allowed)
    return f"{column.name} IS NOT NULL AND {column.name} NOT IN ({listed})"


def _unknowns() -> str:
    bits = (f"CASE WHEN {_is_unknown(column)} THEN {1 << bit} ELSE 0 END" for bit, column in enumerate(JUDGED))
    return " + ".join(bits)


def _normal(column: Column) -> str:
    if not column.allowed:
        return column.name
    if column.name == "record_copy":
        return f"CASE WHEN record_copy IN ('requester', 'provider') THEN record_copy ELSE 'core' END AS {column.name}"
    return f"CASE WHEN {_is_unknown(column)} THEN '{UNKNOWN}' ELSE {column.name} END AS {column.name}"
