"""When a week is too incomplete to report."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import WeekIncompleteError
from pipelines.lake import Lake
from pipelines.parameters import Completeness
from pipelines.steps.completeness import Volume, require_loaded, shortfalls_of, volume
from tests.unit.week_world import WEEK, load_week, loaded_lake

RULE = Completeness()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return loaded_lake(tmp_path / "lake", weeks=4)


def test_volume_counts_requests_agencies_and_days(lake: Lake) -> None:
    load_week(lake, WEEK, agencies=3, a_day=2, days=6)
    assert volume(lake, WEEK) == Volume(requests=36, agencies=3, working_days=5, days_with_requests=5)


def test_usual_week_is_complete(lake: Lake) -> None:
    assert shortfalls_of(lake, WEEK, RULE) == []


def test_of_an_absent_week_it_is_said_what_is_loaded(lake: Lake) -> None:
    with pytest.raises(WeekIncompleteError, match="loaded are 2026-W43 to 2026-W46"):
        require_loaded(WEEK.shift(1), lake.weeks())


def test_all_shortfalls_are_named_at_once(lake: Lake) -> None:
    load_week(lake, WEEK, agencies=1, a_day=1, days=2)
    assert shortfalls_of(lake, WEEK, RULE) == [
        "0 requests a working day; the weeks before had 40",
        "requests of 1 agencies; the weeks before had 4",
        "requests on 2 of 5 working days",
    ]


def test_one_silent_agency_is_no_reason_to_wait(lake: Lake) -> None:
    load_week(lake, WEEK, agencies=3)
    assert shortfalls_of(lake, WEEK, RULE) == []


def test_days_do_not_count_where_earlier_weeks_had_gaps(lake: Lake) -> None:
    load_week(lake, WEEK.shift(-1), days=4)
    load_week(lake, WEEK, a_day=40, days=2)
    assert shortfalls_of(lake, WEEK, RULE) == []


def test_first_week_of_all_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert shortfalls_of(loaded_lake(tmp_path, weeks=1), WEEK, RULE) == []
