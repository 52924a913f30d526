"""The coverage statement of a week adds up and names who is silent, unknown, refused."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from features.catalogue import statistics
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics import standalone
from pipelines.steps.coverage import Coverage, Exempt, coverage_of
from pipelines.steps.scoring import without_scale
from tests.unit.delivery import WEEK, Row, World, agency, row, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def coverage(place: World, week: Week = WEEK) -> Coverage:
    with DuckDBEngine("500MB", 1) as engine:
        engine.view("all_logs", [place.lake.log(each) for each in place.lake.weeks()])
        engine.table("recent_agency_week", """
            SELECT DISTINCT requester_agency AS agency_code, CAST(date_trunc('week', requested_at) AS DATE) AS monday
            FROM all_logs""")  # fmt: skip
        engine.view("agencies", [place.lake.reference("agencies")])
        engine.table("recent_rule_exemption", """
            SELECT * FROM (VALUES ('r', 'a', 'M1', 3), ('r', 'a', 'M2', 4), ('s', 'b', 'M1', 1)) e(rule_id, allowance, agency_code, n)
            """)  # fmt: skip
        return coverage_of(place.lake, week, engine)


def earlier(number: int, weeks: int, **other: object) -> Row:
    moment = datetime(2026, 11, 10, 9) - timedelta(weeks=weeks)
    return row(number, requested_at=moment, responded_at=moment) | other


def test_rows_add_up(place: World) -> None:
    first = place.deliver(
        "a.parquet", row(1), row(1), row(1, item_code="TM9"), row(2, result=None), row(3, requested_at=None),
        row(4, result="?"), row(1, record_copy="provider"), earlier(5, 1), earlier(6, 1, item_code=" "),
    )  # fmt: skip
    shutil.copyfile(first, place.path("again.parquet"))
    place.ingest()
    found = coverage(place)
    assert (found.loaded, found.copies, found.duplicate) == (2, 1, 1 + 7)
    assert found.quarantined == {
        "request_id again with other content": 1, "result is null or unusable": 1, "requested_at is null or unusable": 1,
    }  # fmt: skip
    assert found.delivered == found.loaded + found.copies + found.duplicate + sum(found.quarantined.values())
    assert coverage(place, WEEK.shift(-1)).quarantined["item_code is null or unusable"] == 1
    assert found.unknown_values == 1
    assert json.loads(found.to_json())["delivered"] == found.delivered


def test_refused_files_count_where_they_may_have_belonged(place: World) -> None:
    place.deliver("a.parquet", row(1), earlier(2, 1))
    place.path("torn.parquet").write_text("PAR1")
    place.deliver("old.parquet", earlier(3, 1) | {"result": 5})
    place.ingest()
    assert [entry["file"] for entry in coverage(place).refused] == ["linkage_log/torn.parquet"]
    assert len(coverage(place, WEEK.shift(-1)).refused) == 2
    place.deliver("torn.parquet", row(4))
    place.ingest()
    assert coverage(place).refused == []


def test_agencies_are_silent_only_while_they_are_in_force(place: World) -> None:
    place.refer("agencies", agency("A"), agency("B"), agency("C", valid_to=date(2026, 11, 8)), agency("D"), agency("E"))
    asked = [earlier(n, n, requester_agency=code) for n, code in enumerate("ABC", 1)]
    place.deliver(
        "a.parquet",
        *asked,
        row(9, requester_agency="A"),
        row(8, requester_agency="X"),
        earlier(7, 9, requester_agency="D"),
    )
    place.ingest()
    assert coverage(place).agencies == {"in_table": 4, "expected": 2, "silent": ["B"], "unknown": ["X"]}


def test_what_could_not_be_seen_is_said(place: World) -> None:
    place.deliver(
        "a.parquet", row(1), row(2, requester_user="u", subject_key="s"), row(3, subject_key_national="n", colour=1)
    )
    place.ingest()
    found = coverage(place)
    assert (found.grades["grade_a"], found.grades["grade_b"], found.grades["grade_c"]) == (1, 1, 1)
    assert found.columns["requester_user"] == 0.3333
    assert found.ignored_columns == ["colour"]
    assert len(found.left_out) == 1


def test_words_for_nothing_are_counted_as_the_values_they_are(place: World) -> None:
    place.deliver(
        "a.parquet", row(1, requester_user="NULL", case_ref="nan"), row(2, requester_user="null", case_ref="")
    )
    place.ingest()
    assert coverage(place).null_words == {"requester_user": 2, "case_ref": 1}


def test_copies_that_disagree_are_counted_by_pair_of_agencies(place: World) -> None:
    for number, provider in enumerate(["132021", "132021", "132039"]):
        other = {"provider_agency": provider}
        place.deliver(
            f"{number}.parquet", row(number, **other), row(number, record_copy="provider", items_returned=1, **other)
        )
    place.deliver(
        "bad.parquet",
        row(0, record_copy="requester", result="error"),
        row(1, record_copy="requester", case_ref="x", item_code="TM2"),
    )
    place.ingest()
    assert coverage(place).copies_disagree == [{"requester": "132012", "provider": "132021", "requests": 2}]


def test_what_rules_let_pass_is_counted_by_what_lets_it_pass(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    assert coverage(place).exempt == [Exempt("r", "a", 7, ["M2", "M1"]), Exempt("s", "b", 1, ["M1"])]


def test_what_is_younger_than_the_model_is_said() -> None:
    known = set(standalone()) - {"lost_answer"}
    (said,) = without_scale(known)
    assert said["what_ja"] == statistics()["lost_answer"].label.ja
    assert "再学習" in said["why_ja"]
    assert without_scale(standalone()) == []
