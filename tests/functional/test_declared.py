"""Who follows DEVELOPERS.md adds an attribute or a statistic in two files, and cases speak of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import catalogue, history, order
from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.handwritten import CURRENT, MONDAY, TOWNS, Delivery

ATTRIBUTE_SQL = """
-- Whether an answer of the visit was made by hand.
SELECT l.visit_no, MAX(r.response_mode) AS value
FROM look_up_visit l
JOIN request r ON r.request_id = l.request_id
WHERE r.response_mode IS NOT NULL
GROUP BY l.visit_no
"""
ATTRIBUTE_YAML = """
name: response_mode
grade: B
columns: [requester_user, response_mode]
stands_alone: true
label: {ja: 手作業による回答, en: answers made by hand}
meaning: {ja: 回答が自動か手作業か。, en: Whether the answer came from the machine or by hand.}
reviewed: {by: a newcomer, date: 2026-11-26}
"""
STATISTIC_SQL = """
-- How many times its usual week an agency asks.
SELECT n.agency_code, n.agency_code AS entity_id, CAST(n.n_requests AS DOUBLE) AS actual, e.usual AS typical,
       CAST(n.n_requests AS DOUBLE) / NULLIF(e.usual, 0) AS value
FROM recent_agency_week n
JOIN (SELECT agency_code, SUM(CAST(n_requests AS DOUBLE)) / NULLIF(COUNT(monday), 0) AS usual
      FROM recent_agency_week WHERE monday < $monday GROUP BY agency_code) e ON e.agency_code = n.agency_code
WHERE n.monday = $monday
"""
STATISTIC_YAML = """
name: agency_busy
entity: agency
grade: A
window: 1
weight: 0.5
label: {ja: 照会記録の急増, en: Records rise}
meaning: {ja: 通常の週に対する照会件数の倍率。, en: Requests as a multiple of the usual week.}
story: {ja: 当該機関の照会が急増しています。, en: The agency asks far more than it did.}
innocent: {ja: 一斉業務であれば説明がつきます。, en: Innocent if mass work was announced.}
unit: {ja: 件, en: requests}
reviewed: {by: a newcomer, date: 2026-11-26}
"""
BUSY = TOWNS[4]


@pytest.fixture
def declarations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of all declarations that a newcomer may add to."""
    folder = tmp_path / "features"
    shutil.copytree(catalogue.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    cached = (catalogue.tables, catalogue.kept_tables, catalogue.attributes, catalogue.statistics, catalogue.rules,
              catalogue.explanations, order.build_order, history.read_back)  # fmt: skip
    for function in cached:
        function.cache_clear()
    yield folder
    monkeypatch.undo()
    for function in cached:
        function.cache_clear()


def rewrite(data: Path, town: str, change: Any) -> None:
    """Change the rows of a town's file of the current week."""
    file = data / "landing" / "linkage_log" / str(MONDAY.isocalendar().week) / f"{town}.parquet"
    table = pq.read_table(file)
    pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), schema=table.schema), file)


def by_hand(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One official's look-ups of Wednesday were answered by hand."""
    day = MONDAY + timedelta(days=2)
    chosen = [row["requester_user"] == "u03" and row["requested_at"].date() == day for row in rows]
    return [row | {"response_mode": "manual"} if hand else row for row, hand in zip(rows, chosen, strict=True)]


def fivefold(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"request_id": f"{row['request_id']}x{n}"} for row in rows for n in range(5)]


def cases(lake: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.ParquetFile(Lake(lake).cases(Week.parse(CURRENT))).read().to_pylist()
    return rows


def test_an_attribute_and_a_statistic_of_two_files_each_find_what_is_planted(
    declarations: Path, tmp_path: Path
) -> None:
    for folder, name, sql, text in (
        ("attributes", "response_mode", ATTRIBUTE_SQL, ATTRIBUTE_YAML),
        ("statistics", "agency_busy", STATISTIC_SQL, STATISTIC_YAML),
    ):
        (declarations / folder / f"{name}.sql").write_text(sql, encoding="utf-8")
        (declarations / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    data, lake = tmp_path / "data", tmp_path / "lake"
    Delivery(data).write_all()
    rewrite(data, "132012", by_hand)
    rewrite(data, BUSY.code, fivefold)
    run(["weekly", "--data", str(data), "--lake", str(lake), "--week", CURRENT])
    found = {case["entity_id"]: case for case in cases(lake)}
    reasons = {reason["feature"]: reason for reason in found["132012/u03"]["reasons"]}
    assert "手作業による回答" in reasons["response_mode"]["text_ja"]
    assert found[BUSY.code]["finding"] == "agency_busy"
    assert found[BUSY.code]["title_ja"] == "照会記録の急増"


def test_a_statistic_whose_query_is_missing_is_told(declarations: Path) -> None:
    (declarations / "statistics" / "agency_busy.yaml").write_text(STATISTIC_YAML, encoding="utf-8")
    with pytest.raises(catalogue.DefinitionsDisagreeError, match=r"agency_busy\.sql"):
        catalogue.statistics()


def test_another_wording_makes_no_other_tables(declarations: Path) -> None:
    before = catalogue.fingerprint()
    file = declarations / "attributes" / "clock.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("unusual hours", "strange hours"), encoding="utf-8")
    catalogue.attributes.cache_clear()
    assert catalogue.fingerprint() == before
    file.write_text(text.replace("identifies: true", "identifies: false"), encoding="utf-8")
    catalogue.attributes.cache_clear()
    assert catalogue.fingerprint() != before


def test_tables_that_read_one_another_are_told(declarations: Path) -> None:
    file = catalogue.query_file("tables", "visit")
    file.write_text("SELECT v.visit_no FROM rated_visit v", encoding="utf-8")
    with pytest.raises(catalogue.DefinitionsDisagreeError, match="circle"):
        order.build_order()
