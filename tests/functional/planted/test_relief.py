"""Relief after a disaster: what colleagues do alike is nobody's own, and who misuses it is found all the same."""

from __future__ import annotations

import pyarrow.parquet as pq

from tests.functional.planted.conftest import A_HEAD, AFTER_DISASTER, CREW, MISUSER, WEEK, Planted, ids


def test_what_three_colleagues_do_alike_has_a_reason(planted: Planted) -> None:
    visits = pq.ParquetFile(planted.lake.facts("visit_request", WEEK)).read().to_pylist()
    reasons = {row["request_id"]: row["explained_by"] for row in visits}
    assert {reasons[name] for name in ids(planted.relief)} == {"case_of_other_affair"}
    assert {reasons[name] for name in ids(planted.misuse)} == {None}


def test_a_colleague_who_misuses_in_those_weeks_is_found_for_his_own(planted: Planted) -> None:
    own = next(case for case in planted.cases() if case["entity_id"] == f"{AFTER_DISASTER}/{MISUSER}")
    assert own["rank"] <= 4
    assert ids(planted.misuse) == set(own["request_ids"][: len(planted.misuse)])
    assert own["finding"] in ("official_week", "one_attribute")


def test_nobody_of_the_others_is_named_for_relief(planted: Planted) -> None:
    others = [f"{AFTER_DISASTER}/{user}" for user in CREW if user != MISUSER]
    unexplained = [
        case
        for case in planted.cases()
        for reason in case["reasons"]
        if case["entity_id"] in others and reason["feature"].startswith("unexplained") and reason["actual"] >= A_HEAD
    ]
    assert not unexplained
