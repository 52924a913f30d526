"""Looks at one person, again and again or by many: as rare as it says, and rarer where nobody else does so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.shared_subjects import (
    DEPARTMENT,
    _rarity,
    many_accounts,
    many_agencies,
    many_agencies_at_once,
    many_officials,
    same_person,
)

WEEK = Week.parse("2026-W46")
Row = dict[str, Any]
Measure = Callable[[DuckDBEngine, Week], pd.DataFrame]


def look(user: str, person: str, back: int = 0, day: int = 0, **values: Any) -> Row:
    """A visit without a reason, as rare as one in ten of its agency's, so many weeks ago."""
    monday = WEEK.shift(-back).monday
    usual = {"agency_code": "A", "department": "D1", "requester_user": user, "subject_key": person,
             "subject_key_national": None, "monday": monday, "day": monday + timedelta(days=day), "n_unexplained": 1,
             "p_unexplained": 0.1}  # fmt: skip
    return usual | values


def ordinary(agency: str = "A", n: int = 200) -> list[Row]:
    """So many people, each looked at once, by twenty officials."""
    return [look(f"u{k % 20}", f"p{k}", agency_code=agency) for k in range(n)]


def measured(measure: Measure, rows: list[Row], id_of: str = "subject_key") -> pd.Series:
    with DuckDBEngine() as engine:
        engine.connection.register("recent_rated_visit", pd.DataFrame(rows).astype({"subject_key_national": "object"}))
        found = measure(engine, WEEK)
    return found.set_index(id_of).value


def again(user: str, person: str, days: int, **values: Any) -> list[Row]:
    return [look(user, person, day=day, **values) for day in range(days)]


def test_the_oftener_the_same_person_the_stranger() -> None:
    found = measured(same_person, [*ordinary(), *again("u1", "x2", 2), *again("u2", "x3", 3), *again("u3", "x5", 5)])
    assert found["x2"] < found["x3"] < found["x5"]
    assert "p1" not in found.index


def test_the_rarer_the_visits_the_stranger() -> None:
    rows = [*ordinary(), *again("u1", "plain", 2), *again("u2", "odd", 2, p_unexplained=0.001)]
    found = measured(same_person, rows)
    assert found["odd"] > found["plain"] + 1.0


def test_where_officials_keep_coming_back_it_is_ordinary() -> None:
    kept = [row for n in range(60) for row in again(f"u{n % 20}", f"k{n}", 2, agency_code="B")]
    rows = [*ordinary(), *ordinary("B"), *kept, *again("u1", "x", 2), *again("u1", "y", 2, agency_code="B")]
    found = measured(same_person, rows)
    assert found["x"] > found["y"] + 1.0


def test_nobody_makes_himself_ordinary() -> None:
    own = [row for n in range(10) for row in again("u1", f"o{n}", 2)]
    of_others = [row for n in range(10) for row in again(f"u{n + 2}", f"o{n}", 2)]
    alone, among = (measured(same_person, [*ordinary(), *again("u1", "x", 2), *rows]) for rows in (own, of_others))
    assert alone["x"] > among["x"] + 1.0


def test_two_looks_a_day_are_one_and_what_has_a_reason_is_none() -> None:
    rows = [*ordinary(), look("u1", "x"), look("u1", "x", department="D2"), look("u2", "y"), look("u2", "y", day=1, n_unexplained=0),
            *again("u3", "z", 2)]  # fmt: skip
    assert measured(same_person, rows).index.tolist() == ["z"]


@pytest.mark.parametrize(("back", "counts"), [(7, True), (8, False)])
def test_eight_weeks_count_and_this_one_has_to_take_part(back: int, counts: bool) -> None:
    rows = [*ordinary(), *again("u0", "z", 2), look("u1", "x"), look("u1", "x", back=back), look("u2", "y", back=1), look("u2", "y", back=2)]  # fmt: skip
    found = measured(same_person, rows).index
    assert ("x" in found) == counts
    assert "y" not in found


def test_more_officials_and_more_departments_at_one_person_are_stranger() -> None:
    def by(person: str, *departments: str) -> list[Row]:
        return [look(f"{person}-{n}", person, department=d) for n, d in enumerate(departments)]

    rows = [*ordinary(), *by("two", "D1", "D1"), *by("three", "D1", "D1", "D1"), *by("apart", "D1", "D2")]
    found = measured(many_officials, rows)
    assert found["two"] < found["three"]
    assert found["two"] < found["apart"]
    assert set(found.index) == {"two", "three", "apart"}


