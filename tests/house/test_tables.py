"""Each table of a week is what its declaration says, and nothing is kept that nothing reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.build import Smoothing, WeekInputs, build_week
from features.catalogue import FOLDER, Table, attributes, kept_tables, query_file, tables
from features.engines.duckdb import DuckDBEngine
from features.history import RECENT, read_back
from features.order import EARLIER, build_order, reads
from pipelines.ingest.loading import load
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.parameters import Parameters

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DuckDBEngine:
    """A week of the committed sample in an engine."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    load(ROOT / "data_samples" / "sample", lake, None, Parameters().ingest)
    week = lake.weeks()[-1]
    engine = DuckDBEngine()
    build_week(
        engine, WeekInputs(week, lake.log(week), {t: lake.reference(t) for t in REFERENCE_TABLES}, {}), Smoothing()
    )
    return engine


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_columns_and_types_are_as_declared(built: DuckDBEngine, table: Table) -> None:
    found = {name: kind for name, kind, *_ in built.connection.execute(f"DESCRIBE {table.name}").fetchall()}
    assert found == {name: column.type.replace("STRING", "VARCHAR") for name, column in table.columns.items()}


def test_every_kept_table_is_read_by_later_weeks() -> None:
    texts = [file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.sql")]
    read = frozenset().union(*(reads(text) for text in texts))
    assert {t.name for t in kept_tables()} <= {name.removeprefix(EARLIER).removeprefix(RECENT) for name in read}


@pytest.mark.parametrize("table", kept_tables(), ids=lambda table: table.name)
def test_every_kept_column_is_read(table: Table) -> None:
    """A column counts as read where a query that reads the kept table, now or of earlier weeks, names it."""
    names = {table.name, EARLIER + table.name, RECENT + table.name}
    own = query_file("tables", table.name)
    files = [f for f in FOLDER.rglob("*.sql") if f != own and names & reads(f.read_text(encoding="utf-8"))]
    code = [
        f.read_text(encoding="utf-8")
        for room in ("models", "pipelines")
        for f in (ROOT / room).rglob("*")
        if f.suffix in {".py", ".sql"}
    ]
    texts = [f.read_text(encoding="utf-8") for f in files] + [t for t in code if RECENT + table.name in t]
    assert not [column for column in table.columns if not any(column in text for text in texts)]


def test_order_puts_each_table_after_what_it_reads() -> None:
    order = build_order()
    assert len(order) == len(set(order))
    for table in tables():
        text = next((FOLDER / "tables").rglob(f"{table.name}.sql")).read_text(encoding="utf-8")
        assert all(order.index(name) < order.index(table.name) for name in reads(text) if name in order)


def test_what_is_read_back_is_kept() -> None:
    assert set(read_back()) <= {table.name for table in kept_tables()}
    assert attributes()
