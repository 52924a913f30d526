"""DuckDB as the engine: views over Parquet files, portable SQL in, Arrow or one Parquet file out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from features.engines.declared import origin
from features.engines.engine import Scalar
from features.errors import DefinitionsDisagreeError

PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"


def quoted(text: str | Path) -> str:
    """A string literal for SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def literal(file: Path) -> str:
    """The name of this one file for `read_parquet`, which reads `?`, `*` and `[` in a folder's name as wildcards."""
    return re.sub(r"([\[?*])", r"[\1]", str(file))


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
        listed = ", ".join(quoted(literal(f)) for f in files)
        source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        self.connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM {source}")

    def table(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Keep the result of a query under a name."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", parameters)

    def append(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Add the rows of a query, which may read the table itself, to a kept table of the same columns."""
        self._run(f"INSERT INTO {name} {sql}", parameters)

    def given(self, name: str, rows: pa.Table) -> None:
        """Name a small table that the caller has at hand."""
        self.connection.register(name, rows)

    def arrow(self, sql: str, parameters: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The result of a query."""
        with _declared(sql):
            return self.connection.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def parquet(self, sql: str, target: Path, parameters: Mapping[str, Scalar] | None = None) -> int:
        """Write the result of a query to one Parquet file; returns the number of rows."""
        copy = f"COPY ({sql}) TO {quoted(target)} {PARQUET}"
        return int(self._run(copy, parameters).fetchall()[0][0])

    def _run(self, statement: str, parameters: Mapping[str, Scalar] | None) -> duckdb.DuckDBPyConnection:
        with _declared(statement):
            return self.connection.execute(statement, dict(parameters or {}))


@contextmanager
def _declared(statement: str) -> Iterator[None]:
    """DefinitionsDisagreeError, with file and line, if a declared query asks for what is not there."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        found = origin(statement)
        if found is None:
            raise
        said = str(error)
        number = re.search(r"^LINE (\d+):", said, re.MULTILINE)
        line = f", line {found.line(int(number[1]))}" if number else ""
        # The rest of DuckDB's message quotes the statement; its first paragraph names the column or table.
        reason = " ".join(said.partition("\n\n")[0].split())
        raise DefinitionsDisagreeError(
            f"{found.file.parent.name}/{found.file.name}{line}: {reason}; correct the query, or what it reads"
        ) from error
