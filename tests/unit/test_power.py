"""Shares, intervals and places of planted events, on rows written by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from benchmarks.power import Own, beside, nearest, predicted
from models.evaluation import Event
from models.evaluation.power import LEVELS, Scenario, plant_of, scenarios
from models.evaluation.power.ground import Place
from models.evaluation.power.listing import UNLISTED, Strangest
from models.evaluation.power.planting import Sown, lacking
from models.evaluation.power.table import Rate, figures, interval, rates

CLEAN = pd.DataFrame({
    "entity": ["user", "user", "agency"], "entity_id": ["A/u1", "A/u2", "B"], "log_expected": [-3.0, 0.0, 1.0],
    "statistic": ["official_week", "official_week", "agency_item"],
})  # fmt: skip
NO_EVENT = Event("power-0", "", False, "2026-W46", frozenset(), frozenset(), frozenset(), frozenset())


def sown(scenario: Scenario) -> Sown:
    return Sown(scenario.name, "plain", Place("A", "u1", 9), NO_EVENT)


def finding(entity_id: str, log_expected: float, statistic: str = "official_week") -> pd.Series:
    entity = "user" if "/" in entity_id else "agency"
    return pd.Series({"entity": entity, "entity_id": entity_id, "log_expected": log_expected, "statistic": statistic})


@pytest.mark.parametrize(("entity_id", "log_expected", "rank"), [
    ("A/u9", -4.0, 1), ("A/u9", -1.0, 2), ("A/u9", 5.0, 4),
    ("A/u1", 0.5, 2),  # his own earlier case gives way
    ("A/u1x", 0.0, 2), ("A/u3", 0.0, 3),  # ties go by the entity, as in the list
])  # fmt: skip
def test_an_event_is_held_against_the_week_as_it_was(entity_id: str, log_expected: float, rank: int) -> None:
    assert Strangest(CLEAN).rank(finding(entity_id, log_expected)) == rank


def test_a_sitting_leaves_the_count_of_its_agency_in_its_place() -> None:
    assert Strangest(CLEAN).rank(finding("B", 2.0, "agency_quiet")) == 3
    assert Strangest(CLEAN).rank(finding("B", 2.0, "unnamed_sitting")) == 4


def test_shares_are_counted_by_kind_level_and_length() -> None:
    kind = scenarios()[0]
    rows = rates([kind], [(sown(kind), place) for place in (3, 15, 40, UNLISTED)], {}, "2026-W46", "m")
    plain = {row.capacity: (row.planted, row.listed, row.share) for row in rows if row.level == "plain"}
    assert plain == {10: (4, 1, 0.25), 20: (4, 2, 0.5), 50: (4, 3, 0.75)}
    assert all(row.share is None and not row.planted for row in rows if row.level != "plain")
    assert figures(rows)["power.at_20"] == 0.5
    assert figures(rows)[f"power.{kind.name}.plain.at_50"] == 0.75


def test_the_interval_is_wilsons() -> None:
    low, high = interval(6, 10)
    assert (low, high) == (pytest.approx(0.3127, abs=1e-4), pytest.approx(0.8318, abs=1e-4))
    assert interval(0, 8)[0] == 0.0


def test_what_the_log_does_not_say_is_not_measurable() -> None:
    by_name: Mapping[str, Scenario] = {kind.name: kind for kind in scenarios()}
    assert lacking(by_name["without_reason"], {"requester_user"}) == ("subject_key",)
    assert lacking(by_name["burst"], frozenset()) == ()


@pytest.mark.parametrize("kind", scenarios(), ids=lambda kind: kind.name)
def test_every_declared_kind_can_be_planted_and_told(kind: Scenario) -> None:
    assert callable(plant_of(kind))
    amounts = [kind.levels[level] for level in LEVELS]
    assert amounts == sorted(set(amounts))
    assert "{n}" in kind.told.ja
    assert "{n}" in kind.told.en


def planted(kind: str, level: str, amount: int, planted: int, listed: int) -> Rate:
    return Rate("2026-W46", "m", kind, level, amount, 50, planted, listed, listed / planted, 0.0, 1.0)


def test_a_worlds_own_events_are_set_beside_the_level_of_their_size() -> None:
    rows = [
        planted("night", "subtle", 1, 40, 0),
        planted("night", "plain", 3, 40, 20),
        planted("night", "blatant", 10, 40, 40),
    ]
    told = [line.split() for line in beside({"night": [Own(12, True)] * 6, "without_reason": [Own(3, True)]}, rows)]
    assert told[1:] == [["night", "6", "12-12", "6", "5.9", "5-6", "agrees"]], (
        "what is not planted is not held beside anything"
    )
    assert [*beside({"night": [Own(12, False)] * 6}, rows)][1].endswith("below")
    assert [*beside({"night": [Own(1, True)] * 6}, rows)][1].endswith("above")
    assert nearest(0, rows).level == "subtle"
    assert nearest(6, rows).level == "blatant"
    assert nearest(5, rows).level == "plain"


def test_few_events_or_few_trials_widen_what_is_expected() -> None:
    few, many = (predicted([planted("night", "plain", 3, n, n // 2)] * 20, np.random.default_rng(1)) for n in (4, 400))
    assert few[1] < many[1] < 10 < many[2] < few[2]
