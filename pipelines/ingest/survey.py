"""What was delivered: each file's fingerprint, and whether its columns are what the contract says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.columns import DELIVERED
from features.weeks import Week
from pipelines.ingest.kinds import faults_of
from pipelines.mapping import LogMapping
from pipelines.stamps import file_fingerprint, parquet_fingerprint

TIME = "requested_at"
WHOLE = 1 << 20
"""Files up to so many bytes are known again by their whole content, larger ones by size and footer."""


@dataclass(frozen=True)
class Delivered:
    """A delivered file: where it lies below the landing folder, and what it is.

    `columns` are all columns with their types, `ignored` those that the contract does not know; `first_week` and
    `last_week` are what the footer says of the times of request, None if it says nothing.
    """

    path: Path
    name: str
    mark: str
    sha256: str
    rows: int
    columns: Mapping[str, pa.DataType]
    ignored: tuple[str, ...]
    faults: tuple[str, ...]
    first_week: Week | None = None
    last_week: Week | None = None

    @property
    def delivery_id(self) -> str:
        """Short name of the content."""
        return self.sha256[:16]


def quick_mark(path: Path, name: str) -> str:
    """A cheap sign that a file is the one seen before: its place and content, or size and footer if it is large."""
    try:
        small = path.stat().st_size <= WHOLE
        content = file_fingerprint(path) if small else parquet_fingerprint(path)
    except (OSError, OverflowError, ValueError):
        content = file_fingerprint(path)
    return hashlib.sha256(f"{name}\0{content}".encode()).hexdigest()[:32]


def look_at(path: Path, name: str, mark: str, mapping: LogMapping | None) -> Delivered:
    """Read a file's content once for its hash, and its footer for its columns; all its faults at once.

    With a mapping the file is held against what that needs, without against the contract.
    """
    sha256 = file_fingerprint(path)
    try:
        with pq.ParquetFile(path) as file:
            schema, footer = file.schema_arrow, file.metadata
            weeks = _weeks(footer, mapping.rename.get(TIME) if mapping else TIME)
    except (pa.ArrowException, OSError, ValueError) as error:
        fault = f"is no readable Parquet file, or was cut short ({type(error).__name__})"
        return Delivered(path, name, mark, sha256, 0, {}, (), (fault,))
    found = {field.name: field.type for field in schema}
    faults = [*_ambiguous(schema.names), *(mapping.faults_of(found) if mapping else faults_of(DELIVERED, found))]
    used = set(mapping.rename.values()) if mapping else {column.name for column in DELIVERED}
    ignored = tuple(sorted(set(found) - used))
    return Delivered(path, name, mark, sha256, footer.num_rows, found, ignored, tuple(faults), *weeks)


def _ambiguous(names: list[str]) -> list[str]:
    """Names that differ only by case: the engine could not tell which one is meant."""
    often = Counter(name.lower() for name in names)
    return [f"column {name} is there {n} times (case does not count)" for name, n in often.items() if n > 1]


def _weeks(footer: pq.FileMetaData, column: str | None) -> tuple[Week | None, Week | None]:
    """First and last week of a column of times, from the statistics of the row groups."""
    places = [n for n in range(len(footer.schema)) if footer.schema.column(n).path == column]
    if not places or not footer.num_row_groups:
        return None, None
    found = [footer.row_group(group).column(places[0]).statistics for group in range(footer.num_row_groups)]
    days = [day for s in found if s is not None and s.has_min_max for day in (s.min, s.max) if isinstance(day, date)]
    sane = [day for day in days if isinstance(day, datetime) and 1 < day.year < 9999]
    return (Week.of(min(sane)), Week.of(max(sane))) if sane else (None, None)
