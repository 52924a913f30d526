"""What an engine is asked for: tables by name, portable SQL in, Arrow or one Parquet file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import pyarrow as pa

Scalar = str | int | float | bool | None | object


class Engine(Protocol):
    """Runs the SQL of facts, rules, explanations and statistics; parameters stand in it as `$name`."""

    def __enter__(self) -> Self:
        """The engine itself, open."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget all tables."""

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Name the union of some Parquet files (at least one)."""

    def table(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Keep the result of a query under a name."""

    def append(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Add the rows of a query, which may read the table itself, to a kept table of the same columns."""

    def given(self, name: str, rows: pa.Table) -> None:
        """Name a small table that the caller has at hand."""

    def arrow(self, sql: str, parameters: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The result of a query."""

    def parquet(self, sql: str, target: Path, parameters: Mapping[str, Scalar] | None = None) -> int:
        """Write the result of a query to one Parquet file; returns the number of rows."""
