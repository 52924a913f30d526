"""DuckDB and a real Spark cluster give the same, for every fact, rule, explanation and statistic."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.spark_cluster import Cluster
from features.build import write_kept
from features.catalogue import Table, explanations, kept_tables, rules, tables
from tests.parity.conftest import Compared

PRECISION = 1e-9
TABLES = [table.name for table in tables()]
ODD = ("affair_surge", "guest_visit", "other_affair")
"""Tables that a few simulated agencies leave empty; the generated week fills them."""


def differences(ours: pa.Table, theirs: pa.Table) -> list[str]:
    """Where two tables differ in columns, types, rows or values; fractions by more than `PRECISION`, relative above 1."""
    if ours.schema.names != theirs.schema.names or ours.num_rows != theirs.num_rows:
        return [f"{ours.schema.names} × {ours.num_rows} and {theirs.schema.names} × {theirs.num_rows}"]
    found = []
    for name in ours.schema.names:
        pairs = zip(ours[name].to_pylist(), theirs[name].to_pylist(), strict=True)
        unlike = [(a, b) for a, b in pairs if not _alike(a, b)]
        if unlike:
            found.append(f"{name}: {len(unlike)} rows, the first {unlike[0]}")
    return found


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=PRECISION, abs_tol=PRECISION)
    return one == other


def in_order(name: str) -> str:
    return f"SELECT * FROM {name} ORDER BY ALL NULLS LAST"


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_table_of_a_simulated_week(simulated: Compared, name: str) -> None:
    ours, theirs = simulated.tables(in_order(name))
    assert ours.num_rows > 0 or name in ODD
    assert not differences(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_table_of_a_generated_week_with_a_worker_killed(generated: Compared, name: str) -> None:
    ours, theirs = generated.tables(in_order(name))
    assert ours.num_rows > 0
    assert not differences(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [rule.name for rule in rules()])
def test_rule(simulated: Compared, generated: Compared, rule: str) -> None:
    sql = in_order(f"(SELECT rule_id, request_id, detail_ja, detail_en FROM rule_hits WHERE rule_id = '{rule}') h")
    assert not differences(*simulated.tables(sql))
    ours, theirs = generated.tables(sql)
    assert ours.num_rows > 0, "a rule that nothing breaks proves nothing"
    assert not differences(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("explanation", [explanation.name for explanation in explanations()])
def test_explanation(simulated: Compared, generated: Compared, explanation: str) -> None:
    sql = in_order(f"(SELECT request_id, explained_by FROM explained WHERE explained_by = '{explanation}') e")
    assert not differences(*simulated.tables(sql))
    ours, theirs = generated.tables(sql)
    assert ours.num_rows > 0, "an explanation that fits nothing proves nothing"
    assert not differences(ours, theirs)


@pytest.mark.slow
def test_a_worker_was_killed_and_another_went_on(generated: Compared, cluster: Cluster) -> None:
    gone = [process.poll() is not None for process in cluster.processes]
    assert gone == [False, True, False]


@pytest.mark.slow
@pytest.mark.parametrize("kept", kept_tables(), ids=lambda kept: kept.name)
def test_kept_file_has_the_same_columns_and_rows(simulated: Compared, tmp_path: Path, kept: Table) -> None:
    files = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    for engine, file in zip((simulated.duckdb, simulated.spark), files, strict=True):
        write_kept(engine, kept.name, file)
    ours, theirs = (pq.read_table(file, partitioning=None) for file in files)
    assert list(ours.schema.names) == list(kept.columns)
    assert [str(t) for t in ours.schema.types] == [str(t) for t in theirs.schema.types]
    assert not differences(ours, theirs)
