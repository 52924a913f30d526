"""The baselines on a small log in which it is plain what each has to find."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from features.weeks import Week
from models.evaluation.baselines import conditional, population, xroad
from models.evaluation.baselines.comparison import baseline_cases
from models.evaluation.baselines.counts import SINGLE
from models.evaluation.baselines.officials import plain_counts
from models.evaluation.baselines.weeklogs import WeekLogs

LAST = Week.parse("2026-W20")
WEEKS = [LAST.shift(-back) for back in (4, 3, 2, 1, 0)]
OFFICIALS = [f"u{n:02d}" for n in range(40)]
BURST = 30
"""Requests that official u07 makes on the last Thursday at ten, beside the usual ones."""


def request(week: Week, user: str, day: int, hour: int, number: int, **other: object) -> dict[str, object]:
    at = datetime.combine(week.monday, datetime.min.time()) + timedelta(days=day, hours=hour, minutes=number)
    usual = {
        "request_id": f"{week}-{user}-{day}-{number}", "requested_at": at, "requester_agency": "A" if user < "u20" else "B",
        "provider_agency": "P", "procedure_code": "JT1", "item_code": "TM1", "result": "provided", "requester_user": user,
        "requester_terminal": "t", "response_mode": "auto", "items_returned": 3, "subject_key": f"s{number}",
        "case_ref": "c",
    }  # fmt: skip
    return {**usual, **other}


def week_log(week: Week) -> pd.DataFrame:
    """Everybody makes a few requests each working day at nine, as every week; in the last one u07 adds the burst."""
    rows = [
        request(week, user, day, 9, number)
        for place, user in enumerate(OFFICIALS) for day in range(5) for number in range(3 + (place * 7 + day * 3 + place * day) % 5)
    ]  # fmt: skip
    if week == LAST:
        rows += [request(week, "u07", 3, 10, 10 + n, subject_key=f"x{n}", case_ref=None) for n in range(BURST)]
    return pd.DataFrame(rows).astype({"case_ref": "object"})


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> WeekLogs:
    folder = tmp_path_factory.mktemp("logs")
    for week in WEEKS:
        week_log(week).to_parquet(folder / f"{week}.parquet")
    since = [datetime(2020, 1, 1).date()] * 2
    agencies = {"agency_code": ["A", "B"], "kind": ["city", "city"], "valid_from": since, "valid_to": [None, None]}
    pd.DataFrame(agencies).to_parquet(folder / "agencies.parquet")
    days = [week.monday + timedelta(days=day) for week in WEEKS for day in range(7)]
    pd.DataFrame({"date": days, "is_working_day": [day.weekday() < 5 for day in days]}).to_parquet(
        folder / "calendar.parquet"
    )
    return WeekLogs(
        {week: folder / f"{week}.parquet" for week in WEEKS}, folder / "agencies.parquet", folder / "calendar.parquet"
    )


def test_the_weeks_before_are_those_with_a_log(logs: WeekLogs) -> None:
    assert logs.before(LAST) == WEEKS[:-1]
    assert logs.before(WEEKS[0]) == []


def test_counts_and_shares_are_those_of_the_rows(logs: WeekLogs) -> None:
    with logs.opened(LAST) as engine:
        counts = plain_counts(engine, LAST).set_index("requester_user")
    own = week_log(LAST).query("requester_user == 'u07'")
    assert len(counts) == len(OFFICIALS)
    assert counts.loc["u07", "n_requests"] == len(own)
    assert counts.loc["u07", "n_subjects"] == own.subject_key.nunique()
    assert counts.loc["u07", "busiest_day"] == (own.requested_at.dt.day_of_week == 3).sum()
    assert counts.loc["u07", "share_without_case"] == pytest.approx(BURST / len(own))
    assert counts.loc["u07", ["kind", "share_late", "share_off_day", "items_a_request"]].tolist() == ["city", 0, 0, 3]


def test_xroad_finds_the_hour_that_no_earlier_week_had(logs: WeekLogs) -> None:
    with logs.opened(LAST) as engine:
        found = xroad.incidents(engine, LAST)
        case = xroad.cases(engine, LAST, capacity=1)[0]
    assert (found.iloc[0].agency_code, found.iloc[0].day.weekday(), found.iloc[0].hour) == ("A", 3, 10)
    assert len(found) == 1, "the count at nine is as in the weeks before"
    assert case.users == {"u07"}
    assert len(case.requests) == BURST
    assert case.entity != "agency", "a silent agency must not be found by accident"


def test_xroad_flags_an_hour_in_which_nearly_all_fails(logs: WeekLogs, tmp_path: Path) -> None:
    log = week_log(LAST)
    log.loc[(log.requester_agency == "B") & (log.requested_at.dt.day_of_week == 2), "result"] = "error"
    log.to_parquet(tmp_path / "log.parquet")
    failing = WeekLogs({**logs.files, LAST: tmp_path / "log.parquet"}, logs.agencies, logs.calendar)
    with failing.opened(LAST) as engine:
        found = xroad.incidents(engine, LAST)
    assert {(row.agency_code, row.day.weekday(), row.hour) for row in found.itertuples()} == {("A", 3, 10), ("B", 2, 9)}


def test_conditional_surprise_finds_work_that_is_not_the_officials(logs: WeekLogs, tmp_path: Path) -> None:
    """Everybody does one step, u07 another once: rare for him and rare at all; of people the one concerned comes first."""
    log = week_log(LAST)
    odd = log[log.requester_user == "u03"].index[0]
    log.loc[odd, ["procedure_code", "subject_key"]] = ["JT9", "s-odd"]
    log.to_parquet(tmp_path / "log.parquet")
    with WeekLogs({**logs.files, LAST: tmp_path / "log.parquet"}, logs.agencies, logs.calendar).opened(LAST) as engine:
        surprising = conditional.requests(engine)
        case = conditional.cases(engine, LAST, 1)[0]
    assert len(surprising) == len(log)
    assert surprising.set_index("request_id").surprise.idxmax() == log.request_id[odd]
    assert (case.users, case.requests[0]) == ({"u03"}, log.request_id[odd])
    assert conditional.people(surprising).idxmax() == ("A", "s-odd")


def test_population_analysis_compares_with_peers_of_the_kind() -> None:
    peers = pd.DataFrame({name: [10, 11, 12, 13] * 20 for name in population.COUNTED}).assign(kind="city")
    villages = pd.DataFrame({name: [1, 2, 3, 2] * 20 for name in population.COUNTED}).assign(kind="village")
    earlier = pd.concat([peers, villages])
    now = pd.concat([peers.head(3), peers.head(1).assign(kind="village")])
    scores = population.scores(now, earlier)
    assert scores.argmax() == 3, "what is ordinary in a city is much in a village"


def test_every_baseline_gives_cases_and_finds_the_burst(logs: WeekLogs) -> None:
    cases = baseline_cases(logs, [LAST], capacity=5, seed=1)
    assert set(cases) == {xroad.NAME, population.NAME, conditional.NAME, *(f"{d.name} on plain counts" for d in SINGLE)}
    for name, found in cases.items():
        # Trees cannot tell how far beyond all that they saw a value lies.
        assert found[0].users == {"u07"} or name in (
            "iforest on plain counts",
            "ecod on plain counts",
            conditional.NAME,
        ), name
        assert len(found[0].requests) <= 50
        assert [case.rank for case in found] == list(range(1, len(found) + 1))
