"""Which engine a command uses, and what the Spark engine says where it cannot run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.engines import spark
from features.engines.duckdb import DuckDBEngine
from features.engines.spark import SparkEngine
from features.errors import EngineMissingError
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.facts import facts_engine

MASTER = "spark://host:7077"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a session is asked for, without any cluster."""
    found: dict[str, Any] = {}

    def session(master: str, settings: dict[str, str], log: Path) -> None:
        found.update(master=master, settings=settings, log=log)

    monkeypatch.setattr(spark, "_session", session)
    return found


@pytest.mark.parametrize("name", ["what?now", "a[1]", "all*", "data%20lake", "it's", "レイク 1"])
def test_view_reads_the_named_file_and_no_neighbour(tmp_path: Path, name: str) -> None:
    for folder in (name, name.translate(str.maketrans("?[*", "xxx"))):
        (tmp_path / folder).mkdir(exist_ok=True)
        pq.write_table(pa.table({"folder": [folder]}), tmp_path / folder / "t.parquet")
    with DuckDBEngine() as engine:
        engine.view("t", [tmp_path / name / "t.parquet"])
        assert engine.arrow("SELECT folder FROM t").to_pydict() == {"folder": [name]}


def test_duckdb_is_the_default(tmp_path: Path) -> None:
    assert isinstance(facts_engine(Lake(tmp_path), Parameters()), DuckDBEngine)


def test_engine_and_master_of_the_command_line_go_before_the_file(tmp_path: Path, asked: dict[str, Any]) -> None:
    engine = {"name": "duckdb", "master": "spark://elsewhere:1", "settings": {"spark.executor.memory": "8g"}}
    parameters = Parameters.checked({"engine": engine}, "a file").with_engine("spark", MASTER)
    assert isinstance(facts_engine(Lake(tmp_path), parameters), SparkEngine)
    assert asked["master"] == MASTER
    assert asked["settings"] == {"spark.executor.memory": "8g"}


def test_workers_are_told_their_own_address_of_the_lake(tmp_path: Path, asked: dict[str, Any]) -> None:
    engine = {"name": "spark", "master": MASTER, "lake_address": "s3a://bucket/lake/"}
    made = facts_engine(Lake(tmp_path), Parameters.checked({"engine": engine}, "a file"))
    assert isinstance(made, SparkEngine)
    file = tmp_path / "log" / "week=2026-W46" / "log.parquet"
    assert made._address(file) == "s3a://bucket/lake/log/week=2026-W46/log.parquet"
    assert made._address(made.scratch / "visit").startswith("s3a://bucket/lake/.staging/spark/")
    assert made._address(tmp_path.parent / "log.parquet").startswith("file:///")


def test_changing_the_engine_changes_no_fingerprint() -> None:
    other = Parameters().with_engine("spark", MASTER)
    assert other.features == Parameters().features
    assert other.score == Parameters().score


def test_without_java_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(EngineMissingError, match="openjdk-17-jre-headless"):
        SparkEngine(tmp_path)


@pytest.mark.parametrize("command", ["train", "score", "weekly"])
def test_an_engine_that_is_not_there_is_wrong_usage(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--engine", "hive"]) == 2
    assert "duckdb" in capsys.readouterr().err
