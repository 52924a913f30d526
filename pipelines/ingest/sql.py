"""The statements of the ingest, built from the contract's columns."""

from __future__ import annotations

from collections.abc import Mapping

from features.contract.columns import CHANNELS, COPIES, DELIVERED, LINKAGE_LOG, RESULTS

NAMES = tuple(column.name for column in LINKAGE_LOG)
COMPARED = NAMES[1:]
REQUIRED = tuple(column.name for column in LINKAGE_LOG if column.required)


def _one_of(column: str, allowed: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in allowed)
    return f"CASE WHEN {column} IS NULL OR {column} IN ({listed}) THEN {column} ELSE 'unknown' END"


def delivered(columns: frozenset[str], expressions: Mapping[str, str] | None = None) -> str:
    """The select list that gives a file's rows the contract's columns and types; an absent column is null."""
    parts = []
    for column in DELIVERED:
        source = (expressions or {}).get(column.name) or (f'"{column.name}"' if column.name in columns else "NULL")
        parts.append(f"TRY_CAST({source} AS {column.kind}) AS {column.name}")
    return ", ".join(parts)


def reason() -> str:
    """Why a row is set aside; null if it is not."""
    missing = " ".join(
        f"WHEN {n} IS NULL"
        + (f" OR trim({n}) = ''" if n != "requested_at" else "")
        + f" THEN '{n} is null or unusable'"
        for n in REQUIRED
    )
    return f"""CASE {missing}
      WHEN requested_at < TIMESTAMP '2015-01-01' OR requested_at >= $latest THEN 'requested_at outside 2015 to tomorrow'
      WHEN responded_at < requested_at THEN 'responded_at before requested_at'
      WHEN responded_at >= $latest THEN 'responded_at after tomorrow' END"""


def checked() -> str:
    """All rows of a batch, values normalised, with the reason for setting one aside."""
    replaced = f"{_one_of('result', RESULTS)} AS result, {_one_of('channel', CHANNELS)} AS channel"
    copy = (
        "CASE WHEN record_copy IN ("
        + ", ".join(f"'{c}'" for c in COPIES)
        + ") THEN record_copy ELSE 'core' END AS record_copy"
    )
    kept = ", ".join(n for n in NAMES if n not in ("result", "channel"))
    return f"""SELECT {kept}, {replaced}, {copy}, delivery_id, file_order, row_number, {reason()} AS reason,
      (result NOT IN ({", ".join(f"'{r}'" for r in RESULTS)})) AS unknown_result,
      coalesce(channel NOT IN ({", ".join(f"'{c}'" for c in CHANNELS)}), false) AS unknown_channel,
      CAST(date_trunc('week', requested_at) AS DATE) AS monday FROM raw"""


def differs(left: str, right: str) -> str:
    """Two rows of the same copy say different things."""
    return " OR ".join(f"{left}.{n} IS DISTINCT FROM {right}.{n}" for n in COMPARED)


def contradicts(left: str, right: str) -> str:
    """Two rows of different copies say different things where both say something."""
    return " OR ".join(f"{left}.{n} <> {right}.{n}" for n in COMPARED)


def reconciled() -> str:
    """One row a request from its copies: the core's word, then the requester's, then the provider's."""
    picked = ", ".join(
        "coalesce(" + ", ".join(f"any_value({n}) FILTER (record_copy = '{c}')" for c in COPIES) + f") AS {n}"
        for n in COMPARED
    )
    owner = "coalesce(" + ", ".join(f"any_value(delivery_id) FILTER (record_copy = '{c}')" for c in COPIES) + ")"
    return f"""SELECT request_id, {picked}, string_agg(record_copy, '+' ORDER BY record_copy) AS record_copies,
      {owner} AS delivery_id, any_value(monday) AS monday FROM accepted GROUP BY request_id"""
