"""The rows of a batch: which are plainly new, which are faulty, which come again or as a further copy of a record.

Only the hash of each request id is held for all rows. The full rows are read for those alone that are faulty or
whose id is met a second time, in the batch or in the lake; nearly all rows never pass through a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from features.contract.columns import NAMES
from features.engines.duckdb import DuckDBEngine, quoted
from features.weeks import Week
from pipelines.ingest.faults import fault_sql
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.scan import Readable, delivered_rows
from pipelines.lake import Lake

COLUMNS = ", ".join(NAMES)
CHOSEN = NAMES[1:]
CLOCKS_APART = 10
"""Minutes by which the clocks of two servers may differ; what differs by as much is no copy of the same request."""
ASTRAY = "an answer ten minutes or more before the request, by the clocks of two copies"


def _settled(column: str) -> str:
    """A column of a request that has several copies."""
    first = f"coalesce(c.{column}, r.{column}, p.{column})"
    if column == "result":
        return "a.result"
    if column == "responded_at":
        asked = first.replace("responded_at", "requested_at")
        return f"CASE WHEN a.responded_at IS NOT NULL THEN greatest(a.responded_at, {asked}) END"
    return first


def statement(file: str, **parts: str) -> str:
    """A statement of this package with its parts filled in."""
    return resources.files(__package__).joinpath(file).read_text(encoding="utf-8").format(**parts)


def copies_file(lake: Lake, week: Week) -> Path:
    """All delivered copies of the week's requests that have more than one."""
    return lake.root / "copies" / f"week={week}" / "copies.parquet"


@dataclass(frozen=True)
class RequestIds:
    """The hashes of a week's request ids, by which later deliveries are checked without reading the log.

    The engine's hash is by far the cheapest, but its makers may change it: it is part of the folder's name, so that
    another hash finds no file and they are made anew.
    """

    engine: DuckDBEngine
    lake: Lake

    def file(self, week: Week) -> Path:
        """Where they lie."""
        probe = self.engine.connection.execute("SELECT printf('%x', hash('処理通番'))").fetchall()[0][0]
        return self.lake.root / "ids" / str(probe) / f"week={week}" / "ids.parquet"

    def complete(self) -> None:
        """Make those that are missing."""
        for week in self.lake.weeks():
            if not self.file(week).exists():
                with self.lake.replacing(self.file(week)) as draft:
                    self.draft(self.lake.log(week), draft)

    def draft(self, log: Path, draft: Path) -> None:
        """Write those of a log."""
        self.engine.parquet(f"SELECT hash(request_id) AS id FROM read_parquet({quoted(log)})", draft)

    def meet(self, arrived: str) -> None:
        """The table `known`: hashes of `arrived` that the lake has, and in which weeks."""
        files = ", ".join(quoted(self.file(week)) for week in self.lake.weeks())
        nothing = "SELECT CAST(0 AS UBIGINT) AS id, '' AS week WHERE false"
        known = (
            f"SELECT id, week FROM read_parquet([{files}], hive_partitioning = true, hive_types = {{'week': VARCHAR}}) "
            f"SEMI JOIN {arrived} USING (id)"
        )
        self.engine.table("known", known if files else nothing)


@dataclass(frozen=True)
class Arrival:
    """A batch on its way into the lake; the engine has its files as table `delivery`."""

    engine: DuckDBEngine
    lake: Lake
    files: Sequence[Readable]
    mapping: LogMapping | None

    def judge(self, latest: str) -> None:
        """Sort out all rows; see the tables of `judge.sql`. `latest`: no record can be of this moment or later."""
        self._scan(latest)
        RequestIds(self.engine, self.lake).meet("(SELECT id FROM arrived WHERE fault = 0)")
        self._pick()
        self._prior()
        preferred = ", ".join(f"{_settled(n)} AS {n}" for n in CHOSEN)
        differs = "(" + " OR ".join(f"r.{n} IS DISTINCT FROM s.{n}" for n in CHOSEN) + ")"
        parts = {"columns": COLUMNS, "differs": differs, "preferred": preferred, "minutes": str(CLOCKS_APART)}
        self.engine.connection.execute(statement("judge.sql", **parts))

    def _scan(self, latest: str) -> None:
        """The table `arrived`: a few bytes for each row of the batch."""
        self.engine.table("arrived", f"""
            SELECT f, row_number, hash(request_id) AS id, record_copy <> 'core' AS other_copy, unknowns,
                   {fault_sql()} AS fault,
                   CASE WHEN requested_at >= TIMESTAMP '2015-01-01' AND requested_at < $latest
                        THEN CAST(date_trunc('week', requested_at) AS DATE) END AS monday
            FROM ({delivered_rows(self.files, self.mapping)})""".replace("$latest", f"TIMESTAMP '{latest}'"))  # fmt: skip

    def _pick(self) -> None:
        """The tables `wanted` and `picked`: rows that are faulty or whose id is met again."""
        self.engine.table("wanted", """
            WITH again AS (
                SELECT id FROM arrived WHERE fault = 0 GROUP BY id HAVING count(*) > 1 OR bool_or(other_copy)
                UNION SELECT id FROM known)
            SELECT f, row_number, fault FROM arrived WHERE fault > 0
            UNION ALL
            SELECT f, row_number, fault FROM arrived SEMI JOIN again USING (id) WHERE fault = 0""")  # fmt: skip
        numbers = {f for (f,) in self.engine.connection.execute("SELECT DISTINCT f FROM wanted").fetchall()}
        files = [file for f, file in enumerate(self.files) if f in numbers] or self.files[:1]
        rows = delivered_rows(files, self.mapping)
        self.engine.table("picked", f"SELECT s.*, w.fault FROM ({rows}) s JOIN wanted w USING (f, row_number)")

    def _prior(self) -> None:
        """The tables `prior`, all copies in the lake of the requests that come again, and `home`, their weeks."""
        weeks = [Week.parse(w) for (w,) in self.engine.connection.execute("SELECT DISTINCT week FROM known").fetchall()]
        empty = f"SELECT {COLUMNS}, record_copy, delivery_id, DATE '2000-01-03' AS monday FROM picked WHERE false"
        again = "request_id IN (SELECT request_id FROM picked WHERE fault = 0)"
        logs, copies = [empty.replace("record_copy", "record_copy AS record_copies")], [empty]
        for week in sorted(weeks):
            tail = f"delivery_id, DATE '{week.monday}' AS monday"
            source = f"read_parquet({quoted(self.lake.log(week))}, hive_partitioning = false)"
            logs.append(f"SELECT {COLUMNS}, record_copies, {tail} FROM {source} WHERE {again}")
            if copies_file(self.lake, week).exists():
                source = f"read_parquet({quoted(copies_file(self.lake, week))}, hive_partitioning = false)"
                copies.append(f"SELECT {COLUMNS}, record_copy, {tail} FROM {source} WHERE {again}")
        self.engine.table("in_log", " UNION ALL ".join(logs))
        self.engine.table("home", "SELECT request_id, monday FROM in_log")
        lone = f"SELECT {COLUMNS}, record_copies AS record_copy, delivery_id, monday FROM in_log WHERE NOT contains(record_copies, '+')"
        self.engine.table("prior", " UNION ALL ".join([lone, *copies]))
