"""Codes that a foreign log holds as numbers with a fraction: no conversion of those can be right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from features.engines.duckdb import DuckDBEngine
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.scan import FILE, Readable, by_schema, read


def fractions_found(engine: DuckDBEngine, files: Sequence[Readable], mapping: LogMapping) -> dict[Path, list[str]]:
    """Files in which a number that is to be a code or a count is not whole: a fault a column."""
    found: dict[Path, list[str]] = {}
    for group in by_schema(files):
        places = {str(file.readable): file for file in group}
        for column, condition in mapping.doubts(group[0].columns).items():
            query = f"SELECT {FILE}, count(*) FROM {read(group)} WHERE {condition} GROUP BY 1 ORDER BY 1"
            for path, rows in engine.connection.execute(query).fetchall():
                fault = f"column {column} holds {rows} number(s) with a fraction, expected whole ones"
                found.setdefault(places[path].path, []).append(fault)
    return found
