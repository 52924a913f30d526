"""A real standalone cluster, and two weeks computed on it and on DuckDB; each is made once."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks.spark_cluster import Cluster, running
from features.build import Smoothing, WeekInputs, build_week
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Engine, Scalar
from features.engines.spark import SparkEngine
from pipelines.ingest.loading import load
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.sample import write_world
from pipelines.steps.facts import prepare, week_inputs
from tests.parity.generated import generate

QUICK = {
    "spark.executor.memory": "768m",
    # A few thousand rows on two cores: more partitions and an optimising compiler would only cost.
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@dataclass(frozen=True)
class Compared:
    """The same week in two engines."""

    duckdb: DuckDBEngine
    spark: SparkEngine
    log: Path

    def tables(self, sql: str, parameters: Mapping[str, Scalar] | None = None) -> tuple[pa.Table, pa.Table]:
        """What the engines answer."""
        return self.duckdb.arrow(sql, parameters), self.spark.arrow(sql, parameters)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One master, two workers, each a process; skipped where Java or pyspark are missing, which in CI fails."""
    if shutil.which("java") is None or find_spec("pyspark") is None:
        pytest.skip("parity on Spark needs Java (openjdk-17-jre-headless) and pyspark")
    with running(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="session")
def spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], SparkEngine]]:
    """Opens an engine on the cluster; all share one session."""
    scratch = tmp_path_factory.mktemp("scratch")
    yield lambda: SparkEngine(scratch, cluster.master, QUICK)
    SparkEngine(scratch, cluster.master, QUICK).stop()


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A simulated world of four weeks; the facts of the first three are there."""
    base = tmp_path_factory.mktemp("simulated")
    parameters = Parameters()
    world = parameters.simulate.model_copy(update={"weeks": 4, "agencies": 20, "seed": 3})
    write_world(base / "data", world, EventLog())
    made = Lake(base / "lake")
    load(base / "data", made, None, parameters.ingest)
    prepare(made, made.weeks()[-2], parameters)
    return made


@pytest.fixture(scope="session")
def simulated(lake: Lake, spark: Callable[[], SparkEngine]) -> Iterator[Compared]:
    """The last simulated week, with its history, in both engines."""
    inputs = week_inputs(lake, lake.weeks()[-1])
    with DuckDBEngine() as ours, spark() as theirs:
        build_both(ours, theirs, inputs)
        yield Compared(ours, theirs, inputs.log)


@pytest.fixture(scope="session")
def generated(
    simulated: Compared, cluster: Cluster, spark: Callable[[], SparkEngine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compared]:
    """The generated week in both engines; one of the two workers is killed while Spark computes it."""
    inputs = generate(tmp_path_factory.mktemp("generated"))
    killing = threading.Timer(5.0, cluster.kill_worker, [0])
    with DuckDBEngine() as ours, spark() as theirs:
        killing.start()
        build_both(ours, theirs, inputs)
        assert not killing.is_alive(), "Spark was done before the worker was killed"
        yield Compared(ours, theirs, inputs.log)


def build_both(ours: Engine, theirs: Engine, inputs: WeekInputs) -> None:
    """Make all tables of a week in two engines."""
    for engine in (ours, theirs):
        build_week(engine, inputs, Smoothing())
