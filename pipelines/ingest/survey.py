"""What was delivered: each file's fingerprint, and whether its columns are what the contract says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.columns import DELIVERED
from features.contract.identifiers import without_individual_numbers
from features.weeks import Week
from pipelines.ingest.kinds import faults_of
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.scan import LAST_MILLISECOND
from pipelines.lake.stamps import file_fingerprint, parquet_fingerprint

TIME = "requested_at"
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""How a folder's name says that there is none."""
WHOLE = 1 << 20
"""Files up to so many bytes are known again by their whole content, larger ones by size and footer."""


@dataclass(frozen=True)
class Delivered:
    """A delivered file: where it lies below the landing folder, and what it is.

    `columns` are all columns with their types, `ignored` those that the contract does not know; `first_week` and
    `last_week` are what the footer says of the times of request, None if it says nothing. `given` are columns that
    stand in the names of its folders; `overflows` says that it has times beyond what the engine's type can hold.
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
    given: Mapping[str, str | None] = field(default_factory=dict)
    overflows: bool = False

    @property
    def delivery_id(self) -> str:
        """Short name of the content."""
        return self.sha256[:16]


def quick_mark(path: Path, name: str) -> str:
    """A cheap sign that a file is the one seen before: its place and content, or size and footer if it is large."""
    try:
        content = _content(path)
    except OSError as error:
        content = f"cannot be opened: {error.errno}"
    return hashlib.sha256(f"{name}\0{content}".encode()).hexdigest()[:32]


def _content(path: Path) -> str:
    if path.stat().st_size <= WHOLE:
        return file_fingerprint(path)
    try:
        return parquet_fingerprint(path)
    except (OSError, OverflowError, ValueError):
        return file_fingerprint(path)


def look_at(path: Path, name: str, mark: str, mapping: LogMapping | None, place: str = "") -> Delivered:
    """Read a file's content once for its hash, and its footer for its columns; all its faults at once.

    `place` is its path with the values that folders' names give. With a mapping the file is held against what that needs, without against the contract.
    """
    try:
        sha256 = file_fingerprint(path)
        with path.open("rb") as content, pq.ParquetFile(content) as file:
            schema, footer = file.schema_arrow, file.metadata
    except OSError as error:
        if error.errno:  # Otherwise it is Arrow that does not like the content.
            return Delivered(path, name, mark, "", 0, {}, (), (f"cannot be opened ({error.strerror})",))
        return _no_parquet(path, name, mark, sha256, error)
    except (pa.ArrowException, ValueError) as error:
        return _no_parquet(path, name, mark, sha256, error)
    if faults := numbered_columns(schema.names):
        return Delivered(path, name, mark, sha256, footer.num_rows, {}, (), tuple(faults))
    used = set(mapping.rename.values()) if mapping else {column.name for column in DELIVERED}
    given = folder_values(
        place or name, used - {column for column in used if column.lower() in map(str.lower, schema.names)}
    )
    found = {field.name: field.type for field in schema} | dict.fromkeys(given, pa.string())
    faults = [*_ambiguous(schema.names), *(mapping.faults_of(found) if mapping else faults_of(DELIVERED, found))]
    faults += _of_int96(footer, mapping)
    weeks = _weeks(footer, mapping.rename.get(TIME) if mapping else TIME)
    return Delivered(
        path, name, mark, sha256, footer.num_rows, found, tuple(sorted(set(found) - used)), tuple(faults), *weeks,
        given=given, overflows=_overflows(footer, schema),
    )  # fmt: skip


def _no_parquet(path: Path, name: str, mark: str, sha256: str, error: Exception) -> Delivered:
    fault = f"is no readable Parquet file, or was cut short ({type(error).__name__})"
    return Delivered(path, name, mark, sha256, 0, {}, (), (fault,))


def numbered_columns(names: Sequence[str]) -> list[str]:
    """The fault of columns whose very names hold an Individual Number, which therefore are told by their places."""
    places = [str(n) for n, column in enumerate(names, 1) if without_individual_numbers(column) != column]
    return [f"the name of column number {', '.join(places)} holds an Individual Number"] if places else []


def folder_values(name: str, wanted: Collection[str]) -> dict[str, str | None]:
    """Wanted columns that a writer put into the names of folders (`channel=batch/`), by the custom of Hive."""
    pairs = (unquote(part).partition("=") for part in name.split("/")[:-1])
    return {column: None if value == NO_VALUE else value for column, _, value in pairs if column in wanted}


def _ambiguous(names: list[str]) -> list[str]:
    """Names that differ only by case: the engine could not tell which one is meant."""
    often = Counter(name.lower() for name in names)
    return [f"column {name} is there {n} times (case does not count)" for name, n in often.items() if n > 1]


def _of_int96(footer: pq.FileMetaData, mapping: LogMapping | None) -> list[str]:
    """Times of which the file cannot tell whether they are instants (Spark's) or wall clock, and nobody else does."""
    old = {c.path for n in range(len(footer.schema)) if (c := footer.schema.column(n)).physical_type == "INT96"}
    said = {source for column, source in mapping.rename.items() if column in mapping.time} if mapping else set()
    used = set(mapping.rename.values()) if mapping else {column.name for column in DELIVERED}
    advice = "an instant in UTC or wall clock, the file cannot tell: say which by a mapping (`time: from_zone`)"
    return [f"column {column} is INT96, {advice}" for column in sorted(old & used - said)]


def _weeks(footer: pq.FileMetaData, column: str | None) -> tuple[Week | None, Week | None]:
    """First and last week of a column of times, from the statistics of the row groups."""
    places = [n for n in range(len(footer.schema)) if footer.schema.column(n).path == column]
    if not places or not footer.num_row_groups:
        return None, None
    try:
        days = [day for s in _statistics(footer, places[0]) for day in (s.min, s.max) if isinstance(day, datetime)]
    except (OverflowError, ValueError, pa.ArrowException):
        return None, None  # Times that cannot be: their rows will be set aside.
    sane = [day for day in days if 1 < day.year < 9999]
    return (Week.of(min(sane)), Week.of(max(sane))) if sane else (None, None)


def _statistics(footer: pq.FileMetaData, column: int) -> list[pq.Statistics]:
    found = (footer.row_group(group).column(column).statistics for group in range(footer.num_row_groups))
    return [statistics for statistics in found if statistics is not None and statistics.has_min_max]


def _overflows(footer: pq.FileMetaData, schema: pa.Schema) -> bool:
    """Whether a column of milliseconds has times beyond all microseconds, at which the engine would stop."""
    names = {field.name for field in schema if pa.types.is_timestamp(field.type) and field.type.unit == "ms"}
    places = [n for n in range(len(footer.schema)) if footer.schema.column(n).path in names]
    edges = (edge for place in places for s in _statistics(footer, place) for edge in (s.min_raw, s.max_raw))
    return any(abs(edge) > LAST_MILLISECOND for edge in edges)
