"""What an official did before fades, is learned little by little, and is forgotten in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from features.build import attribute_table
from features.catalogue import attributes, query
from features.engines.duckdb import DuckDBEngine

Rows = list[dict[str, Any]]
Habit = dict[str, tuple[float, float]]
"""Of each value how much the fast and the slow memory hold, in thousandths of a visit."""
KEY = {"attribute": "procedure", "agency_code": "A", "department": "D", "requester_user": "u1"}
NUMBERS = {
    **dict.fromkeys(("official_no", "visit_no"), pa.int64()),
    **dict.fromkeys(("n", "slow", "p_department", "surprisal", "lasting"), pa.float64()),
}
TABLES = {
    "earlier_user_profile": "attribute agency_code department requester_user value n slow",
    "earlier_department_profile": "attribute agency_code department value n",
    "learned_week": "attribute agency_code department requester_user value n slow",
    "week_profile": "official_no attribute agency_code department requester_user value n",
    "official": "official_no agency_code department requester_user",
    "agency_now": "agency_code kind",
    "visit_attribute": "visit_no official_no attribute value",
    "surprisal": "official_no attribute agency_code department requester_user value p_department surprisal lasting",
}


def made(name: str, given: Mapping[str, Rows]) -> Rows:
    """What the query gives of these tables; the others are empty."""
    with DuckDBEngine() as engine:
        for table, columns in TABLES.items():
            schema = pa.schema([(column, NUMBERS.get(column, pa.string())) for column in columns.split()])
            engine.given(table, pa.Table.from_pylist(given.get(table, []), schema=schema))
        engine.given("attribute", attribute_table(attributes()))
        return engine.arrow(query("tables", name), {"strength": 5.0} if name == "surprisal" else {}).to_pylist()


def rows_of(habit: Habit) -> Rows:
    return [{**KEY, "value": value, "n": n, "slow": slow} for value, (n, slow) in habit.items()]


def faded(earlier: Habit, learned: Habit) -> Habit:
    """The habit after a week of which that was learned."""
    rows = made("user_profile", {"earlier_user_profile": rows_of(earlier), "learned_week": rows_of(learned)})
    return {row["value"]: (row["n"], row["slow"]) for row in rows}


def test_a_week_takes_a_twentieth_of_one_memory_and_a_hundredth_of_the_other_and_adds_its_own() -> None:
    after = faded({"JT1": (10_000.0, 10_000.0)}, {"JT1": (2_000.0, 1_500.0), "JT2": (1_000.0, 1_000.0)})
    assert after == {"JT1": (11_500.0, 11_400.0), "JT2": (1_000.0, 1_000.0)}


def test_numbers_stay_whole_so_that_sums_are_the_same_in_any_order() -> None:
    assert faded({"JT1": (333.0, 1_777.0)}, {}) == {"JT1": (316.0, 1_759.0)}


def test_what_happened_once_is_forgotten_after_half_a_year() -> None:
    habit, weeks = faded({}, {"JT1": (1_000.0, 1_000.0)}), 0
    while habit:
        habit, weeks = faded(habit, {}), weeks + 1
    assert 20 < weeks < 28


def test_a_habit_of_the_slow_memory_outlives_the_fast_one() -> None:
    assert faded({"JT1": (310.0, 20_000.0)}, {}) == {"JT1": (0.0, 19_800.0)}


def test_departments_fade_as_the_fast_memory_does() -> None:
    rows = made(
        "department_profile",
        {
            "earlier_department_profile": rows_of({"JT1": (10_000.0, 0.0)}),
            "learned_week": rows_of({"JT1": (2_000.0, 0.0)}),
        },
    )
    assert [row["n"] for row in rows] == [11_500.0]


@pytest.mark.parametrize(
    ("earlier", "now", "learned"),
    [
        ({}, {"JT1": 40}, {"JT1": (40_000.0, 40_000.0)}),
        ({"JT1": (10_000.0, 10_000.0)}, {"JT1": 9}, {"JT1": (9_000.0, 9_000.0)}),
        ({"JT1": (10_000.0, 10_000.0)}, {"JT1": 20, "JT2": 50}, {"JT1": (13_000.0, 20_000.0), "JT2": (3_000.0, 10_000.0)}),
        ({"JT1": (9_000.0, 9_000.0), "JT2": (1_000.0, 1_000.0)}, {"JT2": 20}, {"JT2": (4_000.0, 5_600.0)}),
        ({"JT1": (0.0, 9_000.0)}, {"JT2": 20}, {"JT2": (20_000.0, 4_000.0)}),
    ],
    ids=["who has no profile is learned whole", "as always", "a week alone makes no habit",
         "what the habit leads one to expect of such a week, and a fifth of the rest", "who comes back is new to the fast one"],
)  # fmt: skip
def test_what_a_profile_takes_of_a_week(earlier: Habit, now: dict[str, int], learned: Habit) -> None:
    week = [{**KEY, "official_no": 1, "value": value, "n": n} for value, n in now.items()]
    rows = made("learned_week", {"earlier_user_profile": rows_of(earlier), "week_profile": week})
    assert {row["value"]: (row["n"], row["slow"]) for row in rows} == learned


def lasting_weeks(weeks: int, own: dict[str, int]) -> dict[str, Rows]:
    """What is known in the last of so many weeks of such visits by u1, after ten of forty visits with JT1; a colleague always
    has forty visits with JT2."""
    kept: dict[str, Rows] = {}
    given: dict[str, Rows] = {}
    for week in range(10 + weeks):
        visits = {"u1": {"JT1": 40} if week < 10 else own, "u2": {"JT2": 40}}
        who = [{**KEY, "requester_user": name, "official_no": number} for name, number in (("u1", 1), ("u2", 2))]
        now = [row | {"value": v, "n": n} for row in who for v, n in visits[str(row["requester_user"])].items()]
        given = {**kept, "official": who, "week_profile": now, "agency_now": [{"agency_code": "A", "kind": "city"}]}
        given["surprisal"] = made("surprisal", given)
        given["learned_week"] = made("learned_week", given)
        kept = {f"earlier_{name}": made(name, given) for name in ("user_profile", "department_profile")}
    return given


def of_u1(value: str, known: dict[str, Rows]) -> dict[str, Any]:
    return next(row for row in known["surprisal"] if (row["official_no"], row["value"]) == (1, value))


def ratio(value: str, known: dict[str, Rows]) -> float:
    """How much better a visit of u1 with the value fits his colleagues, in nats."""
    visit = [{"visit_no": 1, "official_no": 1, "attribute": "procedure", "value": value}]
    return float(made("masquerade", {**known, "visit_attribute": visit})[0]["ratio"])


def test_an_account_used_by_an_intruder_for_six_weeks_stays_another_s_hand() -> None:
    """By the fast memory 1.3 nats of it are gone in the sixth week."""
    intruder = {"JT1": 40, "JT2": 6}
    first, sixth = lasting_weeks(1, intruder), lasting_weeks(6, intruder)
    assert ratio("JT2", sixth) > ratio("JT2", first) - 0.5
    assert of_u1("JT2", sixth)["surprisal"] < of_u1("JT2", first)["surprisal"] - 1.2


def test_work_that_took_the_place_of_the_old_is_usual_after_six_weeks() -> None:
    first, sixth = lasting_weeks(1, {"JT3": 40}), lasting_weeks(6, {"JT3": 40})
    assert of_u1("JT3", first)["surprisal"] > 10
    assert of_u1("JT3", sixth)["surprisal"] < 1.5
    assert ratio("JT3", sixth) < 0
