"""The other world keeps the log contract, and its truth is about rows that were delivered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.otherworld.habits import CALM
from benchmarks.otherworld.world import create
from pipelines.ingest import ingest
from pipelines.lake import Lake

WEEKS, AGENCIES = 3, 20


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("other")
    create(out, CALM, WEEKS, AGENCIES, seed=4, honest=False)
    return out


def ask(world: Path, sql: str) -> list[tuple[object, ...]]:
    link = duckdb.connect()
    link.execute(f"CREATE VIEW log AS FROM read_parquet('{world}/landing/**/*.parquet', union_by_name = true)")
    link.execute(f"CREATE VIEW truth AS FROM read_parquet('{world}/truth.parquet')")
    return link.execute(sql).fetchall()


def test_every_file_is_admitted_and_no_row_set_aside(world: Path, tmp_path: Path) -> None:
    loaded = ingest(world, Lake(tmp_path), None, date(2026, 12, 1), "1GB", 2)
    assert not loaded.refused
    assert loaded.rows_quarantined == 0
    assert len(Lake(tmp_path).weeks()) == WEEKS


def test_what_is_planted_was_delivered(world: Path) -> None:
    assert ask(world, "SELECT count(DISTINCT scenario_id) > 4 FROM truth WHERE NOT hard_negative") == [(True,)]
    assert ask(world, "SELECT count(DISTINCT scenario_id) > 1 FROM truth WHERE hard_negative") == [(True,)]
    missing = "SELECT count(*) FROM truth ANTI JOIN log USING (request_id) WHERE request_id IS NOT NULL"
    assert ask(world, missing) == [(0,)]
    other = """
        SELECT count(*) FROM truth t JOIN log l USING (request_id)
        WHERE t.agency_code <> l.requester_agency OR t.requester_user IS DISTINCT FROM l.requester_user
    """
    assert ask(world, other) == [(0,)]


def test_an_honest_world_has_an_empty_truth(tmp_path: Path) -> None:
    create(tmp_path, CALM, 2, AGENCIES, seed=4, honest=True)
    assert ask(tmp_path, "SELECT count(*) FROM truth") == [(0,)]
    assert ask(tmp_path, "SELECT count(*) > 1000 FROM log") == [(True,)]
