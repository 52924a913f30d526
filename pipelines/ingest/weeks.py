"""A judged batch into the weeks of the log: each week that gains or changes a request is written anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from features.engines.duckdb import DuckDBEngine, quoted
from features.weeks import Week
from pipelines.ingest.rivals import CHOSEN, COLUMNS, Arrival, RequestIds, copies_file, statement
from pipelines.ingest.scan import delivered_rows
from pipelines.lake import Lake

ORDER = "requester_agency NULLS LAST, requester_user NULLS LAST, requested_at, request_id"
_NEW_WEEKS = """
    SELECT DISTINCT monday FROM arrived ANTI JOIN wanted USING (f, row_number)
    UNION SELECT CAST(date_trunc('week', requested_at) AS DATE) FROM settled
    UNION SELECT monday FROM home SEMI JOIN affected USING (request_id)
    ORDER BY monday"""


@dataclass(frozen=True)
class Weeks:
    """Writes the weeks of an arrival as drafts."""

    arrival: Arrival
    staging: Path

    @property
    def engine(self) -> DuckDBEngine:
        """The engine with the judged tables."""
        return self.arrival.engine

    @property
    def lake(self) -> Lake:
        """Where the weeks belong."""
        return self.arrival.lake

    def draft_all(self) -> dict[Path, Path]:
        """Draft every week that changes; draft to place."""
        run = self.engine.connection.execute
        self.engine.table("week_file", "SELECT DISTINCT monday, f FROM arrived WHERE monday IS NOT NULL")
        drafts: dict[Path, Path] = {}
        for (monday,) in run(_NEW_WEEKS).fetchall():
            drafts |= self._draft(Week(monday))
        return drafts

    def _draft(self, week: Week) -> dict[Path, Path]:
        all_ids = RequestIds(self.engine, self.lake)
        places = (
            self.lake.log(week),
            copies_file(self.lake, week),
            all_ids.file(week),
            self.lake.facts("copy_differences", week),
        )
        log, copies, ids, differences = drafts = [self.staging / f"{week}-{place.name}" for place in places]
        self.engine.parquet(f"{self._log(week)} ORDER BY {ORDER}", log)
        several = self.engine.parquet(self._copies(week), copies)
        all_ids.draft(log, ids)
        self.engine.parquet(_differences(log, copies), differences)
        if not several and not copies_file(self.lake, week).exists():
            copies.unlink()
        return {draft: place for draft, place in zip(drafts, places, strict=True) if draft.exists()}

    def _log(self, week: Week) -> str:
        """What the week has, without the requests that gain a copy; what is plainly new; what was settled."""
        ours = f"{COLUMNS}, record_copies, delivery_id"
        parts = [f"SELECT {ours} FROM settled WHERE {_within(week)}"]
        if self.lake.log(week).exists():
            old = f"read_parquet({quoted(self.lake.log(week))}, hive_partitioning = false)"
            parts.append(f"SELECT {ours} FROM {old} ANTI JOIN affected USING (request_id)")
        files = [self.arrival.files[f] for f in self._file_numbers(week.monday)]
        if files:
            rows = delivered_rows(files, self.arrival.mapping)
            parts.append(
                f"SELECT {COLUMNS}, record_copy AS record_copies, delivery_id FROM ({rows}) "
                f"ANTI JOIN wanted USING (f, row_number) WHERE {_within(week)}"
            )
        return f"SELECT {ours} FROM ({' UNION ALL '.join(parts)})"

    def _file_numbers(self, monday: date) -> list[int]:
        rows = self.engine.connection.execute("SELECT f FROM week_file WHERE monday = $1 ORDER BY f", [monday])
        return [f for (f,) in rows.fetchall()]

    def _copies(self, week: Week) -> str:
        parts = [
            f"SELECT {COLUMNS}, record_copy, delivery_id FROM standing SEMI JOIN "
            f"(SELECT request_id FROM settled WHERE contains(record_copies, '+') AND {_within(week)}) USING (request_id)"
        ]
        if copies_file(self.lake, week).exists():
            old = f"read_parquet({quoted(copies_file(self.lake, week))}, hive_partitioning = false)"
            parts.append(f"SELECT {COLUMNS}, record_copy, delivery_id FROM {old} ANTI JOIN affected USING (request_id)")
        return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY request_id, record_copy"


def _within(week: Week) -> str:
    return f"requested_at >= TIMESTAMP '{week.start}' AND requested_at < TIMESTAMP '{week.end}'"


def _differences(log: Path, copies: Path) -> str:
    contradictions = ", ".join(f"CASE WHEN c.{n} <> l.{n} THEN '{n}' END" for n in CHOSEN)
    sources = (f"read_parquet({quoted(file)}, hive_partitioning = false)" for file in (log, copies))
    return statement(
        "differences.sql", contradictions=contradictions, **dict(zip(("log", "copies"), sources, strict=True))
    )
