"""DuckDB as the engine: views over Parquet files, portable SQL in, Arrow or one Parquet file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from features.engines.engine import Scalar

PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"


def quoted(text: str | Path) -> str:
    """A string literal for SQL."""
    return "'" + str(text).replace("'", "''") + "'"


@dataclass
class DuckDBEngine:
    """One in-memory DuckDB; what does not fit into `memory_limit` spills below `spill`."""

    memory_limit: str = "3GB"
    threads: int = 2
    spill: Path | None = None
    connection: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": self.memory_limit,
            "threads": self.threads,
        }
        if self.spill is not None:
            self.spill.mkdir(parents=True, exist_ok=True)
            settings["temp_directory"] = str(self.spill)
        self.connection = duckdb.connect(config=settings)
        # Wall-clock times carry no zone; without this a session zone could shift casts.
        self.connection.execute("SET TimeZone = 'Asia/Tokyo'")

    def reopen(self) -> None:
        """Begin anew, without any table: an internal error leaves a connection that refuses all further work."""
        self.connection.close()
        self.__post_init__()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Name the union of some Parquet files (at least one)."""
        listed = ", ".join(quoted(f) for f in files)
        source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        self.connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM {source}")

    def table(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Keep the result of a query under a name."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", dict(parameters or {}))

    def append(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Add the rows of a query, which may read the table itself, to a kept table of the same columns."""
        self.connection.execute(f"INSERT INTO {name} {sql}", dict(parameters or {}))

    def given(self, name: str, rows: pa.Table) -> None:
        """Name a small table that the caller has at hand."""
        self.connection.register(name, rows)

    def arrow(self, sql: str, parameters: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The result of a query."""
        return self.connection.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def parquet(self, sql: str, target: Path, parameters: Mapping[str, Scalar] | None = None) -> int:
        """Write the result of a query to one Parquet file; returns the number of rows."""
        copy = f"COPY ({sql}) TO {quoted(target)} {PARQUET}"
        return int(self.connection.execute(copy, dict(parameters or {})).fetchall()[0][0])
