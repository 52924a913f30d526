"""No file may carry an Individual Number (個人番号): any that does is refused whole, and its value is never repeated."""

from __future__ import annotations

from features.contract.identifiers import individual_number_sql
from features.engines.duckdb import DuckDBEngine, quoted
from pipelines.ingest.survey import Delivered

SHOWN = 5


def numbers_found(engine: DuckDBEngine, files: list[Delivered]) -> dict[str, str]:
    """Delivery ids of files that carry a whole value which is an Individual Number, with column and row numbers."""
    by_columns: dict[tuple[str, ...], list[Delivered]] = {}
    for file in files:
        by_columns.setdefault(file.strings, []).append(file)
    found: dict[str, str] = {}
    for strings, group in by_columns.items():
        if strings:
            found |= _in_group(engine, strings, group)
    return found


def _in_group(engine: DuckDBEngine, strings: tuple[str, ...], group: list[Delivered]) -> dict[str, str]:
    listed = ", ".join(quoted(file.path) for file in group)
    quick = " OR ".join(
        f'length(CAST("{c}" AS VARCHAR)) BETWEEN 12 AND 16 AND regexp_matches(CAST("{c}" AS VARCHAR), \'^\\s*[0-9]{{12}}\\s*$\')'
        for c in strings
    )
    columns = ", ".join(f'CAST("{c}" AS VARCHAR) AS "{c}"' for c in strings)
    source = f"SELECT filename, file_row_number, {columns} FROM read_parquet([{listed}], filename = true, file_row_number = true, hive_partitioning = false, union_by_name = true) WHERE {quick}"
    rows = engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE suspect AS {source}").fetchall()
    names = {str(file.path): file for file in group}
    found: dict[str, list[str]] = {}
    for column in strings:
        quoted_column = f'"{column}"'
        rows = engine.connection.execute(
            f"SELECT filename, count(*), list(file_row_number + 1 ORDER BY file_row_number)[:{SHOWN}] FROM suspect "
            f"WHERE {individual_number_sql(quoted_column)} GROUP BY filename ORDER BY filename"
        ).fetchall()
        for filename, count, numbers in rows:
            shown = ", ".join(str(n) for n in numbers) + (" …" if count > SHOWN else "")
            found.setdefault(names[filename].delivery_id, []).append(
                f"column {column} holds {count} Individual Number(s), rows {shown}"
            )
    return {delivery: "; ".join(faults) for delivery, faults in found.items()}
