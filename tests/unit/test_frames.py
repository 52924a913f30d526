"""What modules hand on to each other is what was declared, or nothing is handed on."""

from __future__ import annotations

import pandas as pd
import pytest

from models.statistics.frames import FINDINGS, MEASURED, SCANS, VIOLATIONS, checked


def frame(**changed: object) -> pd.DataFrame:
    """Two agencies as a statistic measures them."""
    columns = {
        "agency_code": ["A", "B"],
        "entity_id": ["A", "B"],
        "value": [1.0, 0.0],
        "actual": [3, 4],
        "typical": [0.5, 1.0],
        "window": 1,
    }
    return pd.DataFrame(columns | changed)  # fmt: skip


def test_declared_columns_pass_and_others_stay_where_they_were_computed() -> None:
    found = checked(frame(of_the_module_alone=1.0), MEASURED)
    assert list(found.columns) == MEASURED.names
    assert found.value.tolist() == [1.0, 0.0]


def test_a_name_that_a_row_lacks_is_none() -> None:
    found = checked(frame(requester_user=["u1", float("nan")]), MEASURED)
    assert found.requester_user.tolist() == ["u1", None]
    assert found.subject_key.tolist() == [None, None]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("value", ["much", "more"]),
        ("value", [1.0, None]),
        ("value", [1.0, -0.5]),
        ("actual", [3.0, -1.0]),
        ("entity_id", ["A", None]),
        ("window", [1.5, 1.0]),
        ("slot", [1, 2]),
    ],
)
def test_what_is_not_as_declared_is_named_and_not_quoted(column: str, values: list[object]) -> None:
    with pytest.raises(TypeError, match=rf"frames\.py: {column}$"):
        checked(frame(**{column: values}), MEASURED)


def test_all_missing_columns_are_named() -> None:
    with pytest.raises(TypeError, match="entity_id, typical"):
        checked(frame().drop(columns=["typical", "entity_id"]), MEASURED)


def test_a_frame_without_rows_passes() -> None:
    for schema in (MEASURED, SCANS, VIOLATIONS, FINDINGS):
        assert list(checked(pd.DataFrame(columns=schema.names), schema).columns) == schema.names


def test_how_many_cases_are_expected_may_be_less_than_one() -> None:
    rows = frame(statistic="agency_quiet", entity="agency", log_expected=[-2.0, 0.1])
    assert checked(rows, FINDINGS).log_expected.tolist() == [-2.0, 0.1]
