"""A file is strange by the people in it, measured by what files of the affair hold here and elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from features.weeks import Week
from models.statistics.file_content import KINDS, judged, likeness

WEEK = Week.parse("2026-W46")
RNG = np.random.default_rng(3)


def run(agency: str, back: int, n: int, hour: int = 3, affair: str = "JM1", **counts: float) -> dict[str, object]:
    """A run of so many people, so many weeks back; of each kind as many as said, or none."""
    at = datetime.combine(WEEK.shift(-back).monday, datetime.min.time()) + timedelta(hours=hour)
    return {"monday": pd.Timestamp(WEEK.shift(-back).monday), "agency_code": agency, "department": "", "affair_code": affair,
            "first_at": at, "requester_user": None, "n_people": float(n), "surprisal": counts.pop("surprisal", 1.0),
            **dict.fromkeys(KINDS, 0.0), **counts}  # fmt: skip


def past(agencies: str = "ABC", n: int = 100, unknown: float = 0.3, weeks: int = 12) -> list[dict[str, object]]:
    """Weekly runs whose people are now and then unknown, about so many."""
    return [
        run(agency, back, n, unknown=float(RNG.binomial(n, unknown)), surprisal=1.0 + 0.05 * float(RNG.normal()))
        for agency in agencies
        for back in range(1, weeks + 1)
    ]


def value(*now: dict[str, object], before: list[dict[str, object]] | None = None) -> pd.Series:
    """What is said of the first of the week's runs."""
    runs = pd.DataFrame([*(past() if before is None else before), *now])
    found = judged(runs, WEEK)
    return found[found.first_at == now[0]["first_at"]].iloc[0]


def test_a_run_as_always_is_not_strange() -> None:
    assert value(run("A", 0, 100, unknown=33)).value < 3.0


def test_a_whole_run_of_people_never_asked_about_is() -> None:
    found = value(run("A", 0, 100, unknown=95))
    assert found.value > 8.0
    assert (found.cell, found.actual) == ("unknown", 95)
    assert found.typical == pytest.approx(30, abs=6)


def test_a_few_strangers_slipped_into_an_honest_run_are_told_of_and_not_the_run() -> None:
    found = value(run("A", 0, 100, unknown=33, stranger=4, far=4, away=4))
    assert found.value > 4.0
    assert (found.cell, found.actual) == ("stranger", 4)


def test_where_strangers_are_usual_they_are_not_strange() -> None:
    usual = [row | {"stranger": 5.0 + back % 3} for back, row in enumerate(past())]
    assert value(run("A", 0, 100, unknown=33, stranger=6), before=usual).value < 3.0


def test_what_others_begin_in_the_same_week_is_expected() -> None:
    alone = value(run("A", 0, 100, unknown=95))
    together = value(run("A", 0, 100, unknown=95), *(run(agency, 0, 100, hour=4, unknown=95) for agency in "BC"))
    assert together.value < alone.value - 1.0


def test_the_same_thing_seen_five_times_is_not_added_up() -> None:
    once = value(run("A", 0, 100, unknown=33, far=3))
    often = value(run("A", 0, 100, unknown=33, far=3, away=3, stranger=3, alone=3))
    assert often.value == pytest.approx(once.value, rel=0.1)


def test_business_at_a_screen_adds_and_does_not_lead() -> None:
    assert value(run("A", 0, 100, unknown=33, at_screen=60)).cell != "at_screen"
    assert value(run("A", 0, 100, unknown=95, at_screen=60)).value > value(run("A", 0, 100, unknown=95)).value + 1.0


def test_size_adds_to_what_leads() -> None:
    small, large = run("A", 0, 100, unknown=95), run("A", 0, 3000, unknown=2850)
    assert value(large).value > value(small).value + 0.3


def test_an_agency_without_a_past_has_no_usual_file() -> None:
    runs = pd.DataFrame([*past(), run("D", 0, 100, unknown=100)])
    assert judged(runs, WEEK).empty


def test_people_of_a_list_that_is_all_or_nothing_are_alike() -> None:
    group = [pd.Series(["A"] * 40)]
    n = pd.Series([50.0] * 40)
    assert likeness(pd.Series([0.0, 1.0] * 20), n, group) > 0.9
    assert likeness(pd.Series(RNG.binomial(50, 0.3, 40) / 50), n, group) < 0.05
