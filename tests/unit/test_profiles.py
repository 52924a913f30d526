"""What an official did before fades, and is forgotten in the end."""

from __future__ import annotations

import pyarrow as pa
import pytest

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine

KEY = {"attribute": "procedure", "agency_code": "A", "department": "D", "requester_user": "u1"}

THOUSAND = {"user_profile": 1e3, "department_profile": 1e3, "learned_week": 1.0}
"""Profiles take thousandths of a visit, of a week that counts visits."""


def after(name: str, earlier: dict[str, float], now: dict[str, int]) -> dict[str, float]:
    """The habit of the next week from that of the last (thousandths of a visit) and this week's visits."""
    kinds = pa.schema([(k, pa.string()) for k in (*KEY, "value")] + [("n", pa.float64())])
    before = pa.Table.from_pylist([{**KEY, "value": v, "n": n} for v, n in earlier.items()], schema=kinds)
    tally = pa.Table.from_pylist([{**KEY, "value": v, "n": n * THOUSAND[name]} for v, n in now.items()], schema=kinds)
    with DuckDBEngine() as engine:
        engine.given("earlier_user_profile" if name == "learned_week" else f"earlier_{name}", before)
        engine.given("learned_week" if name.endswith("_profile") else "week_profile", tally)
        return {row["value"]: row["n"] for row in engine.arrow(query("tables", name)).to_pylist()}


def test_a_week_takes_a_twentieth_and_adds_its_own() -> None:
    assert after("user_profile", {"JT1": 10_000.0}, {"JT1": 2, "JT2": 1}) == {"JT1": 11_500.0, "JT2": 1_000.0}


def test_numbers_stay_whole_so_that_sums_are_the_same_in_any_order() -> None:
    assert after("user_profile", {"JT1": 333.0}, {}) == {"JT1": 316.0}


def test_a_single_visit_is_forgotten_after_half_a_year() -> None:
    habit, weeks = after("user_profile", {}, {"JT1": 1}), 0
    while habit:
        habit, weeks = after("user_profile", habit, {}), weeks + 1
    assert 20 < weeks < 28


def test_departments_fade_alike() -> None:
    assert after("department_profile", {"JT1": 10_000.0}, {"JT1": 2}) == {"JT1": 11_500.0}


@pytest.mark.parametrize(
    ("earlier", "now", "learned"),
    [
        ({}, {"JT1": 40}, {"JT1": 40_000.0}),
        ({"JT1": 10_000.0}, {"JT1": 9}, {"JT1": 9_000.0}),
        ({"JT1": 10_000.0}, {"JT1": 20, "JT2": 50}, {"JT1": 13_000.0, "JT2": 3_000.0}),
    ],
    ids=["who has no profile is learned whole", "as always", "a week alone makes no habit"],
)
def test_what_a_profile_takes_of_a_week(
    earlier: dict[str, float], now: dict[str, int], learned: dict[str, float]
) -> None:
    assert after("learned_week", earlier, now) == learned
