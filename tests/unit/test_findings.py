"""What names someone: the scale of all statistics together, one attribute alone, and what was never seen before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from features.catalogue import statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases.evidence import gather
from models.cases.listing import choose
from models.ranking.agencies import AGENCY
from models.ranking.calibration import Tail
from models.ranking.combination import learned_rarity
from models.ranking.findings import (
    CASE,
    OFFICIAL,
    ONE_ATTRIBUTE,
    OVER_TIME,
    RULE_VIOLATION,
    Fold,
    find,
    learn_tails,
    nothing_learned,
    official_weeks,
)
from models.statistics import PUT_TOGETHER, WeekStatistics, standalone
from models.statistics.frames import LACKING, MEASURED, OFTEN_LACKING, checked
from models.statistics.unexplained import LEAD, VOLUME
from models.training import train

FIRST = Week.parse("2026-W10")
WEEKS, OFFICIALS = 8, 1_000
COLUMNS = ["agency_code", "requester_user", "attribute", "window", "value"]


def empty() -> pd.DataFrame:
    """A statistic that finds nothing."""
    texts, numbers = (
        ("agency_code", "requester_user", "entity_id", "rule_id"),
        ("value", "actual", "typical", "window", "n"),
    )
    kinds = dict.fromkeys(texts, "object") | dict.fromkeys(numbers, "float")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def measured(**columns: object) -> pd.DataFrame:
    """A statistic as it is handed on."""
    return checked(pd.DataFrame({"actual": 1.0, "typical": 0.0, "window": 1} | columns), MEASURED)


def quiet(week: Week, more: tuple[tuple[str, float], ...] = ()) -> WeekStatistics:
    """A week of honest chance: values are minus logarithms of probabilities; `more` is added to the official `u0`."""
    rng = np.random.default_rng(week.monday.toordinal())
    rows = [
        (f"A{n % 20}", f"u{n}", attribute, window, value)
        for attribute in (LEAD, "clock", "terminal")
        for window in (1, 4, 8)
        for n, value in enumerate(rng.exponential(size=OFFICIALS))
    ]
    rows += [("A0", "u0", attribute, 1, value) for attribute, value in more]
    scans = pd.DataFrame(rows, columns=COLUMNS).assign(step=0, past=3, expected=0.5)
    return WeekStatistics(week, scans, dict.fromkeys(standalone(), empty()), empty())


def scales(history: list[WeekStatistics]) -> dict[str, Tail]:
    """Each half of the weeks held back from the other."""
    return learn_tails(history, [Fold(history[::2], history[1::2]), Fold(history[1::2], history[::2])])


@pytest.fixture(scope="module")
def tails() -> dict[str, Tail]:
    return scales([quiet(FIRST.shift(n)) for n in range(WEEKS)])


def found_of(readings: WeekStatistics, tails: dict[str, Tail]) -> pd.DataFrame:
    found = find(readings, tails, nothing_learned)
    return found[found.requester_user == "u0"].reset_index(drop=True)


def test_a_quiet_week_holds_as_many_cases_as_the_scale_says(tails: dict[str, Tail]) -> None:
    counts = []
    for n in range(20):
        found = find(quiet(FIRST.shift(WEEKS + n)), tails, nothing_learned).drop_duplicates(["entity", "entity_id"])
        counts.append(int((found.log_expected <= np.log(10.0)).sum()))
    assert 7.0 < np.mean(counts) < 13.0


def test_strangest_comes_first_on_one_scale(tails: dict[str, Tail]) -> None:
    found = find(quiet(FIRST.shift(WEEKS)), tails, nothing_learned)
    assert found.log_expected.is_monotonic_increasing
    assert set(found.statistic) <= set(statistics())


def test_more_work_without_a_reason_is_never_less_strange(tails: dict[str, Tail]) -> None:
    week = FIRST.shift(WEEKS)
    expected = [found_of(quiet(week, ((LEAD, value),)), tails).log_expected[0] for value in (8.0, 12.0, 20.0)]
    assert expected == sorted(expected, reverse=True)
    assert found_of(quiet(week, ((LEAD, 20.0),)), tails).statistic[0] == OFFICIAL


def test_an_aspect_rarer_than_all_before_names_an_official_by_itself(tails: dict[str, Tail]) -> None:
    led = found_of(quiet(FIRST.shift(WEEKS), (("clock", 40.0),)), tails).iloc[0]
    assert (led.statistic, led.attribute, led.actual) == (ONE_ATTRIBUTE, "clock", 3)
    assert led.log_expected < np.log(0.1)


def test_an_aspect_as_rare_as_before_does_not(tails: dict[str, Tail]) -> None:
    assert ONE_ATTRIBUTE not in set(found_of(quiet(FIRST.shift(WEEKS), (("clock", 6.0),)), tails).statistic)


def test_what_was_never_seen_in_the_weeks_before_counts(tails: dict[str, Tail]) -> None:
    led = found_of(quiet(FIRST.shift(WEEKS), (("short_lived_case", 20.0),)), tails).iloc[0]
    assert (led.statistic, led.attribute) == (ONE_ATTRIBUTE, "short_lived_case")


def test_the_last_scale_is_of_all_statistics_together(tails: dict[str, Tail]) -> None:
    """A further statistic is a further chance: what it finds in quiet weeks makes the others' findings more expected."""
    more = [with_others(quiet(FIRST.shift(n)), n) for n in range(WEEKS)]
    together = scales(more)
    rarity = np.array([1.0, 2.0])
    assert (together[CASE].log_expected(rarity) > tails[CASE].log_expected(rarity) + 0.1).all()


