"""Apache Spark as the engine: the same SQL text on a cluster; results come back to the driver as Arrow.

Only SQL runs there: workers need Java and sight of the lake, neither Python nor this program.
"""

from __future__ import annotations

import logging
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from features.engines.engine import Scalar
from features.errors import EngineMissingError

_PARAMETER = re.compile(r"\$(\w+)")
_LOOPBACK = re.compile(r"^local|//(?:127\.0\.0\.1|localhost)[:/]")
SETTINGS: Mapping[str, str] = {
    # Wall-clock times carry no zone; with Spark's own default they would be instants of the session's zone.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "Asia/Tokyo",
    # DuckDB stops at what cannot be computed; without this Spark would put a null there.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""What results depend on, and what suits a driver without a screen; an operator's settings come on top."""


@dataclass
class SparkEngine:
    """A session on a Spark cluster.

    Tables are kept as Parquet below `scratch`, a folder that driver and workers see alike: a worker that dies takes
    none with it, and plans stay short. Where workers see the lake under another address than the driver (a bucket
    that the driver has mounted), `addresses` maps the driver's folders to theirs.
    """

    scratch: Path
    master: str = "local[2]"
    settings: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[Path, str] = field(default_factory=dict)
    session: Any = field(init=False)
    _parts: dict[str, list[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        base = self.scratch.resolve()
        self.scratch = base / uuid.uuid4().hex
        self.session = _session(self.master, self.settings, base / "driver.log")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget all tables; the session stays for the next week, whose start would cost seconds."""
        for name in self._parts:
            self.session.catalog.dropTempView(name)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def stop(self) -> None:
        """End the session and free the cluster."""
        self.session.stop()

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Name the union of some Parquet files (at least one)."""
        reader = self.session.read.option("mergeSchema", str(len(files) > 1).lower())
        reader.parquet(*(self._address(file) for file in files)).createOrReplaceTempView(name)
        self._parts[name] = []

    def table(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Keep the result of a query under a name."""
        self._keep(name, [], sql, parameters)

    def append(self, name: str, sql: str, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Add the rows of a query, which may read the table itself, to a kept table of the same columns."""
        self._keep(name, self._parts[name], sql, parameters)

    def _keep(self, name: str, before: list[str], sql: str, parameters: Mapping[str, Scalar] | None) -> None:
        frame = self._query(sql, parameters)
        folder = self._address(self.scratch / f"{name}-{uuid.uuid4().hex}")
        frame.write.parquet(folder)
        self._parts[name] = [*before, folder]
        self.session.read.schema(frame.schema).parquet(*self._parts[name]).createOrReplaceTempView(name)

    def given(self, name: str, rows: pa.Table) -> None:
        """Name a small table that the caller has at hand."""
        self.session.createDataFrame(rows).createOrReplaceTempView(name)
        self._parts[name] = []

    def arrow(self, sql: str, parameters: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The result of a query, in the driver's memory."""
        return self._query(sql, parameters).toArrow()

    def parquet(self, sql: str, target: Path, parameters: Mapping[str, Scalar] | None = None) -> int:
        """Write the result of a query, which passes through the driver's memory, to one file; returns its rows."""
        rows = self.arrow(sql, parameters)
        pq.write_table(rows, target, compression="zstd", row_group_size=122_880)
        return int(rows.num_rows)

    def _query(self, sql: str, parameters: Mapping[str, Scalar] | None) -> Any:
        return self.session.sql(_PARAMETER.sub(r":\1", sql), args=dict(parameters or {}))

    def _address(self, path: Path) -> str:
        whole = path.resolve()
        for folder, address in self.addresses.items():
            if whole.is_relative_to(folder.resolve()):
                return f"{address.rstrip('/')}/{whole.relative_to(folder.resolve()).as_posix()}"
        # Not `as_uri`: Hadoop takes a path as it is written and knows no escapes.
        return f"file://{whole.as_posix()}"


def _session(master: str, settings: Mapping[str, str], log: Path) -> Any:
    """The session, begun or found; EngineMissingError without pyspark or Java."""
    if shutil.which("java") is None:
        raise EngineMissingError(
            "the engine spark needs Java 17 or later on the driver; on Debian: apt-get install openjdk-17-jre-headless"
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineMissingError("the engine spark is an extra; install it: pip install 'shirabe[spark]'") from None
    logging.getLogger("py4j").setLevel(logging.WARNING)
    # A session of its own on the one connection to the cluster: engines do not see each other's tables.
    session = SparkSession(_connection(master, settings, log)).newSession()
    for key, value in (dict(SETTINGS) | dict(settings)).items():
        if key.startswith("spark.sql."):
            session.conf.set(key, value)
    return session


def _connection(master: str, settings: Mapping[str, str], log: Path) -> Any:
    """The connection to the cluster, begun or found; what the Java process says goes to a file.

    Its stream of warnings would stand between the lines that `--log-format json` promises.
    """
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    if SparkContext._active_spark_context is not None:
        return SparkContext._active_spark_context
    here = {"spark.driver.host": "127.0.0.1"} if _LOOPBACK.search(master) else {}
    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("shirabe")
    conf.setAll(list((here | dict(SETTINGS) | dict(settings)).items()))
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("wb") as stream:
            launch: Any = launch_gateway
            gateway = launch(conf, {"stdout": stream, "stderr": stream})
        context = SparkContext(gateway=gateway, conf=conf)
    except (PySparkRuntimeError, OSError) as error:
        raise EngineMissingError(f"Spark does not start ({type(error).__name__}); {log} says why") from None
    context.setLogLevel("ERROR")
    return context
