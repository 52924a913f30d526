"""Agencies whose requests of a kind are more, or fewer, than they, their kind and the nation lead one to expect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.agency_counts import agency_counts, counted_statistics, spread_of, usual_of

WEEK = Week.parse("2026-W46")
CITIES = [f"A{n:02d}" for n in range(30)]
USUAL = {"TM1": 40, "TM2": 10}
"""Requests a week for each item, everywhere."""


Cells = dict[str, dict[str, int]]
"""Requests a week by city and item."""


def measured(
    now: Cells,
    weeks: float = 10.0,
    kinds: dict[str, str] | None = None,
    counted: str = "item",
    before: list[Cells] | None = None,
    with_reason: Cells | None = None,
) -> dict[str, pd.DataFrame]:
    """All statistics of a week like the ten before, but for the items that `now` says of a city.

    With `before`, the weeks directly before, the latest first, as such weeks of the window: of three the ten lie before them.
    `with_reason`: of how many of the week's requests a reason is on record.
    """
    chance = np.random.default_rng(1)
    count, profile = [], []
    for back, said in enumerate(before or []):
        for city in CITIES:
            cells = {**USUAL, **said.get(city, {})}
            rows = [row(counted, city, f"JT1/{cell}", n) for cell, n in cells.items()] + [
                row("all", city, "all", sum(cells.values()))
            ]
            count += [each | {"monday": WEEK.shift(-back - 1).monday} for each in rows]
    known = [WEEK.shift(-1).monday, WEEK.shift(-4).monday] if before else [WEEK.shift(-1).monday]
    for city in CITIES:
        cells = {**{cell: int(chance.poisson(n)) for cell, n in USUAL.items()}, **now.get(city, {})}
        past = {cell: USUAL[cell] for cell in USUAL}
        known_reason = (with_reason or {}).get(city, {})
        count += [row(counted, city, f"JT1/{cell}", n, known_reason.get(cell, 0)) for cell, n in cells.items() if n] + [
            row("all", city, "all", sum(cells.values()))
        ]
        every = {**{(counted, f"JT1/{c}"): n for c, n in past.items()}, ("all", "all"): sum(past.values())}
        profile += [row(name, city, cell, n * weeks) | {"n_squared": (n * n + n) * weeks, "monday": monday}
                    for (name, cell), n in every.items() for monday in known]  # fmt: skip
    seen = [{"monday": monday, "agency_code": city, "weeks": weeks} for city in CITIES for monday in known]
    agencies = [{"agency_code": city, "kind": (kinds or {}).get(city, "city")} for city in CITIES]
    with DuckDBEngine() as engine:
        for name, rows in (
            ("recent_agency_count", count),
            ("recent_agency_profile", profile),
            ("recent_agency_seen", seen),
            ("agency_now", agencies),
        ):
            engine.connection.register(name, pd.DataFrame(rows))
        return agency_counts(engine, WEEK).marked


def row(counted: str, agency: str, cell: str, n: float, with_reason: float = 0) -> dict[str, Any]:
    return {
        "monday": WEEK.monday,
        "counted": counted,
        "agency_code": agency,
        "cell": cell,
        "n": n,
        "n_lacking": n - with_reason,
    }


def of(frame: pd.DataFrame, agency: str) -> Any:
    return frame.set_index("agency_code").loc[agency]


def test_an_item_that_nobody_else_asks_for_stands_out_and_is_named() -> None:
    found = measured({"A05": {"TM9": 6}})["agency_item"]
    first = found.sort_values("value").iloc[-1]
    assert (first.agency_code, first.cell, first.actual) == ("A05", "JT1/TM9", 6.0)
    assert first.typical < 0.5
    assert first.value > 5 * found.value.drop(first.name).max() or found.value.drop(first.name).max() < first.value / 2


def test_what_all_agencies_of_a_kind_begin_is_expected_of_each() -> None:
    alone = of(measured({"A05": {"TM9": 6}})["agency_item"], "A05").value
    together = of(measured({city: {"TM9": 6} for city in CITIES})["agency_item"], "A05").value
    assert together < alone / 3


def test_a_part_that_stays_away_is_told_only_where_it_was_to_be_expected() -> None:
    # Its other records of the week are there: it is this part that is missing.
    found = measured({"A05": {"TM1": 0}})
    assert of(found["agency_item"], "A05").value < 2.0
    silent = [s for s in counted_statistics() if s.side == "less"]
    assert {s.counts for s in silent} >= {"provider", "day", "department"}


def test_too_short_a_past_says_nothing() -> None:
    assert measured({"A05": {"TM9": 60}}, weeks=1.0)["agency_item"].empty


def test_weeks_that_fit_nobody_well_make_nobody_stand_out() -> None:
    values = np.random.default_rng(2).exponential(size=400)
    assert usual_of(values * 4) == pytest.approx(4 * usual_of(values), rel=0.05)
    assert usual_of(np.array([])) == 1.0


def test_spread_tells_clumps_from_weeks() -> None:
    rare, busy = np.full(50, 0.2), np.full(50, 100.0)
    mean = np.concatenate([rare, busy])
    square = np.concatenate([rare**2 + 3 * rare, busy**2 + 3 * busy + 0.25 * busy**2])
    assert (spread_of(mean, square).clumps, spread_of(mean, square).weeks) == (pytest.approx(3.0), pytest.approx(0.25))


def test_values_are_finite_and_every_agency_has_one() -> None:
    found = measured({"A05": {"TM9": 100_000}})["agency_item"]
    assert np.isfinite(found.value).all()
    assert set(found.agency_code) == set(CITIES)


def test_a_day_on_which_nobody_asks_is_not_silent_even_of_the_only_agency_of_its_kind() -> None:
    holiday = {city: {"TM1": 0} for city in CITIES}
    alone = {"A05": "pension"}
    found = of(measured(holiday, kinds=alone, counted="day")["agency_day_silent"], "A05")
    assert found.value == 0.0
    assert found.typical < 3.0
    missing = of(measured({"A05": {"TM1": 0}}, kinds=alone, counted="day")["agency_day_silent"], "A05")
    assert missing.value > 3.0


def test_a_little_more_each_week_stands_out_over_weeks_and_in_none_of_them() -> None:
    drip: Cells = {"A05": {"TM2": 21}}
    found = measured(drip, before=[drip] * 3)
    over, single = found["agency_item_over_weeks"], found["agency_item"]
    assert over.sort_values("value").iloc[-1].agency_code == "A05"
    assert (of(over, "A05").actual, of(over, "A05").window) == (84.0, 4)
    assert of(over, "A05").typical == pytest.approx(40, rel=0.25)
    assert of(over, "A05").value > 2 * of(single, "A05").value


def test_one_busy_week_is_none_of_several_and_what_has_ended_is_not_told_again() -> None:
    burst: Cells = {"A05": {"TM2": 80}}
    assert of(measured(burst, before=[{}] * 3)["agency_item_over_weeks"], "A05").value == 0.0
    assert of(measured({}, before=[burst] * 3)["agency_item_over_weeks"], "A05").value == 0.0


def test_a_little_more_is_no_part_of_what_was_much_more_weeks_ago() -> None:
    burst: Cells = {"A05": {"TM2": 80}}
    ended, goes_on = [measured({"A05": {"TM2": now}}, before=[burst, burst, {}]) for now in (25, 60)]
    assert of(ended["agency_item_over_weeks"], "A05").value == 0.0
    assert of(goes_on["agency_item_over_weeks"], "A05").value > 3.0


@pytest.mark.parametrize(("statistic", "counted"), [("agency_procedure", "procedure"), ("agency_item", "item")])
def test_work_with_reasons_on_record_is_no_case_however_much_more_there_is(statistic: str, counted: str) -> None:
    """Too many items under real cases are over-fetching: there a reason excuses nothing."""
    rise: Cells = {"A05": {"TM2": 80}}
    of_work = of(measured(rise, counted=counted, with_reason=rise)[statistic], "A05")
    in_part = of(measured(rise, counted=counted, with_reason={"A05": {"TM2": 20}})[statistic], "A05")
    assert (of_work.value > 5.0) == (counted == "item")
    assert in_part.value > 5.0
    assert in_part.actual == 80


def test_weeks_without_any_before_them_say_nothing() -> None:
    assert measured({"A05": {"TM2": 80}})["agency_item_over_weeks"].empty


def test_one_marked_agency_is_not_what_is_usual() -> None:
    assert usual_of(np.array([12.0])) == 1.0


def in_turn(*cities: str, item: str = "TM9", n: int = 60) -> list[Cells]:
    """Five earlier weeks, in each of which one of the cities asked for an item that it never asks for otherwise."""
    return [{city: {item: n}} for city in cities] + [{}] * (5 - len(cities))


@pytest.mark.parametrize(("others", "common"), [(("A01", "A02"), False), (("A01", "A02", "A03"), True)])
def test_what_others_began_in_weeks_of_their_own_is_common_from_the_third_on(
    others: tuple[str, ...], common: bool
) -> None:
    """A yearly run of files names no agency for having its turn."""
    now, quiet = {"A05": {"TM9": 60}}, [{}] * 5
    alone, after = (
        of(measured(now, before=list(before))["agency_item"], "A05").value for before in (quiet, in_turn(*others))
    )
    assert (after < alone / 3) == common


def test_only_what_they_began_and_only_as_much_of_it_is_common() -> None:
    others = ("A01", "A02", "A03", "A04")
    other_item = of(measured({"A05": {"TM8": 60}}, before=in_turn(*others))["agency_item"], "A05")
    much_more = of(measured({"A05": {"TM9": 600}}, before=in_turn(*others, n=12))["agency_item"], "A05")
    usual_there = of(
        measured({"A05": {"TM9": 60}}, before=[{city: {"TM9": 60} for city in others}] * 5)["agency_item"], "A05"
    )
    common = of(measured({"A05": {"TM9": 60}}, before=in_turn(*others))["agency_item"], "A05")
    assert min(other_item.value, much_more.value, usual_there.value) > 2 * common.value
