"""Rows set aside, with the reason, in one file for each delivery that has any."""

from __future__ import annotations

from pathlib import Path

from features.contract.columns import NAMES
from features.engines.duckdb import DuckDBEngine, quoted
from pipelines.ingest.faults import reason_sql
from pipelines.ingest.rivals import ASTRAY
from pipelines.lake import Lake

_COLUMNS = ", ".join(f"k.{name}" for name in (*NAMES, "record_copy", "delivery_id", "row_number"))


def quarantine_file(lake: Lake, delivery_id: str) -> Path:
    """Where the rows of a delivery lie that were set aside."""
    return lake.root / "quarantine" / f"{delivery_id}.parquet"


def draft_quarantine(engine: DuckDBEngine, lake: Lake, staging: Path) -> dict[Path, Path]:
    """Write the faulty rows of a judged batch, and those that contradict an earlier one; draft to place."""
    engine.table("aside", f"""
        SELECT {_COLUMNS}, {reason_sql("k.fault")} AS reason FROM picked k WHERE k.fault > 0
        UNION ALL
        SELECT {_COLUMNS}, {quoted(ASTRAY)} FROM picked k SEMI JOIN astray USING (f, row_number)
        UNION ALL
        SELECT {_COLUMNS}, 'request_id comes again with other content: first in ' || first.file || ', again in ' || again.file
        FROM picked k
        JOIN repeated r ON r.f = k.f AND r.row_number = k.row_number AND r.conflicting
        JOIN delivery again ON again.f = k.f
        JOIN origin first ON first.delivery_id = r.first_delivery""")  # fmt: skip
    deliveries = engine.connection.execute("SELECT DISTINCT delivery_id FROM aside ORDER BY delivery_id").fetchall()
    drafts: dict[Path, Path] = {}
    for (delivery_id,) in deliveries:
        draft = staging / f"quarantine-{delivery_id}.parquet"
        engine.parquet(f"SELECT * FROM aside WHERE delivery_id = '{delivery_id}' ORDER BY row_number", draft)
        drafts[draft] = quarantine_file(lake, delivery_id)
    return drafts
