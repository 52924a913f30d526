"""What was delivered: each file's fingerprint, and whether its columns are what the contract says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.columns import DELIVERED, Column
from pipelines.stamps import file_fingerprint, parquet_fingerprint


@dataclass(frozen=True)
class Delivered:
    """A delivered file: where it lies below the landing folder, and what it is."""

    path: Path
    name: str
    sha256: str
    rows: int
    columns: frozenset[str]
    ignored: tuple[str, ...]
    strings: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def delivery_id(self) -> str:
        """Short name of the content."""
        return self.sha256[:16]


def quick_mark(path: Path, name: str) -> str:
    """A cheap sign that a file is the one seen before: its place, size and Parquet footer."""
    try:
        content = parquet_fingerprint(path)
    except (OSError, OverflowError, ValueError):
        content = file_fingerprint(path)
    return hashlib.sha256(f"{name}\0{content}".encode()).hexdigest()[:32]


def look_at(path: Path, name: str, expected: dict[str, str] | None) -> Delivered:
    """Read a file's footer; all its faults at once. `expected` maps the contract's columns to the file's (a mapping)."""
    sha256 = file_fingerprint(path)
    try:
        schema, rows = pq.read_schema(path), pq.ParquetFile(path).metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        fault = f"is no readable Parquet file, or was cut short ({type(error).__name__})"
        return Delivered(path, name, sha256, 0, frozenset(), (), (), (fault,))
    found = {field.name: field.type for field in schema}
    faults = [] if expected is not None else _faults(found)
    ours = {column.name for column in DELIVERED}
    ignored = tuple(sorted(set(found) - ours)) if expected is None else ()
    strings = tuple(n for n, kind in found.items() if _is_text(kind))
    return Delivered(path, name, sha256, rows, frozenset(found), ignored, strings, tuple(faults))


def _faults(found: dict[str, pa.DataType]) -> list[str]:
    faults = []
    for column in DELIVERED:
        if column.name not in found:
            if column.required:
                faults.append(f"column {column.name} is missing, expected {column.kind}")
        elif not _fits(column, found[column.name]):
            faults.append(f"column {column.name}: expected {column.kind}, found {found[column.name]}")
    return faults


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_nested(kind)
    )


def _fits(column: Column, kind: pa.DataType) -> bool:
    if pa.types.is_null(kind):
        return not column.required
    if column.kind == "VARCHAR":
        return _is_text(kind) and not pa.types.is_nested(kind)
    checks = {
        "TIMESTAMP": lambda k: pa.types.is_timestamp(k) and k.tz is None,
        "DATE": lambda k: pa.types.is_date(k) or (pa.types.is_timestamp(k) and k.tz is None),
        "BOOLEAN": pa.types.is_boolean,
        "INTEGER": pa.types.is_integer,
    }
    return bool(checks[column.kind](kind))