def with_others(readings: WeekStatistics, seed: int) -> WeekStatistics:
    """The same week, with as many agencies as there are officials, each as quiet as chance has it."""
    values = np.random.default_rng(seed).exponential(size=OFFICIALS)
    names = [f"B{n}" for n in range(OFFICIALS)]
    frame = measured(agency_code=names, entity_id=names, value=values, typical=2.0)
    others = dict.fromkeys(standalone(), frame)
    return WeekStatistics(readings.week, readings.scans, others, readings.violations)


def test_the_strangest_of_a_quiet_week_is_one_of_its_kind(tails: dict[str, Tail]) -> None:
    """Each rank of a quiet week expects about as many equals as it says."""
    found = [
        find(quiet(FIRST.shift(WEEKS + n)), tails, nothing_learned).drop_duplicates(["entity", "entity_id"])
        for n in range(12)
    ]
    expected = np.exp([[f.log_expected.iloc[rank] for rank in (0, 9, 49)] for f in found])
    assert 0.3 < expected[:, 0].mean() < 3.0
    assert 5.0 < expected[:, 1].mean() < 20.0
    assert 25.0 < expected[:, 2].mean() < 100.0


PLAIN = Tail((0.0,), (0.0,), 1.0)
"""A scale on which a value of so many nats is expected e to the minus so many times a week."""
PLAIN_TAILS = dict.fromkeys(
    (
        *standalone(),
        OFFICIAL,
        CASE,
        "rule:a",
        "rule:b",
        *(f"{LEAD}:{w}" for w in (1, 4, 8)),
        f"{ONE_ATTRIBUTE}:clock:1",
        f"{ONE_ATTRIBUTE}:{VOLUME}:1",
    ),
    PLAIN,
)


def scanned(*rows: tuple[str, str, int, float]) -> WeekStatistics:
    """Officials of the agency A with an attribute, window and value each, and an ordinary amount of work."""
    every = [("A", user, VOLUME, 1, 0.1) for user in dict.fromkeys(row[0] for row in rows)]
    kinds = dict(zip(COLUMNS, ("object", "object", "object", "int64", "float64"), strict=True))
    scans = pd.DataFrame([*every, *(("A", *row) for row in rows)], columns=COLUMNS).astype(kinds)
    scans = scans.assign(step=0, past=3, expected=0.5)
    return WeekStatistics(FIRST, scans, dict.fromkeys(standalone(), empty()), empty())


def named(readings: WeekStatistics) -> dict[tuple[str, str], float]:
    """Statistic and entity of each finding, with minus the logarithm of its expected equals."""
    found = find(readings, PLAIN_TAILS, nothing_learned)
    return {(f.statistic, f.entity_id): -f.log_expected for f in found.itertuples()}


ORDINARY = ("u9", LEAD, 1, 0.1)


