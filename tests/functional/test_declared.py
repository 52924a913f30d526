"""Who follows docs/adding.md adds a rule, an explanation, an attribute or a statistic in two files, and it is found."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import catalogue, history, order
from features.engines.portable import faults
from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.conftest import SMALL
from tests.functional.handwritten import CURRENT, MONDAY, TOWNS, Delivery

PAGE = Path(__file__).parents[2] / "docs" / "adding.md"
EXAMPLES = dict(
    re.findall(r"^`([\w/]+\.(?:sql|yaml))`\n\n```(?:sql|yaml)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
)
"""The files that the page shows, by their place in `features/`."""
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


def everywhere(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One official's account asks on Thursday in a department after the other."""
    day = MONDAY + timedelta(days=3)
    chosen = [row["requester_user"] == "u02" and row["requested_at"].date() == day for row in rows]
    return [
        row | {"requester_department": f"D{n % 6}"} if there else row
        for n, (row, there) in enumerate(zip(rows, chosen, strict=True))
    ]


def refused(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Another's look-ups are all refused, and have no case."""
    return [row | {"result": "refused", "case_ref": None} if row["requester_user"] == "u01" else row for row in rows]


def fivefold(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"request_id": f"{row['request_id']}x{n}"} for row in rows for n in range(5)]


def cases(lake: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.ParquetFile(Lake(lake).cases(Week.parse(CURRENT))).read().to_pylist()
    return rows


def test_each_pair_of_files_on_the_page_finds_what_is_planted(declarations: Path, tmp_path: Path) -> None:
    assert {name.partition("/")[0] for name in EXAMPLES} == {"rules", "explanations", "attributes", "statistics"}
    for name, text in EXAMPLES.items():
        (declarations / name).write_text(text, encoding="utf-8")
    data, lake = tmp_path / "data", tmp_path / "lake"
    Delivery(data).write_all()
    rewrite(data, "132012", lambda rows: refused(everywhere(by_hand(rows))))
    rewrite(data, BUSY.code, fivefold)
    run(["weekly", "--data", str(data), "--lake", str(lake), "--week", CURRENT, "--params", str(SMALL)])
    found = {case["entity_id"]: case for case in cases(lake)}
    reasons = {reason["feature"]: reason for reason in found["132012/u03"]["reasons"]}
    assert "手作業による回答" in reasons["response_mode"]["text_ja"]
    titles = {case["finding"]: case["title_ja"] for case in cases(lake) if case["entity_id"] == BUSY.code}
    assert titles["agency_busy"] == "照会記録の急増"
    hits = pq.ParquetFile(Lake(lake).rule_hits(Week.parse(CURRENT))).read().to_pylist()
    broken = [hit for hit in hits if hit["rule_id"] == "departments_in_a_day"]
    assert {hit["requester_user"] for hit in broken} == {"u02"}
    assert str(MONDAY + timedelta(days=3)) in broken[0]["detail_ja"]
    explained = pq.ParquetFile(Lake(lake).facts("visit_request", Week.parse(CURRENT))).read().to_pylist()
    assert "refused" in {row["explained_by"] for row in explained}


@pytest.mark.parametrize("name", sorted(name for name in EXAMPLES if name.endswith(".sql")))
def test_each_query_on_the_page_is_portable(name: str) -> None:
    assert not faults(EXAMPLES[name])


def test_a_statistic_whose_query_is_missing_is_told(declarations: Path) -> None:
    (declarations / "statistics" / "agency_busy.yaml").write_text(
        EXAMPLES["statistics/agency_busy.yaml"], encoding="utf-8"
    )
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
