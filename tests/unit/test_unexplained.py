"""Work without a reason: the more of it and the rarer, the stranger, and honest chance is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.frames import LACKING, OFTEN_LACKING, checked
from models.statistics.unexplained import (
    EDGES,
    EXTRA,
    LEAD,
    VOLUME,
    Expectation,
    Floats,
    _busier,
    expectation_of,
    likelihood_ratio,
    unexplained,
)

WEEK = Week.parse("2026-W46")
HONEST = np.exp(-EDGES) - np.append(np.exp(-EDGES[1:]), 0.0)
"""Shares of honest visits by level: a visit as rare as p comes with probability p."""


def expectation(expected: float, shape: float = 5.0, n: int = 1) -> Expectation:
    """So many honest visits without a reason are expected of each of `n` officials."""
    shares, visits = np.tile(HONEST, (n, 1)), np.full(n, 10.0 * expected)
    return Expectation(np.full(n, expected), np.full(n, shape), shares, visits, np.full(n, 0.1))


def value(counts: list[float], expected: float = 2.0) -> float:
    return float(likelihood_ratio(np.array([counts]), expectation(expected))[0][0])


def test_less_than_expected_is_not_strange() -> None:
    assert value([0, 0, 0, 0, 0, 0]) == 0.0
    assert value([1, 0, 0, 0, 0, 0]) < 0.3


def test_more_visits_are_stranger() -> None:
    values = [value([n, n // 4, 0, 0, 0, 0]) for n in (4, 8, 16, 32)]
    assert values == sorted(values)
    assert values[-1] > values[0] + 3.0


def test_the_rarer_a_visit_the_stranger() -> None:
    values = [value([2.0 + (level == 0), *(float(level == k) for k in range(1, 6))]) for level in range(6)]
    assert values == sorted(values)
    assert values[-1] > values[0] + 1.0


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0], [20, 5, 1, 0, 0, 0]])
def test_one_more_of_the_rarest_visits_never_makes_innocent(counts: list[float]) -> None:
    assert value([*counts[:5], counts[5] + 1.0]) > value(counts)


def test_what_is_expected_is_less_strange() -> None:
    values = [value([6, 2, 1, 0, 0, 0], expected) for expected in (0.1, 1.0, 5.0, 20.0)]
    assert values == sorted(values, reverse=True)


def test_the_number_that_fits_best_follows_what_was_added() -> None:
    added = np.array([[2 + n, n, n, n, 0, 0] for n in (1, 4, 16)], dtype=float)
    _, extra = likelihood_ratio(added, expectation(2.0, n=3))
    assert (np.diff(extra) > 0).all()
    assert set(extra) <= set(EXTRA)


@pytest.mark.parametrize(("expected", "shape"), [(0.5, 2.0), (3.0, 8.0), (30.0, 8.0)])
def test_honest_chance_reaches_a_value_as_rarely_as_a_likelihood_ratio_promises(expected: float, shape: float) -> None:
    n = 20_000
    rng = np.random.default_rng(7)
    totals = nbinom.rvs(shape, shape / (shape + expected), size=n, random_state=rng)
    counts = rng.multinomial(totals, HONEST).astype(float)
    values, _ = likelihood_ratio(counts, expectation(expected, shape, n))
    for nats in (2.0, 4.0, 6.0):
        assert (values >= nats).mean() <= np.exp(-nats), "eight numbers of added visits are tried, but they go together"


def test_added_visits_are_found_among_honest_chance() -> None:
    n = 5_000
    rng = np.random.default_rng(8)
    honest = rng.multinomial(rng.poisson(2.0, n), HONEST).astype(float)
    fouled = honest + rng.multinomial(5, [0.0, 0.0, 0.2, 0.3, 0.3, 0.2], size=n)
    (quiet, _), (found, _) = (likelihood_ratio(counts, expectation(2.0, n=n)) for counts in (honest, fouled))
    assert (found > np.quantile(quiet, 0.99)).mean() > 0.9


OFFICE = {"agency_code": "A", "department": "D"}
KEYS = ["visits", "days"]
PAST = [f"past_{step}" for step in range(6)]
EARLIER = [f"earlier_{step}" for step in range(6)]


def official(**values: float) -> pd.DataFrame:
    """An official with 20 visits in the window, 1 of them without a reason, and no history but for what is said."""
    usual: dict[str, float] = dict.fromkeys(("earlier_visits", "earlier_days", *PAST, *EARLIER), 0.0)
    usual |= {"visits": 20.0, "days": 5.0, "past_0": 1.0}
    return pd.DataFrame([OFFICE | {"requester_user": "u1"} | usual | values])


def departments(own: pd.DataFrame, share: float, visits: float = 1000.0) -> pd.DataFrame:
    """His department with colleagues of whose visits so great a share is without a reason."""
    mine = own[["visits", "days", *PAST]].to_numpy() + own[["earlier_visits", "earlier_days", *EARLIER]].to_numpy()
    others = [visits, visits / 4, *(visits * share * np.exp(-EDGES))]
    return pd.DataFrame(mine + np.array([others]), columns=KEYS + PAST).assign(**OFFICE)


def expected(own: pd.DataFrame, share: float = 0.05) -> float:
    return float(expectation_of(own, departments(own, share), 1).expected[0])


def test_how_often_a_reason_is_lacking_at_an_agency_is_read_from_the_others() -> None:
    careless = official(visits=50.0, past_0=50.0, earlier_visits=500.0, earlier_0=500.0)
    for share in (0.05, 0.5, 1.0):
        (lacking,) = expectation_of(careless, departments(careless, share), 1).lacking
        assert lacking == pytest.approx(share, abs=0.03), "his own lack of reasons is none of his agency's"


def test_every_official_of_the_week_is_told_how_often_a_reason_is_lacking_at_his_agency() -> None:
    with engine_of(u3=(20, np.zeros(6))) as engine:
        found = checked(unexplained(engine, WEEK, 1).lacking, LACKING)
    assert set(found.requester_user) == {f"u{n}" for n in range(40)}
    assert found[OFTEN_LACKING].to_numpy() == pytest.approx(1 / 20, abs=0.001)


def test_without_a_history_the_colleagues_lead_one_to_expect() -> None:
    assert expected(official(), 0.05) == pytest.approx(0.05 * 20, rel=0.15)
    assert expected(official(), 0.3) > 4 * expected(official(), 0.05)


def test_his_own_earlier_weeks_go_before_them() -> None:
    careful = official(earlier_visits=400.0, earlier_days=100.0)
    careless = official(earlier_visits=400.0, earlier_days=100.0, earlier_0=200.0, past_0=10.0)
    assert expected(careful) < expected(official()) < expected(careless)
    assert expected(careless) == pytest.approx(0.5 * 20, rel=0.05)


def test_of_the_others_his_department_goes_before_the_agency() -> None:
    own = official()
    elsewhere = departments(own, 0.3).assign(department="D2")
    both = pd.concat([departments(own, 0.01), elsewhere], ignore_index=True)
    careful, careless = (expectation_of(own.assign(department=d), both, 1).expected[0] for d in ("D", "D2"))
    assert careful < 0.2 * careless


def test_a_busy_week_lets_more_be_expected_of_both() -> None:
    assert expected(official(visits=80.0)) > 2.5 * expected(official())


def test_what_he_does_without_a_reason_is_not_expected_for_it() -> None:
    more = official(visits=60.0, past_0=41.0)
    assert expected(more) == pytest.approx(expected(official()), rel=0.05)


def test_a_longer_window_evens_weeks_out() -> None:
    shapes = [expectation_of(official(), departments(official(), 0.05), window).shape[0] for window in (1, 4, 8)]
    assert shapes == sorted(shapes)
    assert shapes[0] < shapes[2]


def test_a_longer_history_makes_surer() -> None:
    known = official(earlier_visits=400.0, earlier_days=100.0, earlier_0=20.0)
    shapes = [expectation_of(own, departments(own, 0.05), 1).shape[0] for own in (official(), known)]
    assert shapes[0] < shapes[1]


@pytest.mark.parametrize("past_5", [0.0, 30.0])
def test_shares_by_rarity_add_up(past_5: float) -> None:
    own = official(earlier_0=40.0, **{f"earlier_{step}": past_5 for step in range(1, 6)}, earlier_visits=400.0)
    shares = expectation_of(own, departments(own, 0.05), 1).shares
    assert shares.sum() == pytest.approx(1.0)
    assert (shares > 0).all()


def engine_of(**odd: tuple[int, Floats]) -> DuckDBEngine:
    """Nine weeks of forty officials with 20 visits, of which one is without a reason (one in five of these at level 1, one
    in twenty at level 2); `odd` changes somebody's last week: visits, and visits without a reason by level."""
    weeks, passed = [], []
    for back in range(9):
        for n in range(40):
            name, usual = f"u{n}", np.eye(6)[int((n + back) % 5 == 0) + int((n + back) % 20 == 0)]
            visits, levels = odd.get(name, (20, usual)) if back == 0 else (20, usual)
            who = OFFICE | {"requester_user": name, "monday": WEEK.shift(-back).monday}
            weeks.append(who | {"n_visits": visits, "n_days": 5})
            at_least = np.cumsum(levels[::-1])[::-1]
            passed += [who | {"attribute": "unexplained", "step": k, "n": int(n)} for k, n in enumerate(at_least) if n]
    engine = DuckDBEngine()
    for table, rows in (("recent_user_week", weeks), ("recent_exceedance", passed)):
        engine.connection.register(table, pd.DataFrame(rows))
    return engine


