"""A reason is worth what the case falls by when its rows are taken away."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from models.bundle import Champion
from models.cases.contributions import LEARNED, parts_of
from models.cases.listing import choose
from models.cases.reasons import reasons_of
from models.ranking.findings import OFFICIAL, find
from models.ranking.scores import learned_by, learned_of_agencies
from models.statistics import WeekStatistics
from models.statistics.unexplained import LEAD
from models.training import train
from tests.unit.test_findings import FIRST, WEEKS, quiet

PLANTED = ((LEAD, 12.0), ("clock", 9.0), ("terminal", 5.0))


@pytest.fixture(scope="module")
def champion() -> Champion:
    return Champion("1", train([quiet(FIRST.shift(n)) for n in range(4)], 1, {}, "2026-W18"))


@pytest.fixture(scope="module")
def week() -> WeekStatistics:
    return quiet(FIRST.shift(WEEKS), PLANTED)


def official_week_of(week: WeekStatistics, champion: Champion) -> pd.DataFrame:
    found = find(week, champion.tails, learned_by(champion), learned_of_agencies(champion))
    return found[(found.requester_user == "u0") & (found.statistic == OFFICIAL)].reset_index(drop=True)


@pytest.mark.parametrize("attribute", ["clock", "terminal"])
def test_taken_away_the_case_falls_as_said(week: WeekStatistics, champion: Champion, attribute: str) -> None:
    (parts,) = parts_of(official_week_of(week, champion), week, champion)
    of_it = (week.scans.attribute == attribute) & (week.scans.requester_user == "u0")
    without = replace(week, scans=week.scans.assign(value=week.scans.value.where(~of_it, 0.0)))
    rarity = [
        float(champion.tails["case"].log_expected(official_week_of(w, champion).value.to_numpy()[:1])[0])
        for w in (week, without)
    ]
    own = [
        float(champion.tails[OFFICIAL].log_expected(official_week_of(w, champion).value.to_numpy()[:1])[0])
        for w in (week, without)
    ]
    assert rarity[1] > rarity[0]
    assert parts.drops[attribute] == pytest.approx(own[1] - own[0], abs=1e-6)


def test_reasons_sum_to_the_whole_and_name_what_detectors_add(week: WeekStatistics, champion: Champion) -> None:
    found = official_week_of(week, champion)
    (parts,) = parts_of(found, week, champion)
    reasons = reasons_of(next(found.itertuples()), found, week, parts)
    worth = {str(r["feature"]): float(str(r["contribution"])) for r in reasons}
    assert sum(worth.values()) == pytest.approx(1.0)
    assert next(iter(worth)) == LEAD == max(worth, key=lambda name: worth[name])
    assert worth["clock"] > worth["terminal"] > 0
    learned = [r for r in reasons if r["feature"] == LEARNED]
    assert not learned or 99.0 < float(str(learned[0]["actual"])) <= 100.0


def test_what_stands_beside_the_leading_finding_is_worth_nothing(week: WeekStatistics, champion: Champion) -> None:
    found = find(week, champion.tails, learned_by(champion), learned_of_agencies(champion))
    chosen = choose(found, 50)
    for finding, parts in zip(chosen.itertuples(), parts_of(chosen, week, champion), strict=True):
        reasons = reasons_of(finding, found, week, parts)
        assert sum(float(str(r["contribution"])) for r in reasons) == pytest.approx(1.0)
        if finding.statistic != OFFICIAL:
            assert [r["contribution"] for r in reasons] == [1.0, *[0.0] * (len(reasons) - 1)]
