"""Delivered files as a query: many files at once, with the contract's columns, types and values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.contract.blanks import trimmed_sql
from features.contract.columns import DELIVERED, UNKNOWN, Column
from features.engines.duckdb import quoted
from pipelines.ingest.conversion import wall_clock_sql
from pipelines.ingest.kinds import is_same, is_text
from pipelines.ingest.mapping import LogMapping

FILE = "__delivered_file"
"""The column that says which file a row is from."""
_TAKEN = {FILE, "file_row_number"}
"""Names that the engine gives to columns of its own."""


LAST_MILLISECOND = (2**63 - 1) // 1000 - 1
"""The last one that is also a number of microseconds."""


@dataclass(frozen=True)
class Readable:
    """A file as the engine reads it: `readable` is the file itself, a link to it where the engine would not understand
    its name, or a copy where it would not understand its columns. `given` are values that its folders say."""

    path: Path
    readable: Path
    columns: Mapping[str, pa.DataType]
    renamed: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str | None] = field(default_factory=dict)

    def delivered_name(self, column: str) -> str:
        """What a column is called in the delivered file."""
        return self.renamed.get(column, column)


def readable(
    path: Path,
    columns: Mapping[str, pa.DataType],
    staging: Path,
    given: Mapping[str, str | None] | None = None,
    overflows: bool = False,
) -> Readable:
    """The file, or what stands for it in `staging`. `overflows`: it has times that the engine's type cannot hold.

    Raises ArrowException or OSError if it has to be copied and is damaged.
    """
    renamed = {column: f"{column}_delivered" for column in columns if column.lower() in _TAKEN or not column.strip()}
    draft = staging / f"{uuid.uuid4().hex}.parquet"
    if renamed or overflows:
        _copy(path, draft, renamed)
    elif _plain(str(path)):
        return Readable(path, path, columns, {}, given or {})
    else:
        draft.symlink_to(path.resolve())
    kinds = {renamed.get(column, column): kind for column, kind in columns.items()}
    return Readable(path, draft, kinds, {new: old for old, new in renamed.items()}, given or {})


def _plain(path: str) -> bool:
    """Whether the engine takes a path for what it is, and not for a pattern or an address."""
    return path.isprintable() and not set("*?[]{}\\") & set(path) and "://" not in path


def _copy(path: Path, draft: Path, renamed: Mapping[str, str]) -> None:
    with path.open("rb") as content, pq.ParquetFile(content) as file:
        found = file.schema_arrow
        schema = pa.schema([pa.field(renamed.get(f.name, f.name), _held(f.type)) for f in found])
        with pq.ParquetWriter(draft, schema) as writer:
            for batch in file.iter_batches():
                writer.write_batch(pa.RecordBatch.from_arrays(list(map(_holdable, batch.columns)), schema=schema))


def _held(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("us", kind.tz) if kind == pa.timestamp("ms", getattr(kind, "tz", None)) else kind


def _holdable(values: pa.Array) -> pa.Array:
    """Milliseconds as microseconds; those beyond the type become the last moment that it holds, which no log reaches."""
    kind = _held(values.type)
    if kind == values.type:
        return values
    limit = LAST_MILLISECOND
    numbers = pc.min_element_wise(
        pc.max_element_wise(values.cast(pa.int64()), -limit, skip_nulls=False), limit, skip_nulls=False
    )
    return pc.multiply(numbers, 1000).cast(kind)


def name(column: str) -> str:
    """A column's name in a query."""
    return '"' + column.replace('"', '""') + '"'


def by_schema(files: Iterable[Readable]) -> list[list[Readable]]:
    """Files that the engine may read as one table: the same columns of the same types."""
    groups: dict[tuple[object, ...], list[Readable]] = {}
    for file in files:
        kinds = sorted((column, "text" if is_text(kind) else str(kind)) for column, kind in file.columns.items())
        groups.setdefault((*kinds, *file.given.items()), []).append(file)
    return list(groups.values())


def read(group: Sequence[Readable]) -> str:
    """A table of the rows of some files of one schema."""
    listed = ", ".join(quoted(file.readable) for file in group)
    source = f"read_parquet([{listed}], filename = '{FILE}', hive_partitioning = false)"
    given = ", ".join(
        f"CAST({'NULL' if value is None else quoted(value)} AS VARCHAR) AS {name(column)}"
        for column, value in group[0].given.items()
    )
    return f"(SELECT *, file_row_number, {given} FROM {source})" if given else source


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
    if column.kind == "TIMESTAMP":
        return plain if is_same(column, columns[column.name]) else wall_clock_sql(plain, columns[column.name])
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