def measured(attribute: str, window: int = 1, **odd: tuple[int, Floats]) -> pd.DataFrame:
    with engine_of(**odd) as engine:
        found = unexplained(engine, WEEK, window).scans
    return found[found.attribute == attribute].set_index("requester_user").sort_values("value", ascending=False)


@pytest.mark.parametrize(("window", "nats"), [(1, 8.0), (4, 5.0), (8, 2.0)])
def test_rare_visits_beside_ordinary_work_lead_in_every_window(window: int, nats: float) -> None:
    found = measured(LEAD, window, u3=(25, np.array([1.0, 0, 0, 5, 0, 0])))
    assert found.index[0] == "u3"
    assert found.value.iloc[0] > found.value.iloc[1] + nats


def test_among_much_honest_work_they_are_counted_from_the_level_at_which_they_are_telling() -> None:
    led = measured(LEAD, u3=(600, np.array([24.0, 4, 2, 5, 0, 0]))).loc["u3"]
    assert (led.step, led.past) == (1, 4 + 2 + 5)
    assert led.expected < led.past


def test_the_level_is_one_that_occurs() -> None:
    found = measured(LEAD)
    assert found[found.value == 0.0].step.max() <= 2
    assert (found.past > 0).all()


def test_without_such_a_visit_nothing_is_said_but_of_all_work() -> None:
    nothing = {"u3": (20, np.zeros(6))}
    assert "u3" not in measured(LEAD, **nothing).index
    assert "u3" in measured(VOLUME, **nothing).index


