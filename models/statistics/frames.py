"""The frames that statistics hand on to scales, findings and cases: their columns, checked where they are made.

Declared as Arrow schemas, as tables on disk are. A column that is not declared here does not leave the module that computed it.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MOST_NATS = 700.0
"""A probability below e**-700 is no double: what is rarer counts as this rare."""
OFTEN_LACKING = "agency_without_reason"
"""The column that says how often a reason is lacking at the official's agency."""
ALL_LACKING = "all_without_reason"
"""The column that says how probable it is that all of the official's rare visits lack a reason."""
COUNTED = {b"least": b"0"}
"""Of a column that holds no number below 0."""


def _of(named: tuple[str, ...], numbers: tuple[str, ...], whole: tuple[str, ...], names: tuple[str, ...]) -> pa.Schema:
    """`named` every row has, as well as all `numbers`, which are 0 or more, and `whole` ones; `names` not every row."""
    return pa.schema(
        [pa.field(name, pa.string(), nullable=False) for name in named]
        + [pa.field(name, pa.float64(), nullable=False, metadata=COUNTED) for name in numbers]
        + [pa.field(name, pa.int64(), nullable=False) for name in whole]
        + [pa.field(name, pa.string()) for name in names]
    )


MEASURED = _of(
    ("agency_code", "entity_id"), ("value", "actual", "typical"), ("window",),
    ("requester_user", "subject_key", "slot", "counted", "cell"),
)  # fmt: skip
"""A statistic that stands by itself: a row for each official, person or agency that it measures. `value` nats, higher is
stranger; `actual` and `typical` in the statistic's declared unit; `window` weeks; the names that its cases are told with."""
SCANS = _of(
    ("agency_code", "requester_user", "attribute"), ("value", "past", "expected"), ("window", "step"), ()
)  # fmt: skip
"""Officials scanned: a row for each official, attribute, level (`step`, a place in EDGES) and window of weeks; `past` visits at
least so rare, where `expected` were to be expected; `value` nats."""
LACKING = _of(("agency_code", "requester_user"), (OFTEN_LACKING,), (), ())
"""At each official's agency: what share of the visits of others, this week and in the look-back, lacks a reason, 0 to 1."""
VIOLATIONS = _of(("rule_id", "agency_code"), ("n", "value", "typical"), (), ("requester_user",))
"""Rules that are broken: a row for each rule and official, or agency where none is named; `n` requests, `value` nats."""

FINDINGS = pa.schema([
    *_of(("statistic", "entity", "entity_id", "agency_code"), ("actual", "typical"), ("window",),
         ("requester_user", "subject_key", "rule", "attribute", "slot", "counted", "cell")),
    pa.field("value", pa.float64(), nullable=False), pa.field("log_expected", pa.float64(), nullable=False),
])  # fmt: skip
"""What is strange in a week: a row for each statistic and whom it speaks of; `value` nats; `log_expected`, the natural logarithm of how many
cases at least so strange a quiet week holds."""


def checked(frame: pd.DataFrame, schema: pa.Schema) -> pd.DataFrame:
    """The declared columns of a frame, with None where a name is missing; a name that no row has need not be there.

    TypeError names the columns that are missing, of another type, without a value in a row, or below 0; it quotes no value.
    """
    missing = [field.name for field in schema if not field.nullable and field.name not in frame]
    if missing:
        raise TypeError(f"a frame lacks the column(s) {', '.join(missing)}")
    columns = {field.name: _column(frame, field) for field in schema}
    wrong = [name for name, column in columns.items() if column is None or not _holds(column, schema.field(name))]
    if wrong:
        raise TypeError(f"column(s) not as declared in models/statistics/frames.py: {', '.join(wrong)}")
    found = frame[[name for name in columns if name in frame]]
    unnamed = {field.name: _names(found, field.name) for field in schema if field.nullable}
    return found.assign(**unnamed)[schema.names]


def _column(frame: pd.DataFrame, field: pa.Field) -> pa.Array | None:
    if field.name not in frame:
        return pa.nulls(len(frame), field.type)
    try:
        return pa.array(frame[field.name], field.type, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def _holds(column: pa.Array, field: pa.Field) -> bool:
    if column.null_count and not field.nullable:
        return False
    return field.metadata != COUNTED or not len(column) or pc.min(column).as_py() >= 0


def _names(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series([None] * len(frame), index=frame.index, dtype=object)
    names = frame[name].astype(object)
    return names.where(names.notna(), None)
