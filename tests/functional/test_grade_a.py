"""The record that the law itself keeps names agencies and nobody else: it is judged, reported and evaluated all the same."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.grade_a import KEPT, strip
from features.catalogue import statistics
from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.steps.training import registry
from tests.functional.conftest import SMALL

SAMPLE = Path(__file__).parents[2] / "data_samples" / "sample"
WEEK = Week.parse("2026-W46")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lake]:
    """The committed sample without officials, people and cases, and the lake after `shirabe weekly`."""
    base = tmp_path_factory.mktemp("grade_a")
    assert strip(SAMPLE, base / "data")
    lake = Lake(base / "lake")
    places = ["--data", str(base / "data"), "--lake", str(lake.root), "--params", str(SMALL)]
    assert run(["weekly", "--force", *places, "--week", str(WEEK)]) in (0, 10)
    return base / "data", lake


def test_the_log_holds_what_the_law_records(world: tuple[Path, Lake]) -> None:
    _, lake = world
    log = pq.ParquetFile(lake.log(WEEK)).read()
    assert log["requester_user"].null_count == log.num_rows
    assert "requester_user" not in KEPT


def test_cases_are_about_agencies_and_show_their_rows(world: tuple[Path, Lake]) -> None:
    _, lake = world
    cases = pq.ParquetFile(lake.cases(WEEK)).read().to_pylist()
    assert cases
    assert {case["entity"] for case in cases} == {"agency"}
    assert not any(case["users"] or case["subjects"] for case in cases)
    counted = [
        case for case in cases if statistics()[case["finding"]].counts and statistics()[case["finding"]].side == "more"
    ]
    assert counted
    assert all(case["request_ids"] for case in counted)
    assert not any("{" in case[text] for case in cases for text in ("title_ja", "title_en", "story_ja", "story_en"))


def test_every_agency_is_scored(world: tuple[Path, Lake]) -> None:
    _, lake = world
    asking = set(pq.ParquetFile(lake.log(WEEK)).read()["requester_agency"].to_pylist())
    scored = pq.ParquetFile(lake.scores("agency", WEEK)).read()
    assert asking <= set(scored["entity_id"].to_pylist())


def test_such_a_record_is_evaluated(world: tuple[Path, Lake]) -> None:
    data, lake = world
    assert run(["evaluate", "--lake", str(lake.root), "--truth", str(data / "truth.parquet")]) == 0


def test_what_detectors_see_of_agencies_is_published_and_they_are_registered(world: tuple[Path, Lake]) -> None:
    _, lake = world
    seen = pq.ParquetFile(lake.features("agency", WEEK)).read()
    assert seen.column_names[:3] == ["week", "entity_id", "agency_code"]
    assert {str(kind) for kind in seen.schema.types[3:]} == {"double"}
    assert "agency_item" in seen.column_names
    procedures = pq.ParquetFile(lake.features("agency_procedure", WEEK)).read()
    assert all(row["entity_id"] == f"{row['agency_code']}/{row['procedure_code']}" for row in procedures.to_pylist())
    agencies = registry(lake).champion().bundle.agencies
    assert set(agencies.feature_names) == set(seen.column_names[3:])
    assert agencies.detectors
