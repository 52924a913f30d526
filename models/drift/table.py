"""The table `drift`: a row for each measure of each kind of agency."""

from __future__ import annotations

import pyarrow as pa

from models.drift import Drift

SCHEMA = pa.schema([
    ("week", pa.string()), ("model_version", pa.string()), ("kind", pa.string()), ("measure", pa.string()),
    ("effect", pa.float64()), ("typical", pa.float64()), ("p_value", pa.float64()), ("alarm", pa.bool_()), ("cause", pa.string()),
    ("compared_weeks", pa.int32()),
])  # fmt: skip


def to_arrow(drift: Drift, version: str) -> pa.Table:
    """The rows of a week; none where nothing was measured."""
    rows = [
        {
            "week": drift.week, "model_version": version, "kind": each.kind, "measure": each.measure, "effect": each.effect,
            "typical": each.typical, "p_value": each.p_value, "alarm": each.alarm, "cause": each.cause,
            "compared_weeks": len(drift.compared),
        }
        for each in drift.measured
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)
