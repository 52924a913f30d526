"""Accepted rows into the weeks of the log: what is there already stays, what is new joins it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from features.engines.duckdb import DuckDBEngine, quoted
from features.weeks import Week
from pipelines.ingest import sql
from pipelines.lake import Lake

ORDER = "requester_agency NULLS LAST, requester_user NULLS LAST, requested_at, request_id"
IDS = "md5_number_lower(request_id)"


def ids_file(lake: Lake, week: Week) -> Path:
    """The hashes of a week's request ids, by which later deliveries are checked without reading the log."""
    return lake.root / "ids" / f"week={week}" / "ids.parquet"


@dataclass(frozen=True)
class Merge:
    """The merging of one batch: table `checked` in the engine becomes `accepted`, `rejected`, and new week files."""

    engine: DuckDBEngine
    lake: Lake
    staging: Path
    drafts: dict[Path, Path]

    def current(self, target: Path) -> Path | None:
        """Where a file's present content lies: drafted in this run, in its place, or nowhere."""
        drafted = [draft for draft, place in self.drafts.items() if place == target]
        return drafted[-1] if drafted else target if target.exists() else None

    def split(self) -> None:
        """Mark duplicates and conflicts: the first of a request and copy stays, judged in the order of the files."""
        self._prior()
        run = self.engine.connection.execute
        run("""CREATE OR REPLACE TEMP TABLE ranked AS
            SELECT c.*, row_number() OVER (PARTITION BY c.request_id, c.record_copy ORDER BY c.file_order, c.row_number) AS place
            FROM checked c WHERE c.reason IS NULL""")
        run(f"""CREATE OR REPLACE TEMP TABLE judged AS
            SELECT r.*, coalesce(p.delivery_id, f.delivery_id) AS first_delivery,
              CASE WHEN p.request_id IS NOT NULL THEN
                     CASE WHEN p.lone AND ({sql.differs("r", "p")}) OR NOT p.lone AND ({sql.contradicts("r", "p")}) THEN 'conflict' ELSE 'duplicate' END
                   WHEN r.place > 1 THEN CASE WHEN {sql.differs("r", "f")} THEN 'conflict' ELSE 'duplicate' END
                   ELSE 'new' END AS verdict
            FROM ranked r
            LEFT JOIN prior p ON p.request_id = r.request_id AND contains('+' || p.record_copies || '+', '+' || r.record_copy || '+')
            LEFT JOIN ranked f ON f.request_id = r.request_id AND f.record_copy = r.record_copy AND f.place = 1 AND r.place > 1""")
        # Another copy that would put the request into another week contradicts the first one.
        run("""CREATE OR REPLACE TEMP TABLE accepted AS
            SELECT j.* FROM judged j LEFT JOIN prior p ON p.request_id = j.request_id
            WHERE j.verdict = 'new' AND (p.request_id IS NULL OR p.monday = j.monday)""")
        run("""CREATE OR REPLACE TEMP TABLE rejected AS
            SELECT j.* REPLACE ('request_id comes again with other content, first in delivery ' || j.first_delivery || ', again in ' || j.delivery_id AS reason)
            FROM judged j WHERE j.verdict = 'conflict'
            UNION ALL
            SELECT j.* REPLACE ('request_id comes again with another week, first in delivery ' || p.delivery_id || ', again in ' || j.delivery_id AS reason)
            FROM judged j JOIN prior p ON p.request_id = j.request_id WHERE j.verdict = 'new' AND p.monday <> j.monday""")

    def _prior(self) -> None:
        """The table `prior`: requests of the lake whose ids come again in this batch."""
        columns = ", ".join(sql.NAMES)
        run = self.engine.connection.execute
        run(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT DISTINCT {IDS} AS id FROM checked WHERE reason IS NULL")
        parts = []
        for week in self._weeks_known():
            ids, log = self.current(ids_file(self.lake, week)), self.current(self.lake.log(week))
            if ids is None or log is None:
                continue
            if run(f"SELECT 1 FROM read_parquet({quoted(ids)}) SEMI JOIN fresh USING (id) LIMIT 1").fetchall():
                parts.append(
                    f"SELECT {columns}, record_copies, delivery_id, DATE '{week.monday}' AS monday FROM read_parquet({quoted(log)}, hive_partitioning = false) WHERE {IDS} IN (SELECT id FROM fresh)"
                )
        nothing = f"SELECT {columns}, record_copy AS record_copies, delivery_id, monday FROM checked WHERE false"
        run(
            f"CREATE OR REPLACE TEMP TABLE prior AS SELECT *, NOT contains(record_copies, '+') AS lone FROM ({' UNION ALL '.join([nothing, *parts])})"
        )

    def _weeks_known(self) -> list[Week]:
        drafted = {
            Week.parse(t.parent.name.removeprefix("week=")) for t in self.drafts.values() if t.name == "log.parquet"
        }
        return sorted({*self.lake.weeks(), *drafted})

    def write_weeks(self) -> list[Week]:
        """Draft every week that gains rows, with its ids and the differences between copies."""
        run = self.engine.connection.execute
        run(f"CREATE OR REPLACE TEMP TABLE joined AS {sql.reconciled()}")
        mondays: list[date] = [row[0] for row in run("SELECT DISTINCT monday FROM joined ORDER BY monday").fetchall()]
        for monday in mondays:
            self._write_week(Week(monday))
        return [Week(monday) for monday in mondays]

    def _write_week(self, week: Week) -> None:
        columns = ", ".join(sql.NAMES)
        new = f"SELECT {columns}, record_copies, delivery_id FROM joined WHERE monday = DATE '{week.monday}'"
        present = self.current(self.lake.log(week))
        if present is not None:
            old = f"SELECT {columns}, record_copies, delivery_id FROM read_parquet({quoted(present)}, hive_partitioning = false)"
            new = self._merged(old, new)
        self._draft(self.lake.log(week), f"SELECT * FROM ({new}) ORDER BY {ORDER}")
        log = self.current(self.lake.log(week))
        assert log is not None
        self._draft(ids_file(self.lake, week), f"SELECT {IDS} AS id FROM read_parquet({quoted(log)}) ORDER BY id")
        self._write_differences(week, log)

    def _merged(self, old: str, new: str) -> str:
        """Old rows and new ones; a further copy fills what the earlier ones left empty."""
        filled = ", ".join(f"coalesce(o.{n}, n.{n}) AS {n}" for n in sql.NAMES)
        copies = """CASE WHEN o.request_id IS NULL THEN n.record_copies WHEN n.request_id IS NULL THEN o.record_copies
            ELSE array_to_string(list_sort(list_distinct(string_split(o.record_copies || '+' || n.record_copies, '+'))), '+') END"""
        return f"SELECT {filled}, {copies} AS record_copies, coalesce(o.delivery_id, n.delivery_id) AS delivery_id FROM ({old}) o FULL JOIN ({new}) n ON n.request_id = o.request_id"

    def _write_differences(self, week: Week, log: Path) -> None:
        target = self.lake.facts("copy_differences", week)
        source = f"read_parquet({quoted(log)}, hive_partitioning = false)"
        found = self.engine.connection.execute(
            f"SELECT 1 FROM {source} WHERE record_copies <> 'core' LIMIT 1"
        ).fetchall()
        if not found:
            return
        parts = [
            _missing(source, "requester", "requester_agency"),
            _missing(source, "provider", "provider_agency"),
            _missing(source, "core", "requester_agency"),
        ]
        parts += [self._contradictions(week, name) for name in sql.COMPARED]
        earlier = self.current(target)
        if earlier is not None:
            parts.append(
                f"SELECT request_id, requester_agency, copy, difference FROM read_parquet({quoted(earlier)}, hive_partitioning = false) WHERE difference NOT LIKE 'missing%'"
            )
        self._draft(target, f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL")

    def _contradictions(self, week: Week, name: str) -> str:
        return f"""SELECT a.request_id, j.requester_agency, a.record_copy AS copy, '{name}' AS difference
            FROM accepted a JOIN joined j ON j.request_id = a.request_id
            LEFT JOIN prior p ON p.request_id = a.request_id
            WHERE a.monday = DATE '{week.monday}' AND a.{name} <> coalesce(p.{name}, j.{name})"""

    def _draft(self, target: Path, query: str) -> None:
        draft = self.staging / f"{len(self.drafts):05d}{target.suffix}"
        self.engine.parquet(query, draft)
        self.drafts[draft] = target


def _missing(source: str, copy: str, owner: str) -> str:
    """Requests without a copy that their agency otherwise delivers in this week."""
    has = f"contains('+' || record_copies || '+', '+{copy}+')"
    return f"""SELECT request_id, requester_agency, '{copy}' AS copy, 'missing_{copy}' AS difference FROM {source}
        WHERE NOT {has} AND {owner} IN (SELECT {owner} FROM {source} WHERE {has})"""
