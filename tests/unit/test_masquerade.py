"""A day that fits the colleagues and not the official stands out; a newcomer's does not."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from features.build import attribute_table
from features.catalogue import attributes, query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases.evidence import _of_the_day
from models.statistics.masquerade import masquerade

WEEK = Week.parse("2026-W46")


def ratio(own: float, department: float) -> float:
    """What the fact says of a visit with one procedure that is so probable for the official and for his department."""
    with DuckDBEngine() as engine:
        engine.given(
            "visit_attribute",
            pa.table(
                {"visit_no": [1, 1], "official_no": [7, 7], "attribute": ["procedure", "amount"], "value": ["JT1", "1"]}
            ),
        )
        engine.given("attribute", attribute_table(attributes()))
        engine.given("surprisal", pa.table({"official_no": [7, 7], "attribute": ["procedure", "amount"], "value": ["JT1", "1"],
                                           "lasting": [-math.log(own), 9.0], "p_department": [department, 0.5]}))  # fmt: skip
        return float(engine.arrow(query("tables", "masquerade"))["ratio"][0].as_py())


def test_ratio_is_how_much_likelier_a_colleague_is() -> None:
    assert ratio(0.01, 0.2) == pytest.approx(math.log(20.0))


def test_who_works_like_the_department_gives_nothing_away() -> None:
    assert ratio(0.2, 0.2) == pytest.approx(0.0)
    assert ratio(0.5, 0.1) < 0


def days(*ratios: list[float]) -> pd.DataFrame:
    rows = [
        {"monday": WEEK.monday, "agency_code": "A", "department": "D", "requester_user": "u1",
         "day": WEEK.monday + timedelta(days=number), "masquerade": value}
        for number, values in enumerate(ratios) for value in values
    ]  # fmt: skip
    with DuckDBEngine() as engine:
        engine.given("recent_rated_visit", pa.Table.from_pylist(rows))
        return masquerade(engine, WEEK)


def test_the_strangest_day_counts_as_a_whole() -> None:
    found = days([1.0, 1.5, -0.5], [0.1], [-2.0, -2.0]).iloc[0]
    assert found.value == pytest.approx(2.0)
    assert (found.past, found.expected) == (2.0, 0.5)


def test_days_that_fit_the_official_better_are_worth_nothing() -> None:
    assert days([-1.0], [-2.0]).value.iloc[0] == 0.0


def test_evidence_is_that_day_and_only_what_fits_the_colleagues() -> None:
    monday = date(2026, 11, 9)
    rows = pd.DataFrame({
        "monday": monday, "visit_no": [1, 2, 3, 4], "request_id": ["R1", "R2", "R3", "R4"], "level": [1.0, 1.5, -0.5, 2.0],
        "day": [monday, monday, monday, monday + timedelta(days=1)],
    })  # fmt: skip
    assert list(_of_the_day(rows).request_id) == ["R1", "R2"]
