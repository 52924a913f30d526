"""Rows written by hand: a request like any other, and tables in the types of the contract."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

ARROW = {"VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us"), "DATE": pa.date32(), "BOOLEAN": pa.bool_(),
         "INTEGER": pa.int32(), "BIGINT": pa.int64()}  # fmt: skip
NINE = datetime(2026, 11, 9, 9, 0)
YEAR = date(2020, 1, 1)


def request(number: int, **values: Any) -> dict[str, Any]:
    """A request that breaks no rule, but for what is said."""
    usual = {
        "request_id": f"R{number}", "requested_at": NINE + timedelta(minutes=30 * number), "requester_agency": "A",
        "provider_agency": "P", "affair_code": "JM1", "procedure_code": "JT1", "item_code": "TM1", "result": "provided",
        "channel": "interactive", "requester_user": "u1", "requester_terminal": "T1", "subject_key": "s1",
    }  # fmt: skip
    return usual | values


def table(columns: tuple[Any, ...], rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([(c.name, ARROW[c.kind]) for c in columns])
    return pa.Table.from_pylist([{c.name: row.get(c.name) for c in columns} for row in rows], schema=schema)
