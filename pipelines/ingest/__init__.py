"""Ingest: delivered files are checked against the log contract and loaded into the lake, each row once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from features.engines.duckdb import DuckDBEngine
from pipelines.ingest.batch import BATCH_ROWS, Loading
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.report import IngestReport
from pipelines.ingest.run import Run
from pipelines.lake import Lake
from pipelines.lake.journal import staging

__all__ = ["IngestReport", "ingest"]


def ingest(
    data: Path,
    lake: Lake,
    mapping: LogMapping | None,
    today: date,
    memory_limit: str,
    threads: int,
    batch_rows: int = BATCH_ROWS,
) -> IngestReport:
    """Load what is new below `data`. Run again, or after a stop at any instruction, it changes only what is missing.

    `today` is the day in Japan: records of the day after tomorrow cannot be. `memory_limit` as DuckDB writes it;
    what does not fit spills below the lake. Raises FileRefusedError if there are no agencies; other refused files
    are in the report.
    """
    spill = lake.root / ".staging" / "spill"
    with staging(lake, "ingest") as folder, DuckDBEngine(memory_limit, threads, spill) as engine:
        return Run(Loading(engine, lake, folder, mapping, today), data, threads).all(batch_rows)
