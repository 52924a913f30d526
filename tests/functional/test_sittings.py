"""A week in which two accounts take turns at a terminal: one case names both, from the log to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from models.cases.sittings import TURNS
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.conftest import WITHOUT_PAPER
from tests.functional.handwritten import CURRENT, MONDAY, Delivery

TOWN, TWO = "132039", ("u01", "u04")
NUMBER = 12
WEEK = Week.parse(CURRENT)


@dataclass(frozen=True)
class Turns:
    """The week after `shirabe weekly`, and the requests that were planted."""

    data: Path
    lake: Lake
    planted: frozenset[str]

    def cases(self) -> list[dict[str, Any]]:
        return list(pq.ParquetFile(self.lake.cases(WEEK)).read().to_pylist())

    def weekly(self, *options: str) -> int:
        folders = ["--data", str(self.data), "--lake", str(self.lake.root)]
        return run(["weekly", *folders, "--week", CURRENT, "--params", str(WITHOUT_PAPER), *options])


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """Two officials' accounts at one terminal on Wednesday evening, about people whom nobody has a case of."""
    base = tmp_path_factory.mktemp("turns")
    Delivery(base / "data").write_all()
    file = base / "data" / "landing" / "linkage_log" / str(MONDAY.isocalendar().week) / f"{TOWN}.parquet"
    table = pq.read_table(file)
    first, evening = table.to_pylist()[0], datetime.combine(MONDAY + timedelta(days=2), time(20))
    rows = [
        first | {"request_id": f"TURN{n}", "requested_at": evening + timedelta(minutes=3 * n), "case_ref": None,
                 "responded_at": evening + timedelta(minutes=3 * n, seconds=2), "requester_user": TWO[n % 2],
                 "requester_terminal": "T99", "subject_key": f"turn{n:05d}", "subject_key_national": f"nturn{n:05d}"}
        for n in range(NUMBER)
    ]  # fmt: skip
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)]), file)
    turns = Turns(base / "data", Lake(base / "lake"), frozenset(row["request_id"] for row in rows))
    turns.weekly()
    return turns


def test_one_case_names_both_and_holds_all_rows(taken: Turns) -> None:
    about = [case for case in taken.cases() if taken.planted & set(case["request_ids"]) and case["entity"] == "user"]
    assert len(about) == 1
    (case,) = about
    assert set(case["users"]) == set(TWO)
    assert taken.planted <= set(case["request_ids"])
    assert case["entity_id"] == f"{TOWN}/{case['users'][0]}"
    (joined,) = case["joined"]
    assert joined["requester_user"] == case["users"][1]
    assert f"{NUMBER - 1}度の交替" in joined["shared"][0]["text_ja"]
    assert joined["reasons"]
    assert NUMBER > TURNS


def test_evidence_is_of_the_log_and_of_those_whom_the_case_names(taken: Turns) -> None:
    log = {row["request_id"]: row for row in pq.ParquetFile(taken.lake.log(WEEK)).read().to_pylist()}
    for case in taken.cases():
        rows = [log[request] for request in case["request_ids"] if request in log]
        assert rows or not case["request_ids"]
        if case["entity"] == "user":
            assert {row["requester_user"] for row in rows} == set(case["users"])


def test_the_page_says_so_and_a_second_run_says_the_same(taken: Turns) -> None:
    page = (taken.lake.report(WEEK, 1) / "report.html").read_text(encoding="utf-8")
    assert page.count("あわせて掲げる職員</span>") == sum(bool(case["joined"]) for case in taken.cases())
    assert "同じ端末で、筆頭の職員と15分以内の間隔で交互に照会しています" in page
    before = taken.cases()
    again = Turns(taken.data, Lake(taken.lake.root.with_name("again")), taken.planted)
    again.weekly()
    assert [{**case, "model_version": ""} for case in again.cases()] == [{**c, "model_version": ""} for c in before]
