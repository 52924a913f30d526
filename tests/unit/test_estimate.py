"""What a run may take, said before it starts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.ingest.landing import Landing
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.estimate import Estimate, estimate
from tests.unit.week_world import WEEK, loaded_lake


def estimated(lake: Lake, data: Path, week: Week, parameters: Parameters) -> Estimate:
    return estimate(lake, Landing.of(data, None, lake), week, parameters)


def delivered(folder: Path, week: Week, rows: int) -> Path:
    landing = folder / "landing" / "linkage_log"
    landing.mkdir(parents=True, exist_ok=True)
    moments = pa.array([week.start + timedelta(minutes=n) for n in range(rows)], pa.timestamp("us"))
    pq.write_table(pa.table({"requested_at": moments}), landing / f"{week}.parquet")
    return folder


def test_empty_lake_takes_all_that_is_delivered(tmp_path: Path) -> None:
    for back, rows in ((0, 300), (1, 200), (2, 100)):
        delivered(tmp_path / "data", WEEK.shift(-back), rows)
    found = estimated(Lake(tmp_path / "lake"), tmp_path / "data", WEEK, Parameters())
    assert (found.waiting, found.weeks, found.requests) == (600, 3, 600)
    assert found.memory == 3e9 + 1.2e9


def test_weeks_beyond_the_look_back_are_ingested_but_need_no_facts(tmp_path: Path) -> None:
    parameters = Parameters()
    delivered(tmp_path / "data", WEEK.shift(-parameters.features.look_back_weeks - 1), 100)
    found = estimated(Lake(tmp_path / "lake"), tmp_path / "data", WEEK, parameters)
    assert (found.waiting, found.weeks) == (100, 0)


def test_loaded_weeks_without_facts_are_counted(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path / "lake")
    rows = sum(pq.read_metadata(lake.log(week)).num_rows for week in lake.weeks() if week <= WEEK)
    found = estimated(lake, tmp_path / "nothing", WEEK, Parameters())
    assert (found.waiting, found.requests) == (0, rows)
    assert found.weeks == len([week for week in lake.weeks() if week <= WEEK])


def test_more_requests_take_longer_and_more_disk(tmp_path: Path) -> None:
    lake, parameters = Lake(tmp_path / "lake"), Parameters()
    few = estimated(lake, delivered(tmp_path / "few", WEEK, 10), WEEK, parameters)
    many = estimated(lake, delivered(tmp_path / "many", WEEK, 10_000), WEEK, parameters)
    assert few.seconds < many.seconds
    assert few.disk < many.disk
    assert "10,000 requests to ingest" in many.sentence()


def test_files_that_are_no_parquet_are_left_to_ingest(tmp_path: Path) -> None:
    data = delivered(tmp_path / "data", WEEK, 5)
    (data / "landing" / "linkage_log" / "torn.parquet").write_bytes(b"PAR1")
    assert estimated(Lake(tmp_path / "lake"), data, WEEK, Parameters()).waiting == 5
