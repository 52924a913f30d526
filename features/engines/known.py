"""What the tables hold that portable SQL reads, so that a column that is not there is found without a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import duckdb

from features.catalogue import tables
from features.contract.columns import LINKAGE_LOG
from features.contract.reference import REFERENCE
from features.order import COUNTED, EARLIER, EXPLAINED, SURPRISALS, VALUES

_OTHERS: Mapping[str, Mapping[str, str]] = {
    EXPLAINED: {"request_id": "VARCHAR", "explained_by": "VARCHAR"},
    VALUES: {"visit_no": "BIGINT", "official_no": "BIGINT", "attribute": "VARCHAR", "value": "VARCHAR"},
    SURPRISALS: {"visit_no": "BIGINT", "attribute": "VARCHAR", "surprisal": "DOUBLE"},
    COUNTED: {"counted": "VARCHAR", "agency_code": "VARCHAR", "cell": "VARCHAR", "n": "BIGINT", "n_lacking": "BIGINT"},
    "ordinary_value": {"attribute": "VARCHAR", "value": "VARCHAR"},
    "attribute": {"name": "VARCHAR", "given": "VARCHAR"} | dict.fromkeys(("several", "sums", "identifies", "without_reason"), "BOOLEAN"),
}  # fmt: skip
"""Tables that are put together from declarations (`features/build.py`)."""


def known_tables() -> dict[str, dict[str, str]]:
    """By name each table that a query may read, with its columns and their types: the week's log, the reference tables,
    the declared tables, and those of the weeks before."""
    log = {column.name: column.kind for column in LINKAGE_LOG} | {"record_copies": "VARCHAR", "delivery_id": "VARCHAR"}
    found = {"request": log, "week_log": log, **{name: dict(columns) for name, columns in _OTHERS.items()}}
    for name, columns in REFERENCE.items():
        found["delivered_case" if name == "cases" else name] = {column.name: column.kind for column in columns}
    for table in tables():
        declared = {name: str(column.type) for name, column in table.columns.items()}
        for called in (table.name, EARLIER + table.name, f"recent_{table.name}") if table.kept else (table.name,):
            found[called] = declared
    return found


@cache
def _bare() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, columns in known_tables().items():
        listed = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in columns.items())
        connection.execute(f"CREATE TABLE {name} AS SELECT {listed} WHERE false")
    return connection


def reads_known(text: str) -> bool:
    """Whether a query reads nothing but tables whose columns are known: others are made by the program."""
    try:
        list(_complaints(text))
    except duckdb.CatalogException:
        return False
    return True


def unknown_columns(text: str) -> list[tuple[int, str]]:
    """The line (from 1) and the name of a column that a query asks for and no table has; the engine names the first only."""
    try:
        return list(_complaints(text))
    except duckdb.CatalogException:
        return []


def _complaints(text: str) -> Iterator[tuple[int, str]]:
    """CatalogException if a table is not known."""
    connection = _bare()
    try:
        connection.execute(f"PREPARE asked AS {text}")
        connection.execute("DEALLOCATE asked")
    except duckdb.BinderException as error:
        said = str(error)
        column = re.search(r'column (?:named )?"([^"]+)"', said)
        line = re.search(r"^LINE (\d+):", said, re.MULTILINE)
        if column:
            yield int(line[1]) if line else 1, column[1]
    except duckdb.ParserException:
        return
