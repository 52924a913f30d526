"""The reader of the contract reads it right: a reader that found no columns would pass every file."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.functional.contract_tables import columns_of, same_type


@pytest.mark.parametrize(
    ("dataset", "columns"),
    [
        ("scores", 9),
        ("requests", 7),
        ("cases", 18),
        ("case_weeks", 10),
        ("rule_hits", 7),
        ("drift", 10),
        ("evaluation", 12),
    ],
)
def test_every_column_is_read(dataset: str, columns: int) -> None:
    assert len(columns_of(dataset)) == columns


def test_types_are_read() -> None:
    cases = columns_of("cases")
    assert cases["rank"] == pa.int32()
    assert cases["users"] == pa.list_(pa.string())
    reason = cases["reasons"].value_type
    assert [field.name for field in reason] == [
        "feature",
        "actual",
        "typical",
        "text_ja",
        "text_en",
        "contribution",
    ]


def test_other_types_are_told_apart() -> None:
    reasons = columns_of("cases")["reasons"]
    assert same_type(reasons, reasons)
    assert not same_type(pa.list_(pa.struct([("feature", pa.string())])), reasons)
    assert not same_type(pa.string(), pa.float64())
    assert not same_type(pa.string(), pa.list_(pa.string()))
