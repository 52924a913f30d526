"""Leaving a part out leaves out that part, and what is learned does not know it either."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.errors import BadParametersError
from features.weeks import Week
from models.bundle import Bundle
from models.evaluation.ablation import ALL, NOTHING, Part, learned_without, parts, without
from models.ranking.findings import OFFICIAL
from models.statistics import WeekStatistics, standalone
from models.statistics.frames import MEASURED, checked
from models.statistics.unexplained import LEAD
from models.training import train
from pipelines.lifecycle.ablation import Loss, _named, lines

FIRST = Week.parse("2026-W10")
ATTRIBUTES = (LEAD, "clock", "item")


def readings(week: Week) -> WeekStatistics:
    rng = np.random.default_rng(week.monday.toordinal())
    keys = [
        (f"A{n % 7}", f"u{n}", attribute, window)
        for n in range(120)
        for attribute in ATTRIBUTES
        for window in (1, 4, 8)
    ]
    scans = pd.DataFrame(keys, columns=["agency_code", "requester_user", "attribute", "window"])
    scans = scans.assign(value=rng.exponential(size=len(scans)), step=0, past=1, expected=0.5)
    agencies = [f"A{n}" for n in range(40)]
    more = {"agency_code": agencies, "entity_id": agencies, "actual": 1.0, "typical": 0.5, "window": 1}
    others = {
        name: checked(pd.DataFrame({**more, "value": rng.exponential(size=40)}), MEASURED) for name in standalone()
    }
    broken = [("not_in_force", n + 1) for n in range(3)] + [("two_terminals", 1)]
    counts = pd.DataFrame(broken, columns=["rule_id", "n"]).assign(
        agency_code="A1", requester_user="u1", value=3.0, typical=0.1
    )
    return WeekStatistics(week, scans, others, counts)


@pytest.fixture(scope="module")
def history() -> list[WeekStatistics]:
    return [readings(FIRST.shift(n)) for n in range(3)]


@pytest.fixture(scope="module")
def bundle(history: list[WeekStatistics]) -> Bundle:
    return train(history, 1, {}, "2026-W13")


def test_everything_but_the_lead_can_be_left_out(history: list[WeekStatistics], bundle: Bundle) -> None:
    named = {str(part) for part in parts(history, bundle)}
    assert {
        f"detector {ALL}",
        "detector knn",
        "attribute clock",
        "rule two_terminals",
        "statistic agency_quiet",
    } <= named
    assert f"attribute {LEAD}" not in named
    assert str(NOTHING) not in named


def test_readings_without_an_aspect_or_a_rule(history: list[WeekStatistics]) -> None:
    assert set(without(history[0], Part("attribute", "clock")).scans.attribute) == {LEAD, "item"}
    assert set(without(history[0], Part("rule", "not_in_force")).violations.rule_id) == {"two_terminals"}
    assert without(history[0], Part("detector", "knn")) is history[0]


def test_without_an_aspect_nothing_learned_knows_it(history: list[WeekStatistics], bundle: Bundle) -> None:
    learned = learned_without(history, bundle, Part("attribute", "clock"), seed=1)
    assert not [name for name in (*learned.feature_names, *learned.tails) if name.startswith("clock")]
    assert set(learned.detectors) == set(bundle.detectors)


@pytest.mark.parametrize(("name", "left"), [("knn", 4), (ALL, 0)])
def test_without_detectors_the_combined_scale_is_learned_anew(
    history: list[WeekStatistics], bundle: Bundle, name: str, left: int
) -> None:
    learned = learned_without(history, bundle, Part("detector", name), seed=1)
    assert len(learned.detectors) == left
    assert learned.tails[OFFICIAL] != bundle.tails[OFFICIAL]
    assert learned.tails["clock:1"] == bundle.tails["clock:1"]


def test_the_table_names_every_part_and_its_loss() -> None:
    losses = [
        Loss(NOTHING, {20: 0.5, 50: 0.75}, {20: 0.0, 50: 0.0}),
        Loss(Part("detector", ALL), {20: 0.25, 50: 0.75}, {20: 0.25, 50: 0.0}),
    ]
    assert lines(losses)[2].split() == ["detectors:", "all", "of", "them", "0.25", "0.25", "0.75", "0.00"]


def test_of_the_parts_those_that_are_named_are_left_out() -> None:
    every = [Part("attribute", "clock"), Part("attribute", "item"), Part("rule", "clock_rule")]
    assert _named(every, ()) == every
    assert _named(every, ("item",)) == [every[1]]
    with pytest.raises(BadParametersError, match="one of clock, clock_rule, item"):
        _named(every, ("provider",))