def test_three_times_the_work_is_strange_as_a_volume_and_not_as_work_without_a_reason() -> None:
    busy = {"u3": (60, np.array([3.0, 0, 0, 0, 0, 0]))}
    volume, lead = measured(VOLUME, **busy), measured(LEAD, **busy)
    assert volume.index[0] == "u3"
    assert volume.value.iloc[0] > volume.value.iloc[1] + 1.0
    assert lead.value["u3"] < 1.0


def test_about_every_second_week_holds_as_much_work_as_is_expected() -> None:
    ordinary = measured(VOLUME)
    assert ordinary.expected.to_numpy() == pytest.approx(20.0, rel=0.01)
    assert np.exp(-ordinary.value.to_numpy()) == pytest.approx(0.5, abs=0.05)


def test_after_days_off_everybody_does_more_and_nobody_is_named_for_it() -> None:
    days = pd.Series(np.full(40, 10.0))
    own = pd.DataFrame({"agency_code": ["A"] * 20 + ["B"] * 20, "visits": [25.0] * 20 + [10.0] * 20})
    busier = _busier(own, days)
    assert busier[:20].to_numpy() == pytest.approx(np.full(20, 2.4), abs=0.15)
    assert busier[20:].to_numpy() == pytest.approx(np.full(20, 1.07), abs=0.15)
    # One who does ten times as much is measured by the others, and an agency of one by the nation.
    own.loc[0, "visits"] = 250.0
    assert _busier(own, days)[0] == pytest.approx(busier[0])
    alone = pd.concat([own, pd.DataFrame({"agency_code": ["C"], "visits": [100.0]})], ignore_index=True)
    assert _busier(alone, pd.Series(np.full(41, 10.0)))[40] < 2.5
