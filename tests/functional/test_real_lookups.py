"""Real officials' look-ups, through the mapping and then through the same steps as any log, week by week."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.ingest.ledger import read_ledger
from pipelines.lake import Lake
from tests.functional.conftest import SMALL

ROOT = Path(__file__).parents[2]
LOG = ROOT / "data_samples" / "eugene_police_lookups_2025.parquet"
MAPPING = ROOT / "data_samples" / "mappings" / "eugene_police.yaml"
WEEKS = (Week.parse("2025-W35"), Week.parse("2025-W36"))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("police") / "lake")
    for week in WEEKS:
        arguments = [
            "weekly",
            "--data",
            str(LOG),
            "--mapping",
            str(MAPPING),
            "--lake",
            str(lake.root),
            "--params",
            str(SMALL),
        ]
        assert run([*arguments, "--week", str(week), "--capacity", "10"]) == 0
    return lake


def test_every_row_arrives(lake: Lake) -> None:
    assert [(entry.rows, entry.loaded) for entry in read_ledger(lake)] == [(4294, 4294)]
    log = pq.read_table(lake.log(WEEKS[0]), partitioning=None)
    assert set(log["requester_agency"].to_pylist()) == {"EUGENE-PD"}
    assert all(code.startswith("JT-") for code in log["procedure_code"].to_pylist())


def test_hours_are_the_officers_own(lake: Lake) -> None:
    delivered = {row["search_id"]: row["searched_at_utc"] for row in pq.read_table(LOG).to_pylist()}
    for row in pq.read_table(lake.log(WEEKS[0]), partitioning=None).to_pylist():
        assert (delivered[row["request_id"]] - row["requested_at"]).total_seconds() == 7 * 3600


@pytest.mark.parametrize("week", WEEKS, ids=str)
def test_each_week_has_a_report_whose_cases_have_reasons_and_evidence(lake: Lake, week: Week) -> None:
    assert (lake.report(week) / "report.html").exists()
    cases = pq.read_table(lake.cases(week), partitioning=None).to_pylist()
    assert 0 < len(cases) <= 10
    assert all(case["reasons"] and case["request_ids"] for case in cases if case["entity"] == "user")
    assert {case["agency_code"] for case in cases} == {"EUGENE-PD"}


def test_all_officers_of_the_week_are_scored(lake: Lake) -> None:
    officers = {row["requester_user"] for row in pq.read_table(lake.log(WEEKS[1]), partitioning=None).to_pylist()}
    scores = pq.read_table(lake.scores("user", WEEKS[1]), partitioning=None).to_pylist()
    assert {score["entity_id"] for score in scores} == {f"EUGENE-PD/{officer}" for officer in officers}
    assert all(0 <= score["score"] <= 100 for score in scores)