def test_a_department_counts_as_much_as_a_visit_that_one_in_twenty_equals() -> None:
    assert np.exp(-DEPARTMENT) == pytest.approx(1 / 20, abs=0.001)


def at(*agencies: str, person: str = "N1", **values: Any) -> list[Row]:
    return [look("u1", f"s{a}", agency_code=a, subject_key_national=person, **values) for a in agencies]


def national(measure: Measure, rows: list[Row]) -> dict[str, float]:
    return dict(measured(measure, rows, "subject_key_national"))


def test_agencies_add_up_and_none_for_more_than_three_nats() -> None:
    rows = [*at("A", "B", person="N1"), *at("A", "B", "C", person="N2"), *at("A", "B", person="N3", p_unexplained=1e-9)]
    assert national(many_agencies, rows) == pytest.approx({"N1": 2 * np.log(10), "N2": 3 * np.log(10), "N3": 6.0})


def test_one_agency_is_not_many_however_many_of_its_officials_look() -> None:
    rows = [look(f"u{n}", "s", subject_key_national="N1") for n in range(5)]
    assert national(many_agencies, rows + at("A", "B", person="N2")).keys() == {"N2"}


def test_someone_in_the_news_is_looked_at_this_week() -> None:
    rows = [
        *at("A", person="N1"),
        *at("B", person="N1", back=1),
        *at("A", "B", person="N2"),
        *at("A", "B", person="N3", back=1),
    ]
    assert national(many_agencies, rows).keys() == {"N1", "N2"}
    assert national(many_agencies_at_once, rows).keys() == {"N2"}


def test_where_chance_brings_pairs_together_the_value_is_as_rare_as_it_says() -> None:
    rng = np.random.default_rng(3)
    pairs, together = 200_000, 20_000
    found = pd.DataFrame({"agency_code": "A", "own": np.arange(together), "agency_pairs": pairs, "nation_pairs": pairs})
    values = _rarity(found, pd.Series(rng.exponential(4.0, together)))
    for nats in (3.0, 5.0, 7.0):
        assert (values >= nats).sum() / pairs == pytest.approx(np.exp(-nats), rel=0.15)


def test_a_small_agency_borrows_the_opinion_of_the_nation() -> None:
    def of(agency_pairs: int, nation_share: float) -> float:
        others = pd.DataFrame({"agency_code": "B", "own": np.arange(1000), "agency_pairs": int(1000 / nation_share)})
        mine = pd.DataFrame({"agency_code": ["A"], "own": [-1], "agency_pairs": [agency_pairs]})
        pairs = pd.concat([mine, others], ignore_index=True)
        pairs["nation_pairs"] = agency_pairs + int(1000 / nation_share)
        return float(_rarity(pairs, pd.Series(4.0, index=pairs.index))[0])

    assert of(5, 0.5) < of(5, 0.01)
    assert of(5, 0.5) < of(5_000, 0.5)


def used(*guests: tuple[str, str, int], level: float = 0.1) -> pd.DataFrame:
    """Officials at whose terminals (accounts of others, weeks ago) were used without a reason, beside an agency where each of thirty
    terminals had one such visit."""
    usual = [(f"h{n}", f"g{n}", 0) for n in range(30)]
    rows = [
        {"monday": WEEK.shift(-back).monday, "visit_no": n, "agency_code": "A", "requester_terminal": f"T-{host}", "host": host,
         "requester_user": account, "n_unexplained": 1, "p_unexplained": level}
        for n, (host, account, back) in enumerate([*usual, *guests])
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    with DuckDBEngine() as engine:
        engine.connection.register("recent_guest_visit", frame)
        engine.connection.register("recent_rated_visit", frame)
        return many_accounts(engine, WEEK).set_index("requester_user")


def test_the_more_accounts_at_a_terminal_the_stranger_and_one_is_none() -> None:
    found = used(("x", "a", 0), ("x", "b", 0), ("y", "a", 0), ("y", "b", 0), ("y", "c", 1), ("y", "d", 3))
    assert set(found.index) == {"x", "y"}, "one account of somebody else at a terminal is what its attribute tells"
    assert found.value["y"] > found.value["x"] > 0
    assert found.actual["y"] == 4
    assert found.entity_id["y"] == "A/y"


def test_a_terminal_that_nobody_else_used_this_week_is_not_told_again() -> None:
    assert used(("x", "a", 1), ("x", "b", 2)).empty
