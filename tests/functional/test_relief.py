"""Relief after a disaster: what colleagues do alike is nobody's own, and who misuses it is found all the same."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.conftest import WITHOUT_PAPER
from tests.functional.handwritten import CURRENT, MONDAY, TOWNS, Delivery, Row

TOWN, CREW, MISUSER = TOWNS[0].code, ("u01", "u03", "u05"), "u03"
A_HEAD = 14
"""Look-ups for relief of each of the crew."""


def relief(like: Row) -> list[Row]:
    """The crew looks at households that applied for relief, under these applications, each in an affair of his section."""
    return [
        like | {"request_id": f"RELIEF{user}{n}", "requester_user": user, "requester_terminal": f"T{user}",
                "requested_at": datetime.combine(MONDAY + timedelta(days=n % 4), time(10, 3 * n)),
                "responded_at": None, "subject_key": f"street{user}{n}", "case_ref": f"RELIEF{user}{n}"}
        for user in CREW for n in range(A_HEAD)
    ]  # fmt: skip


def misuse(like: Row) -> list[Row]:
    """One of them looks at people who applied for nothing, at night, in another section's procedure."""
    return [
        like | {"request_id": f"MISUSE{n}", "requester_user": MISUSER, "requester_terminal": f"T{MISUSER}",
                "requested_at": datetime.combine(MONDAY + timedelta(days=2), time(22, 5 * n)), "responded_at": None,
                "affair_code": "JM01", "procedure_code": "JT0101", "item_code": "TM01",
                "subject_key": f"stranger{n}", "case_ref": None}
        for n in range(7)
    ]  # fmt: skip


def applications(rows: list[Row]) -> list[Row]:
    return [
        {"case_ref": r["case_ref"], "agency_code": TOWN, "affair_code": "JM09", "subject_key": r["subject_key"],
         "opened": MONDAY, "closed": None}
        for r in rows
    ]  # fmt: skip


def add(file: Path, rows: list[Row]) -> None:
    table = pq.read_table(file)
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)]), file)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Seven weeks of which the last has relief at a town, and a colleague's misuse beside it."""
    data, root = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("lake")
    Delivery(data).write_all()
    file = data / "landing" / "linkage_log" / str(MONDAY.isocalendar().week) / f"{TOWN}.parquet"
    like = next(row for row in pq.read_table(file).to_pylist() if row["requester_user"] == CREW[0])
    asked = relief(like)
    add(file, asked + misuse(like))
    add(data / "reference" / "cases.parquet", applications(asked))
    run(["weekly", "--data", str(data), "--lake", str(root), "--week", CURRENT, "--params", str(WITHOUT_PAPER)])
    return Lake(root)


def rows(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.ParquetFile(file).read().to_pylist()
    return found


def test_what_three_colleagues_do_alike_has_a_reason(lake: Lake) -> None:
    reasons = {r["request_id"]: r["explained_by"] for r in rows(lake.facts("visit_request", Week.parse(CURRENT)))}
    assert {reasons[name] for name in reasons if name.startswith("RELIEF")} == {"case_of_other_affair"}
    assert {reasons[f"MISUSE{n}"] for n in range(7)} == {None}


def test_a_colleague_who_misuses_in_those_weeks_is_found_for_his_own(lake: Lake) -> None:
    own = next(c for c in rows(lake.cases(Week.parse(CURRENT))) if c["entity_id"] == f"{TOWN}/{MISUSER}")
    assert own["rank"] <= 2
    assert sum(name.startswith("MISUSE") for name in own["request_ids"][:7]) == 7
    assert own["finding"] in ("official_week", "one_attribute")


def test_nobody_of_the_others_is_named_for_relief(lake: Lake) -> None:
    cases = rows(lake.cases(Week.parse(CURRENT)))
    named = [c for c in cases if c["entity_id"] in (f"{TOWN}/{CREW[0]}", f"{TOWN}/{CREW[2]}")]
    unexplained = [
        c for c in named for r in c["reasons"] if r["feature"].startswith("unexplained") and r["actual"] >= A_HEAD
    ]
    assert not unexplained
