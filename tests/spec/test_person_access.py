"""How strange what was done to a person in a week is."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log

import pyarrow as pa
import pytest

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine

MONDAY = date(2026, 11, 9)
BEFORE = MONDAY - timedelta(days=7)
VISITS = [
    # monday, visit, person, share of the agency's visits at least as rare
    (MONDAY, 1, "plain", 0.5),
    (MONDAY, 2, "rare", 0.01),
    (MONDAY, 3, "one attribute", 0.5),
    (MONDAY, 4, "long ago", 0.5),
    (BEFORE, 1, "long ago", 0.01),
    (BEFORE, 2, "not this week", 0.01),
    *((MONDAY, 10 + n, "often", 0.5) for n in range(6)),
]
RARE = [(MONDAY, 3, "step", 7.0), (MONDAY, 3, "clock", 3.0), (BEFORE, 1, "step", 3.0)]


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    """The value of each person."""
    visits = [
        {"monday": m, "visit_no": n, "agency_code": "A", "requester_user": "u1", "subject_key": who, "p_all": p, "p_unexplained": None}
        for m, n, who, p in VISITS
    ]  # fmt: skip
    rare = [{"monday": m, "visit_no": n, "attribute": name, "level": level} for m, n, name, level in RARE]
    kinds = [("monday", pa.date32()), ("visit_no", pa.int64()), ("agency_code", pa.string()), ("requester_user", pa.string()),
             ("subject_key", pa.string()), ("p_all", pa.float64()), ("p_unexplained", pa.float64())]  # fmt: skip
    with DuckDBEngine() as engine:
        engine.given("recent_rated_visit", pa.Table.from_pylist(visits, pa.schema(kinds)))
        engine.given("recent_rare_attribute", pa.Table.from_pylist(rare))
        dates = {"monday": MONDAY, "window_start": BEFORE}
        rows = engine.arrow(query("statistics", "person_access"), dates).to_pylist()
    return {row["subject_key"]: row["value"] for row in rows}


def test_only_people_of_the_week_are_told_each_with_a_value_of_his_own(found: dict[str, float]) -> None:
    assert set(found) == {"plain", "rare", "one attribute", "long ago", "often"}


def test_the_rarest_visit_counts_whole_and_so_may_its_rarest_attribute_less_the_number_of_chances(
    found: dict[str, float],
) -> None:
    assert found["rare"] == pytest.approx(-log(0.01))
    assert found["one attribute"] == pytest.approx(7.0 - log(2.0))


def test_weeks_before_and_further_visits_count_a_fifth(found: dict[str, float]) -> None:
    assert found["long ago"] == pytest.approx(log(2.0) + 0.2 * (-log(0.01) - 1.0))
    assert found["often"] == pytest.approx(found["plain"]) == pytest.approx(-log(0.5)), (
        "many ordinary visits make nobody strange"
    )
    assert exp(-found["rare"]) < exp(-found["long ago"])
