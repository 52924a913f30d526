"""A week in which two accounts take turns at a terminal: one case names both, from the log to the page."""

from __future__ import annotations

import pyarrow.parquet as pq

from models.cases.sittings import TURNS
from tests.functional.planted.conftest import NUMBER, OF_TURNS, TWO, WEEK, Planted, ids


def test_one_case_names_both_and_holds_all_rows(planted: Planted) -> None:
    rows = ids(planted.turns)
    (case,) = [case for case in planted.cases() if rows & set(case["request_ids"]) and case["entity"] == "user"]
    assert set(case["users"]) == set(TWO)
    assert rows <= set(case["request_ids"])
    assert case["entity_id"] == f"{OF_TURNS}/{case['users'][0]}"
    (joined,) = case["joined"]
    assert joined["requester_user"] == case["users"][1]
    assert f"{NUMBER - 1}度の交替" in joined["shared"][0]["text_ja"]
    assert joined["reasons"]
    assert NUMBER > TURNS


def test_evidence_is_of_the_log_and_of_those_whom_the_case_names(planted: Planted) -> None:
    log = {row["request_id"]: row for row in pq.ParquetFile(planted.lake.log(WEEK)).read().to_pylist()}
    for case in planted.cases():
        rows = [log[request] for request in case["request_ids"] if request in log]
        assert rows or not case["request_ids"]
        if case["entity"] == "user" and case["finding"] != "many_accounts":
            assert {row["requester_user"] for row in rows} == set(case["users"])


def test_the_page_says_so(planted: Planted) -> None:
    page = planted.page()
    assert page.count("あわせて掲げる職員</span>") == sum(bool(case["joined"]) for case in planted.cases())
    assert "同じ端末で、筆頭の職員と15分以内の間隔で交互に照会しています" in page
