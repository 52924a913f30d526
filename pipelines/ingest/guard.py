"""No file may carry an Individual Number (個人番号): any that does is refused whole, and its value is never repeated.

Only whole values count: one in ten strings of twelve digits has the right check digit, so digits inside a longer
token mean nothing. The first query looks at all string columns of many files at once and keeps, nearly always,
nothing; only where it finds twelve digits does a second one compute check digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from features.contract.identifiers import TWELVE_DIGITS, individual_number_sql, twelve_digits_sql
from features.engines.duckdb import DuckDBEngine
from pipelines.ingest.kinds import holds_text, is_text
from pipelines.ingest.scan import FILE, Readable, by_schema, name, read

SHOWN = 5


def numbers_found(engine: DuckDBEngine, files: Sequence[Readable]) -> dict[Path, list[str]]:
    """Files that carry an Individual Number: a fault a column, with the first row numbers and how many there are."""
    found: dict[Path, list[str]] = {}
    for group in by_schema(files):
        texts = {column: kind for column, kind in group[0].columns.items() if holds_text(kind)}
        for column in _suspected(engine, group, texts) if texts else []:
            for path, fault in _in_column(engine, group, column, texts[column]):
                found.setdefault(path, []).append(fault)
    return found


def _suspected(engine: DuckDBEngine, group: Sequence[Readable], texts: dict[str, pa.DataType]) -> list[str]:
    conditions = {column: _twelve_digits(column, kind) for column, kind in texts.items()}
    flags = ", ".join(f"coalesce(bool_or({condition}), false)" for condition in conditions.values())
    anywhere = " OR ".join(f"({condition})" for condition in conditions.values())
    row = engine.connection.execute(f"SELECT {flags} FROM {read(group)} WHERE {anywhere}").fetchall()[0]
    return [column for column, flag in zip(conditions, row, strict=True) if flag]


def _in_column(
    engine: DuckDBEngine, group: Sequence[Readable], column: str, kind: pa.DataType
) -> list[tuple[Path, str]]:
    query = f"""
        WITH value AS (
            SELECT {FILE} AS path, file_row_number + 1 AS row_number, {_values(column, kind)} AS text
            FROM {read(group)} WHERE {_twelve_digits(column, kind)}),
        hit AS (SELECT DISTINCT path, row_number FROM value WHERE {individual_number_sql("text")})
        SELECT path, count(*), list(row_number ORDER BY row_number)[:{SHOWN}] FROM hit GROUP BY path ORDER BY path"""
    places = {str(file.readable): file.path for file in group}
    rows = engine.connection.execute(query).fetchall()
    said = group[0].delivered_name(column)
    return [(places[path], _fault(said, count, numbers)) for path, count, numbers in rows]


def _fault(column: str, count: int, numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers)) + (" …" if count > SHOWN else "")
    return f"column {column} holds an Individual Number in {count} row(s): {shown}"


def _twelve_digits(column: str, kind: pa.DataType) -> str:
    if is_text(kind):
        return twelve_digits_sql(name(column))
    return f"regexp_matches({_text(column, kind)}, '{_leaf(kind)}')"


def _values(column: str, kind: pa.DataType) -> str:
    """The suspected values of a row, one each."""
    if is_text(kind):
        return name(column)
    return f"unnest(regexp_extract_all({_text(column, kind)}, '{_leaf(kind)}', 1))"


def _text(column: str, kind: pa.DataType) -> str:
    """Nested values as JSON, where every string stands in quotes; bytes as characters."""
    return f"CAST({f'to_json({name(column)})' if pa.types.is_nested(kind) else name(column)} AS VARCHAR)"


def _leaf(kind: pa.DataType) -> str:
    return f'"{TWELVE_DIGITS}"' if pa.types.is_nested(kind) else f"^{TWELVE_DIGITS}$"
