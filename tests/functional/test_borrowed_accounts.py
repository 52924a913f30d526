"""A week in which somebody sits at his own terminal with the accounts of others: one case, from the log to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.conftest import WITHOUT_PAPER
from tests.functional.handwritten import CURRENT, MONDAY, Delivery

TOWN, HOST, LENT = "132039", "u01", ("u02", "u03", "u04", "u05")
WEEK = Week.parse(CURRENT)


@dataclass(frozen=True)
class Borrowed:
    """The cases of the week, its page, and the rows of the requests that were planted."""

    cases: list[dict[str, Any]]
    page: str
    rows: list[dict[str, Any]]

    @property
    def planted(self) -> frozenset[str]:
        return frozenset(row["request_id"] for row in self.rows)


@pytest.fixture(scope="module")
def borrowed(tmp_path_factory: pytest.TempPathFactory) -> Borrowed:
    """On four days one look-up for each of four accounts at the terminal of a fifth official, about people of whom there is no case."""
    base = tmp_path_factory.mktemp("borrowed")
    Delivery(base / "data").write_all()
    file = base / "data" / "landing" / "linkage_log" / str(MONDAY.isocalendar().week) / f"{TOWN}.parquet"
    table = pq.read_table(file)
    first = next(row for row in table.to_pylist() if row["requester_user"] == HOST)
    rows = []
    for n, account in enumerate(LENT * 2):
        at = datetime.combine(MONDAY + timedelta(days=n % 4), time(14, 5 * n))
        rows.append(first | {
            "request_id": f"LENT{n}", "requested_at": at, "responded_at": at + timedelta(seconds=2), "case_ref": None,
            "requester_user": account, "subject_key": f"lent{n:05d}", "subject_key_national": f"nlent{n:05d}"})  # fmt: skip
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)]), file)
    lake = Lake(base / "lake")
    run(
        [
            "weekly",
            "--data",
            str(base / "data"),
            "--lake",
            str(lake.root),
            "--week",
            CURRENT,
            "--params",
            str(WITHOUT_PAPER),
        ]
    )
    return Borrowed(
        list(pq.ParquetFile(lake.cases(WEEK)).read().to_pylist()),
        (lake.report(WEEK, 1) / "report.html").read_text(encoding="utf-8"),
        rows,
    )


def test_the_case_is_of_whose_terminal_it_is_and_names_all(borrowed: Borrowed) -> None:
    (case,) = [case for case in borrowed.cases if case["finding"] == "many_accounts"]
    assert case["entity_id"] == f"{TOWN}/{HOST}"
    assert set(case["users"]) == {HOST, *LENT}
    assert set(case["request_ids"]) == borrowed.planted
    assert f"ほかの職員{len(LENT)}名の利用者ID" in case["story_ja"]
    (row,) = {row["requester_terminal"] for row in borrowed.rows}
    assert f"端末（{row}）" in case["story_ja"]
    assert not [text for text in case["against"] if "自動照合した理由" in text["text_ja"]], (
        "they are of his own look-ups"
    )


def test_the_page_asks_who_sat_there(borrowed: Borrowed) -> None:
    assert "当該端末を使用していたのは誰か" in borrowed.page
