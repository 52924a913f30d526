"""Why a delivered row is set aside."""

from __future__ import annotations

from features.contract.columns import LINKAGE_LOG, Column
from features.engines.duckdb import quoted


def reasons() -> dict[str, str]:
    """Each reason with the condition of a row, in the order in which they are judged. `$latest` is the first
    moment that no record can be of yet."""
    found: dict[str, str] = {}
    for column in LINKAGE_LOG:
        if column.required:
            found |= _impossible(column)
    return found | {
        "requested_at outside 2015 to tomorrow": "requested_at < TIMESTAMP '2015-01-01' OR requested_at >= $latest",
        "responded_at before requested_at": "responded_at < requested_at",
        "responded_at after tomorrow": "responded_at >= $latest",
    }


def _impossible(column: Column) -> dict[str, str]:
    name = column.name
    found = {f"{name} is null or unusable": f"{name} IS NULL"}
    if column.begins:
        found[f"{name} does not begin with {column.begins}"] = f"NOT starts_with({name}, {quoted(column.begins)})"
    if column.at_most:
        found[f"{name} is longer than {column.at_most} characters"] = f"length({name}) > {column.at_most}"
    return found


def fault_sql() -> str:
    """The number of the first reason that applies, from 1; 0 for a sound row."""
    cases = " ".join(f"WHEN {condition} THEN {n}" for n, condition in enumerate(reasons().values(), 1))
    return f"CAST(CASE {cases} ELSE 0 END AS UTINYINT)"


def reason_sql(fault: str) -> str:
    """The reason in words for a number."""
    cases = " ".join(f"WHEN {n} THEN {quoted(reason)}" for n, reason in enumerate(reasons(), 1))
    return f"CASE {fault} {cases} END"