def test_each_statistic_has_its_share_of_the_inspectors_patience() -> None:
    assert set(PUT_TOGETHER) == {OFFICIAL, OVER_TIME, ONE_ATTRIBUTE, RULE_VIOLATION, AGENCY}
    assert all(0 < declared.weight <= 1 for declared in statistics().values())
    frame = measured(agency_code=["A"], requester_user=["u1"], entity_id=["A/u1"], value=[5.0])
    readings = scanned(ORDINARY)
    readings.others.update(same_person=frame, agency_quiet=frame)
    found = named(readings)
    assert found["same_person", "A/u1"] == pytest.approx(5.0 + np.log(statistics()["same_person"].weight))
    assert found["agency_quiet", "A/u1"] == pytest.approx(5.0 + np.log(statistics()["agency_quiet"].weight))
    assert list(found)[:2] == [("same_person", "A/u1"), ("agency_quiet", "A/u1")]


@pytest.mark.parametrize(("value", "there"), [(0.0, False), (1e-6, True)])
def test_beside_officials_weeks_only_what_comes_less_than_once_a_week_is_named(value: float, there: bool) -> None:
    readings = scanned(ORDINARY)
    readings.others["agency_quiet"] = measured(agency_code=["A"], entity_id=["A"], value=[value])
    assert (("agency_quiet", "A") in named(readings)) == there


def nobody_named(seed: int, silent: float = 0.0) -> WeekStatistics:
    """A week of a log that names no official (grade A): forty agencies, of which one falls silent by so much."""
    values = np.append(np.random.default_rng(seed).exponential(0.3, size=39), silent)
    names = [f"A{n}" for n in range(40)]
    readings = WeekStatistics(FIRST.shift(seed), scanned().scans, dict.fromkeys(standalone(), empty()), empty())
    readings.others["agency_quiet"] = measured(agency_code=names, entity_id=names, value=values, typical=2.0)
    return readings


def test_a_log_that_names_no_official_is_judged_by_its_agencies() -> None:
    bundle = train([nobody_named(n) for n in range(WEEKS)], seed=1, data={}, until=str(FIRST.shift(WEEKS)))
    assert not bundle.detectors
    learned = partial(learned_rarity, names=bundle.feature_names, detectors=bundle.detectors)
    found = find(nobody_named(WEEKS, silent=20.0), bundle.tails, learned)
    assert (found.statistic[0], found.entity_id[0]) == ("agency_quiet", "A39")
    assert set(found.entity) == {"agency"}


def test_a_week_may_hold_nothing_at_all() -> None:
    readings = WeekStatistics(FIRST, scanned().scans, dict.fromkeys(standalone(), empty()), empty())
    found = find(readings, PLAIN_TAILS, nothing_learned)
    assert found.empty
    with DuckDBEngine() as engine:
        assert gather(engine, choose(found, 50), readings, FIRST) == []


def test_whoever_cannot_be_told_why_is_not_named() -> None:
    found = named(scanned(("u1", LEAD, 1, 1.4), ("u2", LEAD, 1, 1.6)))
    assert [entity for statistic, entity in found if statistic == OFFICIAL] == ["A/u2"]


def test_over_time_names_whom_this_week_takes_part_in_and_two_windows_are_two_chances() -> None:
    found = named(scanned(("u1", LEAD, 1, 1.1), ("u1", LEAD, 8, 9.0), ("u2", LEAD, 1, 0.9), ("u2", LEAD, 8, 9.0)))
    weight = np.log(statistics()[OVER_TIME].weight) - np.log(2.0)
    assert {k: v for k, v in found.items() if k[0] == OVER_TIME} == pytest.approx({(OVER_TIME, "A/u1"): 9.0 + weight})


def test_of_broken_rules_the_rarest_counts_and_files_are_the_agencys() -> None:
    readings = scanned(ORDINARY)
    broken = pd.DataFrame(
        [("a", "A", "u1", 3.0), ("b", "A", "u1", 6.0), ("a", "A", None, 4.0)],
        columns=["rule_id", "agency_code", "requester_user", "value"],
    ).assign(n=2.0, typical=0.1)
    found = find(WeekStatistics(FIRST, readings.scans, readings.others, broken), PLAIN_TAILS, nothing_learned)
    broken_by = found[found.statistic == RULE_VIOLATION]
    assert broken_by[["entity", "entity_id", "rule"]].to_numpy().tolist() == [
        ["user", "A/u1", "b"],
        ["agency", "A", "a"],
    ]
    assert -broken_by.log_expected.to_numpy() == pytest.approx([6.0, 4.0])


