"""Agencies that fall silent or lack answers: a marked change of their own, and not what their whole kind goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.agencies import agency_quiet, agency_unanswered, provider_unanswered

WEEK = Week.parse("2026-W46")
CITIES = [f"A{n}" for n in range(10)]
Row = dict[str, Any]
NOBODY: Mapping[str, date] = {}
Weeks = dict[str, dict[int, int]]
"""What is unlike the usual: of an agency, so many weeks ago, the number of requests (or of those without an answer)."""


def engine_of(rows: list[Row], ended: Mapping[str, date] = NOBODY, pairs: Sequence[Row] = ()) -> DuckDBEngine:
    """The weeks' totals, and the week's requests between agencies: where none are given each agency asks itself."""
    engine = DuckDBEngine()
    alone = [row | {"provider_agency": row["agency_code"]} for row in rows if row["monday"] == WEEK.monday]
    engine.connection.register("recent_agency_provider_week", pd.DataFrame([*pairs] or alone))
    for view in ("recent_agency_week", "recent_provider_week"):
        engine.connection.register(view, pd.DataFrame(rows))
    kinds = [{"agency_code": row["agency_code"], "kind": row["kind"]} for row in rows]
    engine.connection.register("agency_now", pd.DataFrame(kinds).drop_duplicates())
    ends = pa.array([ended.get(city) for city in CITIES], pa.date32())
    engine.given("agencies", pa.table({"agency_code": CITIES, "valid_to": ends}))
    return engine


def history(usual: int, column: str, odd: Weeks, weeks: int, **more: int) -> list[Row]:
    return [
        {"agency_code": city, "kind": "city", "monday": WEEK.shift(-back).monday, "n_interactive": 0, "n_requests": 1000,
         "n_unanswered": 0} | more | {column: odd.get(city, {}).get(back, usual + (back % 3 - 1) * usual // 20)}
        for city in CITIES for back in range(weeks + 1) if odd.get(city, {}).get(back) != -1
    ]  # fmt: skip


def quiet(odd: Weeks, usual: int = 100, weeks: int = 12) -> pd.DataFrame:
    """`agency_quiet` of ten cities with about so many requests a week; -1: no row of the agency at all."""
    with engine_of(history(usual, "n_interactive", odd, weeks)) as engine:
        return agency_quiet(engine, WEEK).set_index("agency_code")


def test_an_agency_that_falls_silent_leads_and_the_others_say_nothing() -> None:
    found = quiet({"A3": {0: 10}}).value
    assert found["A3"] > 5.0
    assert (found.drop("A3") == 0.0).all()


def test_the_less_the_stranger_and_nothing_at_all_the_strangest() -> None:
    values = [quiet({"A3": {0: n}}).value["A3"] for n in (50, 30, 10, 0)]
    assert values == sorted(values)
    assert quiet({"A3": {0: -1}}).value["A3"] == values[-1]


@pytest.mark.parametrize(("now", "named"), [(55, True), (65, False)])
def test_a_fall_is_marked_below_six_tenths(now: int, named: bool) -> None:
    found = quiet({"A3": {0: now}}).loc["A3"]
    assert (found.value > 0.0) == named
    assert (found.actual, found.typical) == (now, pytest.approx(100, rel=0.1))


def test_a_holiday_of_the_whole_kind_is_nobodys_silence() -> None:
    assert (quiet({city: {0: 30} for city in CITIES}).value == 0.0).all()


def test_who_was_silent_in_more_than_one_week_of_ten_is_so_again() -> None:
    assert quiet({"A3": {0: 10, 7: 10, 8: 10, 9: 10}}, weeks=20).value["A3"] == 0.0
    assert quiet({"A3": {0: 10, 7: 10}}, weeks=20).value["A3"] > 3.0


@pytest.mark.parametrize(("usual", "weeks"), [(8, 12), (100, 3)])
def test_few_requests_or_few_weeks_say_nothing(usual: int, weeks: int) -> None:
    assert "A3" not in quiet({"A3": {0: 0}}, usual, weeks).index


def unanswered(odd: Weeks, usual: int = 20, requests: int = 1000, provider: bool = False) -> pd.DataFrame:
    """Ten cities of whose thousand requests a week about twenty lack an answer."""
    with engine_of(history(usual, "n_unanswered", odd, 8, n_requests=requests)) as engine:
        found = (provider_unanswered if provider else agency_unanswered)(engine, WEEK)
    return found.set_index("agency_code")


@pytest.mark.parametrize("provider", [False, True])
def test_many_requests_without_an_answer_stand_out_on_either_side(provider: bool) -> None:
    found = unanswered({"A3": {0: 400}}, provider=provider).value
    assert found["A3"] > 5.0
    assert (found.drop("A3") == 0.0).all()


def test_the_more_without_an_answer_the_stranger() -> None:
    values = [unanswered({"A3": {0: n}}).value["A3"] for n in (45, 90, 180, 720)]
    assert values == sorted(values)


@pytest.mark.parametrize(("now", "named"), [(38, False), (44, True)])
def test_a_rise_is_marked_from_twice_what_is_expected(now: int, named: bool) -> None:
    found = unanswered({"A3": {0: now}}).loc["A3"]
    assert (found.value > 0.0) == named
    assert found.typical == pytest.approx(20.0, rel=0.05)


def test_when_the_whole_kind_gets_no_answers_nobody_is_named() -> None:
    assert (unanswered({city: {0: 400} for city in CITIES}).value == 0.0).all()


def test_who_never_got_answers_is_not_named_for_it() -> None:
    assert unanswered({"A3": dict.fromkeys(range(9), 400)}).value["A3"] == 0.0


def test_fewer_than_ten_are_not_many() -> None:
    found = [unanswered({"A3": {0: n}}, usual=0, requests=100).value["A3"] for n in (9, 10)]
    assert found[0] == 0.0 < found[1]


def test_an_agency_without_earlier_weeks_has_no_usual() -> None:
    assert "A3" not in unanswered({"A3": {0: 400, **dict.fromkeys(range(1, 9), -1)}}).index


def asked(by: str, of: str, requests: int, missing: int) -> Row:
    return {
        "monday": WEEK.monday,
        "agency_code": by,
        "provider_agency": of,
        "n_requests": requests,
        "n_unanswered": missing,
    }


def both_sides(pairs: Sequence[Row]) -> tuple[pd.Series, pd.Series]:
    """`agency_unanswered` and `provider_unanswered` of ten cities that ask each other, where hardly an answer lacked before; those
    pairs that are not given are a hundred requests with their answers."""
    told = {(pair["agency_code"], pair["provider_agency"]): pair for pair in pairs}
    every = [told.get((by, of), asked(by, of, 100, 0)) for by in CITIES for of in CITIES if by != of]
    values = []
    for side, statistic in (("agency_code", agency_unanswered), ("provider_agency", provider_unanswered)):
        now = pd.DataFrame(every).groupby(side).n_unanswered.sum()
        rows = history(1, "n_unanswered", {city: {0: int(now[city])} for city in CITIES}, 8, n_requests=900)
        with engine_of(rows, pairs=every) as engine:
            values.append(statistic(engine, WEEK).set_index("agency_code").value)
    return values[0], values[1]


def test_a_provider_that_fails_is_told_of_itself_and_of_no_agency_that_asks_it() -> None:
    by, of = both_sides([asked(city, "A9", 300, 250) for city in CITIES[:3]])
    assert of["A9"] > 5.0
    assert (of.drop("A9") == 0.0).all()
    assert (by == 0.0).all()


def test_an_agency_that_lacks_answers_of_everybody_is_told_of_itself_and_none_that_it_asked() -> None:
    by, of = both_sides([asked("A0", city, 300, 250) for city in CITIES[1:4]])
    assert by["A0"] > 5.0
    assert (by.drop("A0") == 0.0).all()
    assert (of == 0.0).all()


def test_where_one_agency_alone_lacks_answers_of_one_provider_both_are_told_of() -> None:
    by, of = both_sides([asked("A0", "A9", 100, 80)])
    assert by["A0"] > 5.0 < of["A9"]


def test_others_that_lack_hardly_any_answer_of_a_provider_excuse_nobody() -> None:
    by, _ = both_sides([asked("A0", "A9", 100, 80), *(asked(city, "A9", 2, 2) for city in CITIES[1:3])])
    assert by["A0"] > 3.0


def test_values_stay_finite() -> None:
    huge = unanswered({"A3": {0: 1_000_000}}, requests=1_000_000, usual=0).value["A3"]
    assert np.isfinite(huge)


def test_an_agency_that_has_ended_is_not_silent() -> None:
    rows = history(100, "n_interactive", {"A3": {0: 0}}, 12)
    with engine_of(rows) as engine:
        silent = agency_quiet(engine, WEEK).set_index("agency_code").value
    with engine_of(rows, {"A3": WEEK.shift(-1).monday}) as engine:
        ended = agency_quiet(engine, WEEK)
    assert silent["A3"] > 0
    assert "A3" not in set(ended.agency_code)
