"""Real officials' look-ups, in a form of their own, through the same steps as any log."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.contract_tables import columns_of

SAMPLES = Path(__file__).parents[2] / "data_samples"
LOG, MAPPING = SAMPLES / "eugene_police_lookups_2025.parquet", SAMPLES / "mappings" / "eugene_police.yaml"
WEEK = Week.parse("2025-W42")
"""A week in which use had fallen to a quarter: few look-ups are no reason to refuse the report."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    root = tmp_path_factory.mktemp("police") / "lake"
    given = ["--data", str(LOG), "--mapping", str(MAPPING), "--lake", str(root), "--week", str(WEEK)]
    assert run(["weekly", *given]) == 0
    return Lake(root)


def test_every_look_up_is_loaded(lake: Lake) -> None:
    loaded = sum(pq.read_metadata(lake.log(week)).num_rows for week in lake.weeks())
    assert loaded == pq.read_metadata(LOG).num_rows


def test_officers_are_scored(lake: Lake) -> None:
    scores = pq.read_table(lake.scores("user", WEEK), partitioning=None)
    log = pq.read_table(lake.log(WEEK), partitioning=None)
    assert not columns_of("scores").keys() - set(scores.column_names)
    assert set(scores["entity_id"].to_pylist()) == {f"EUGENE-PD/{u}" for u in log["requester_user"].to_pylist()}


def test_report_opens_without_network(lake: Lake) -> None:
    page = (lake.report(WEEK) / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)


def test_no_step_knows_the_data_set() -> None:
    """Only the mapping does."""
    rooms = [SAMPLES.parent / room for room in ("features", "models", "reports", "pipelines")]
    text = (
        f.read_text(encoding="utf-8") for room in rooms for f in room.rglob("*") if f.suffix in {".py", ".sql", ".yaml"}
    )
    assert not any(re.search("eugene|police", t, re.IGNORECASE) for t in text)