def test_aspects_are_chances_of_their_own() -> None:
    two = named(scanned(("u1", "clock", 1, 9.0), ORDINARY))[ONE_ATTRIBUTE, "A/u1"]
    three = named(scanned(("u1", "clock", 1, 9.0), ("u1", "item", 1, 0.1), ORDINARY))[ONE_ATTRIBUTE, "A/u1"]
    assert two == pytest.approx(9.0 - np.log(2.0) + np.log(statistics()[ONE_ATTRIBUTE].weight))
    assert two - three == pytest.approx(np.log(3.0 / 2.0))


def test_a_model_that_is_older_than_a_statistic_leaves_it_out() -> None:
    readings = scanned(("u1", LEAD, 1, 9.0))
    frame = measured(agency_code=["A"], entity_id=["A"], value=[9.0])
    readings.others.update(agency_quiet=frame)
    older = {name: tail for name, tail in PLAIN_TAILS.items() if name != "agency_quiet"}
    assert "agency_quiet" in set(find(readings, PLAIN_TAILS, nothing_learned).statistic)
    assert "agency_quiet" not in set(find(readings, older, nothing_learned).statistic)


def doubled(readings: WeekStatistics) -> WeekStatistics:
    """The same world and its copy under other codes."""
    copy = readings.scans.assign(agency_code="Z" + readings.scans.agency_code)
    return WeekStatistics(readings.week, pd.concat([readings.scans, copy]), readings.others, readings.violations)


def test_how_many_officials_there_are_does_not_decide_who_of_them_is_stranger(tails: dict[str, Tail]) -> None:
    more = scales([doubled(quiet(FIRST.shift(n))) for n in range(WEEKS)])
    week = quiet(FIRST.shift(WEEKS), ((LEAD, 9.0), ("clock", 7.0)))
    one = official_weeks(week, tails, nothing_learned).set_index(["agency_code", "requester_user"]).value
    two = official_weeks(doubled(week), more, nothing_learned).set_index(["agency_code", "requester_user"]).value
    assert one.corr(two[one.index], method="spearman") > 0.999
    assert set(one.nlargest(50).index) == set(two[one.index].nlargest(50).index)
    # Twice as many are as strange: the whole scale moves, and nothing in it.
    shift = (one - two[one.index])[one.nlargest(200).index]
    assert shift.mean() == pytest.approx(np.log(2.0), abs=0.1)
    assert shift.std() < 0.1


def test_officials_of_whom_nothing_is_marked_are_ordered_too_and_overtake_nobody(tails: dict[str, Tail]) -> None:
    week = quiet(FIRST.shift(WEEKS))
    # Work without a reason is lacking in most official-weeks: it leads, and then all of them had the same value.
    scans = week.scans[(week.scans.attribute != LEAD) | (week.scans.value > 2.0)]
    found = official_weeks(WeekStatistics(week.week, scans, week.others, week.violations), tails, nothing_learned)
    without = found[found[f"{LEAD}:1"] == found[f"{LEAD}:1"].min()]
    assert len(without) > OFFICIALS / 2
    assert without.value.nunique() > 0.98 * len(without)
    assert found.value.max() > without.value.max() + 1.0


def test_rare_visits_lead_at_an_agency_that_notes_no_reasons_and_only_there() -> None:
    who = [("A", "u1", LEAD, 1.0), ("A", "u2", "visit", 6.0), ("B", "u1", LEAD, 1.0), ("B", "u2", "visit", 6.0)]
    scans = pd.DataFrame(who, columns=["agency_code", "requester_user", "attribute", "value"])
    readings = replace(scanned(), scans=scans.assign(window=1, step=0, past=3, expected=0.5))
    noted = scans[["agency_code", "requester_user"]].assign(**{OFTEN_LACKING: [1.0, 1.0, 0.01, 0.01]})
    readings = replace(readings, lacking=checked(noted, LACKING))
    # Enough officials a week lack a reason for its lack to say something where reasons are noted.
    tails = PLAIN_TAILS | {f"{LEAD}:1": Tail.of(np.linspace(0.1, 3.0, 400), WEEKS)}
    value = official_weeks(readings, tails, nothing_learned).set_index(["agency_code", "requester_user"]).value
    assert value["A", "u2"] > value["A", "u1"] + 1.0
    assert value["A", "u2"] > value["B", "u2"] + 2.0
    found = readings.lacking_of(readings.officials())
    assert sorted(found) == pytest.approx([0.01**3, 0.01, 1.0, 1.0]), "each of three rare visits would have to lack one"
