"""Files that open and cannot be read to their end: found by reading each alone, and only when all together failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from features.engines.duckdb import DuckDBEngine
from pipelines.ingest.kinds import holds_text
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.scan import Readable, delivered_rows, name, read

MEMORY = "1GB"
UNREADABLE = (duckdb.Error, pa.ArrowException, OSError, ValueError)
"""What reading a file may raise; a full disk raises the same, so the file is asked again alone."""


def unreadable(files: Sequence[Readable], mapping: LogMapping | None) -> dict[Path, list[str]]:
    """The fault of each file that fails by itself, as a delivered log or in any of its texts."""
    found = ((file, _fault(file, _log_query(file, mapping))) for file in files)
    return {file.path: [fault] for file, fault in found if fault}


def unreadable_table(file: Readable) -> str:
    """The fault of a reference table, or nothing."""
    return _fault(file, _text_query(file, file.columns))


def _fault(file: Readable, query: str) -> str:
    """In an engine of its own: an internal error of the engine makes it unusable."""
    with DuckDBEngine(MEMORY, 1) as engine:
        row = {"f": [0], "path": [str(file.readable)], "delivery_id": [""]}
        engine.given("delivery", pa.table(row).set_column(0, "f", pa.array([0], pa.int32())))
        try:
            engine.connection.execute(query).fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            # The engine's own words may quote a value.
            if "UTF" in str(error):
                return "holds text that is no UTF-8; it cannot be read to its end"
            return damaged(error)
    return ""


def damaged(error: Exception) -> str:
    """The fault in words."""
    return f"cannot be read to its end ({type(error).__name__}): it is damaged, let it be sent again"


def _log_query(file: Readable, mapping: LogMapping | None) -> str:
    texts = [column for column, kind in file.columns.items() if holds_text(kind)]
    rows = f"SELECT bit_xor(hash(COLUMNS(*))) FROM ({delivered_rows([file], mapping)})"
    return f"{rows}; {_text_query(file, texts)}" if texts else rows


def _text_query(file: Readable, columns: Iterable[str]) -> str:
    listed = ", ".join(f"bit_xor(hash({name(column)}))" for column in columns)
    return f"SELECT {listed} FROM {read([file])}"
