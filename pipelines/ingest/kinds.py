"""Which delivered types the contract's types may be made of without loss."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from features.contract.columns import Column

_SAME = {
    "VARCHAR": {pa.string(), pa.large_string(), pa.string_view()},
    "TIMESTAMP": {pa.timestamp("us")},
    "DATE": {pa.date32()},
    "BOOLEAN": {pa.bool_()},
    "INTEGER": {pa.int32()},
    "BIGINT": {pa.int64()},
}


def is_text(kind: pa.DataType) -> bool:
    """Strings of any width, also as a dictionary."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return plain in _SAME["VARCHAR"]


def is_same(column: Column, kind: pa.DataType) -> bool:
    """Whether DuckDB reads this type as the contract's, so that no cast is needed."""
    return kind in _SAME[column.kind]


def fits(column: Column, kind: pa.DataType) -> bool:
    """Whether values of a delivered type become the contract's without loss."""
    if pa.types.is_null(kind):
        return not column.required
    checks = {
        "VARCHAR": is_text,
        "TIMESTAMP": lambda k: pa.types.is_timestamp(k) and k.tz is None,
        "DATE": lambda k: pa.types.is_date(k) or (pa.types.is_timestamp(k) and k.tz is None),
        "BOOLEAN": pa.types.is_boolean,
        "INTEGER": pa.types.is_integer,
        "BIGINT": pa.types.is_integer,
    }
    return bool(checks[column.kind](kind))


def faults_of(columns: tuple[Column, ...], found: dict[str, pa.DataType]) -> Iterator[str]:
    """Every column that is missing or of a wrong type, with the expected and the found type."""
    for column in columns:
        kind = found.get(column.name)
        if kind is None:
            if column.required:
                yield f"column {column.name} is missing, expected {column.kind}"
        elif not fits(column, kind):
            yield f"column {column.name}: expected {column.kind}, found {kind}{_advice(column, kind)}"


def _advice(column: Column, kind: pa.DataType) -> str:
    zoned = column.kind in ("TIMESTAMP", "DATE") and pa.types.is_timestamp(kind)
    return "; times are Japanese wall-clock time without zone, convert them by a mapping (`time`)" if zoned else ""


def holds_text(kind: pa.DataType) -> bool:
    """Whether there are strings somewhere inside a nested type."""
    if pa.types.is_map(kind):
        return holds_text(kind.key_type) or holds_text(kind.item_type)
    if pa.types.is_struct(kind):
        return any(holds_text(field.type) for field in kind)
    if pa.types.is_nested(kind):
        return holds_text(kind.value_type)
    return is_text(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
