"""Ingest of delivered files beside a bare DuckDB COPY of the same files, and what the guard takes of it."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pyarrow.parquet as pq

from features.engines.duckdb import DuckDBEngine, quoted
from pipelines.ingest import ingest
from pipelines.ingest.guard import numbers_found
from pipelines.ingest.scan import Readable
from pipelines.lake import Lake

TODAY = date(2026, 11, 23)
_ROWS = """
    SELECT 'R' || md5(CAST(i AS VARCHAR)) AS request_id,
           TIMESTAMP '2026-11-16' - to_seconds(CAST(hash(i) % ({weeks} * 604800) + 1 AS BIGINT)) AS requested_at,
           requested_at + INTERVAL 5 SECOND AS responded_at,
           'A' || (hash(i, 1) % 1700) AS requester_agency, 'A' || (hash(i, 2) % 1700) AS provider_agency,
           'JM' || (hash(i, 3) % 60) AS affair_code, 'JT' || (hash(i, 4) % 900) AS procedure_code,
           'TM' || (hash(i, 5) % 300) AS item_code, 'provided' AS result, 'interactive' AS channel,
           'D' || (hash(i, 6) % 20) AS requester_department, 'u' || (hash(i, 7) % 20000) AS requester_user,
           'T' || (hash(i, 8) % 20000) AS requester_terminal, CAST(hash(i, 9) % 9 AS INTEGER) AS items_returned,
           's' || (hash(i, 10) % 5000000) AS subject_key, 'C' || (hash(i, 11) % 3000000) AS case_ref
    FROM range({first}, {last}) r(i)"""
_AGENCIES = """
    SELECT 'A' || i AS agency_code, '市' AS name, 'city' AS kind, DATE '2015-01-01' AS valid_from
    FROM range(1700) r(i)"""


def deliver(engine: DuckDBEngine, data: Path, rows: int, files: int, weeks: int) -> list[Path]:
    """Write a DATA folder of grade B; every file spans all weeks, the hardest order to load. Returns its log files."""
    landing, reference = data / "landing" / "linkage_log", data / "reference"
    for folder in (landing, reference):
        folder.mkdir(parents=True)
    engine.parquet(_AGENCIES, reference / "agencies.parquet")
    written = [landing / f"{n:05d}.parquet" for n in range(files)]
    for n, file in enumerate(written):
        engine.parquet(_ROWS.format(weeks=weeks, first=rows * n // files, last=rows * (n + 1) // files), file)
    return written


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def guard_seconds(engine: DuckDBEngine, files: list[Path]) -> float:
    """The guard alone, over all string columns of all files."""
    found = [Readable(file, file, {f.name: f.type for f in pq.read_schema(file)}) for file in files]
    return seconds(lambda: numbers_found(engine, found))


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--files", default=20, show_default=True)
@click.option("--weeks", default=4, show_default=True)
@click.option("--memory", default="3GB", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/bench-ingest"), show_default=True)
def bench(rows: int, files: int, weeks: int, memory: str, threads: int, out: Path) -> None:
    """Measure one ingest of generated files, all in one run so that the machine's mood is the same for all."""
    shutil.rmtree(out, ignore_errors=True)
    with DuckDBEngine(memory, threads) as engine:
        delivered = deliver(engine, out / "data", rows, files, weeks)
        listed = ", ".join(map(quoted, delivered))
        copy = seconds(lambda: engine.parquet(f"FROM read_parquet([{listed}])", out / "copy.parquet"))
        guard = guard_seconds(engine, delivered)
    lake = Lake(out / "lake")
    load = seconds(lambda: ingest(out / "data", lake, None, TODAY, memory, threads))
    again = seconds(lambda: ingest(out / "data", lake, None, TODAY, memory, threads))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"{rows:,} rows in {files} files of {weeks} weeks, {threads} threads")
    click.echo(f"  bare COPY    {copy:8.2f} s")
    click.echo(f"  guard        {guard:8.2f} s  {guard / load:6.1%} of the ingest")
    click.echo(f"  ingest       {load:8.2f} s  {load / copy:6.2f} × the COPY, {rows / load:,.0f} rows/s")
    click.echo(f"  once more    {again:8.2f} s")
    click.echo(f"  peak memory  {peak:8.0f} MB")


if __name__ == "__main__":
    bench()
