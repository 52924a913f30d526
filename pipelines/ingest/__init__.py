"""Ingest: delivered files are checked against the log contract and loaded into the lake, each row once."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from features.engines.duckdb import DuckDBEngine, quoted
from features.weeks import Week
from pipelines.ingest import guard, sql
from pipelines.ingest.journal import commit, replay, staging
from pipelines.ingest.ledger import Entry, ledger_file, read_ledger, write_ledger
from pipelines.ingest.reference import draft_calendar, draft_reference
from pipelines.ingest.survey import Delivered, look_at, quick_mark
from pipelines.ingest.weeks import Merge
from pipelines.lake import Lake
from pipelines.mapping import LogMapping

BATCH_ROWS = 8_000_000
"""Rows loaded at a time: bounds the memory of a backfill."""


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. `refused` has one line a newly refused file, with all its faults."""

    files: int
    known: int
    rows_loaded: int
    rows_duplicate: int
    rows_conflicting: int
    rows_quarantined: int
    quarantined_by_reason: dict[str, int]
    weeks: tuple[Week, ...]
    refused: tuple[str, ...]


def ingest(
    data: Path, lake: Lake, mapping: LogMapping | None, today: date, memory_limit: str, threads: int
) -> IngestReport:
    """Load what is new below `data`. Run again, or after a stop at any instruction, it changes only what is missing.

    Raises FileRefusedError if the reference tables cannot be used; refused log files are in the report.
    """
    replay(lake)
    run = _Run(
        data,
        lake,
        mapping,
        today,
        staging(lake),
        DuckDBEngine(memory_limit, threads, lake.root / ".staging" / "spill"),
    )
    with run.engine:
        return run.all()


class _Run:
    """One ingest: its engine, its drafts, its entries in the ledger."""

    def __init__(
        self,
        data: Path,
        lake: Lake,
        mapping: LogMapping | None,
        today: date,
        folder: Path,
        engine: DuckDBEngine,
    ) -> None:
        self.data, self.lake, self.mapping, self.today = data, lake, mapping, today
        self.staging, self.engine = folder, engine
        self.drafts: dict[Path, Path] = {}
        self.entries = read_ledger(lake)
        self.reasons: Counter[str] = Counter()
        self.weeks: set[Week] = set()

    def all(self) -> IngestReport:
        """Survey, check, load, commit."""
        agencies = self.mapping.agencies_query() if self.mapping else None
        self.drafts |= draft_reference(self.engine, self.lake, self.data / "reference", self.staging, agencies)
        files, known = self._new_files()
        promised = self._manifest()
        new = self._judge(files, promised)
        for batch in _batches([f for f, entry in new if entry.status == "loaded"]):
            self._load(batch, {e.delivery_id: e for _, e in new if e.status == "loaded"})
        self.entries += [entry for _, entry in new if entry.status != "loaded"]
        self._finish()
        return self._report(files, known)

    def _landing(self) -> tuple[Path, list[Path]]:
        if self.mapping is None or (self.data / "landing").is_dir():
            folder = self.data / "landing"
            return folder, sorted((folder / "linkage_log").rglob("*.parquet"))
        if self.data.is_file():
            return self.data.parent, [self.data]
        return self.data, sorted(p for p in self.data.rglob("*.parquet") if "reference" not in p.parts)

    def _new_files(self) -> tuple[list[Delivered], list[Entry]]:
        folder, paths = self._landing()
        known = {entry.mark: entry for entry in self.entries}
        fresh, old = [], []
        expected = self.mapping.sources() if self.mapping else None
        for path in paths:
            name = path.relative_to(folder).as_posix()
            mark = quick_mark(path, name)
            if mark in known:
                old.append(known[mark])
            else:
                fresh.append(look_at(path, name, expected))
        return fresh, old

    def _manifest(self) -> dict[str, dict[str, str]]:
        file = self.data / "landing" / "manifest.csv"
        if not file.exists():
            return {}
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return {Path(row["file"]).as_posix(): row for row in csv.DictReader(lines) if row.get("file")}

    def _judge(self, files: list[Delivered], promised: dict[str, dict[str, str]]) -> list[tuple[Delivered, Entry]]:
        """An entry for every new file: refused with all its faults, a duplicate, or to be loaded."""
        before = {entry.sha256 for entry in self.entries if entry.status == "loaded"}
        judged: list[tuple[Delivered, Entry]] = []
        sound = [file for file in files if not file.faults]
        numbers = guard.numbers_found(self.engine, sound) if sound else {}
        for file in files:
            says = promised.get(file.name) or promised.get(file.name.removeprefix("linkage_log/")) or {}
            faults = [*file.faults, *self._mapping_faults(file), *_manifest_faults(file, says)]
            if file.delivery_id in numbers:
                faults.append(numbers[file.delivery_id])
            status = "refused" if faults else "duplicate" if file.sha256 in before else "loaded"
            before.add(file.sha256)
            judged.append((file, Entry(
                file.name, quick_mark(file.path, file.name), file.delivery_id, file.sha256, status, file.rows,
                duplicate=file.rows if status == "duplicate" else 0, reason="; ".join(faults),
                ignored_columns=",".join(file.ignored), source=says.get("source") or "",
                period_from=says.get("period_from") or "", period_to=says.get("period_to") or "",
            )))  # fmt: skip
        return judged

    def _mapping_faults(self, file: Delivered) -> list[str]:
        if self.mapping is None or file.faults:
            return []
        return [
            f"column {name} is missing, the mapping needs it"
            for name in self.mapping.sources().values()
            if name not in file.columns
        ]

    def _load(self, batch: list[Delivered], entries: dict[str, Entry]) -> None:
        run = self.engine.connection.execute
        parts = []
        for order, file in enumerate(batch):
            picked = sql.delivered(file.columns, self.mapping.expressions() if self.mapping else None)
            parts.append((order, file, picked))
        run("CREATE OR REPLACE TEMP TABLE raw AS " + " UNION ALL ".join(_sources(parts)))
        run(
            f"CREATE OR REPLACE TEMP TABLE checked AS {sql.checked()}",
            {"latest": datetime.combine(self.today + timedelta(days=2), datetime.min.time())},
        )
        run("DROP TABLE raw")
        merge = Merge(self.engine, self.lake, self.staging, self.drafts)
        merge.split()
        self.weeks |= set(merge.write_weeks())
        self._quarantine()
        self.entries += [self._counted(entries[file.delivery_id]) for file in batch]

    def _quarantine(self) -> None:
        run = self.engine.connection.execute
        columns = ", ".join((*sql.NAMES, "record_copy", "delivery_id", "row_number", "reason"))
        run(
            f"CREATE OR REPLACE TEMP TABLE aside AS SELECT {columns} FROM checked WHERE reason IS NOT NULL UNION ALL SELECT {columns} FROM rejected"
        )
        for (delivery,) in run("SELECT DISTINCT delivery_id FROM aside ORDER BY 1").fetchall():
            draft = self.staging / f"quarantine-{delivery}.parquet"
            self.engine.parquet(
                f"SELECT * FROM aside WHERE delivery_id = '{delivery}' ORDER BY row_number, reason", draft
            )
            self.drafts[draft] = self.lake.root / "quarantine" / f"{delivery}.parquet"
        short = (
            "CASE WHEN reason LIKE 'request_id comes again%' THEN 'request_id again with other content' ELSE reason END"
        )
        self.reasons.update(dict(run(f"SELECT {short}, count(*) FROM aside GROUP BY 1").fetchall()))

    def _counted(self, entry: Entry) -> Entry:
        where = {"id": entry.delivery_id}
        run = self.engine.connection.execute
        loaded, weeks = run(
            "SELECT count(*), string_agg(DISTINCT strftime(monday, '%G-W%V'), ',' ORDER BY strftime(monday, '%G-W%V')) FROM accepted WHERE delivery_id = $id",
            where,
        ).fetchall()[0]
        conflicting = run("SELECT count(*) FROM rejected WHERE delivery_id = $id", where).fetchall()[0][0]
        duplicate = run(
            "SELECT count(*) FROM judged WHERE delivery_id = $id AND verdict = 'duplicate'", where
        ).fetchall()[0][0]
        bad, unknown = run(
            "SELECT count(*) FILTER (reason IS NOT NULL), count(*) FILTER (unknown_result OR unknown_channel) FROM checked WHERE delivery_id = $id",
            where,
        ).fetchall()[0]
        return replace(
            entry,
            loaded=loaded,
            conflicting=conflicting,
            duplicate=duplicate,
            quarantined=bad,
            unknown_values=unknown,
            weeks=weeks or "",
        )

    def _finish(self) -> None:
        """The calendar and the ledger join the drafts, then everything is put in place at once."""
        weeks = sorted({*self.weeks, *self.lake.weeks()})
        span = (weeks[0].monday, weeks[-1].monday) if weeks else (self.today, self.today)
        self.drafts |= draft_calendar(self.engine, self.lake, self.data / "reference", self.staging, *span)
        ledger = self.staging / "deliveries.parquet"
        if self.entries != read_ledger(self.lake):
            write_ledger(self.entries, ledger)
            self.drafts[ledger] = ledger_file(self.lake)
        latest = {target: draft for draft, target in self.drafts.items()}
        if latest:
            commit(self.lake, {draft: target for target, draft in latest.items()})

    def _report(self, files: list[Delivered], known: list[Entry]) -> IngestReport:
        fresh = {file.name for file in files}
        old = {entry.mark for entry in known}
        mine = [entry for entry in self.entries if entry.file in fresh and entry.mark not in old]
        return IngestReport(
            len(files) + len(known), len(known), sum(e.loaded for e in mine), sum(e.duplicate for e in mine),
            sum(e.conflicting for e in mine), sum(e.quarantined for e in mine), dict(sorted(self.reasons.items())),
            tuple(sorted(self.weeks)), tuple(f"{e.file}: {e.reason}" for e in mine if e.status == "refused"),
        )  # fmt: skip


def _manifest_faults(file: Delivered, says: dict[str, str]) -> list[str]:
    faults = []
    if says.get("sha256") and says["sha256"].lower() != file.sha256:
        faults.append("its SHA-256 is not the one in manifest.csv")
    if says.get("rows") and says["rows"] != str(file.rows) and not file.faults:
        faults.append(f"manifest.csv says {says['rows']} rows, found {file.rows}")
    return faults


def _batches(files: list[Delivered]) -> list[list[Delivered]]:
    batches: list[list[Delivered]] = []
    rows = BATCH_ROWS
    for file in files:
        if rows + file.rows > BATCH_ROWS and rows > 0:
            batches.append([])
            rows = 0
        batches[-1].append(file)
        rows += file.rows
    return batches


def _sources(parts: list[tuple[int, Delivered, str]]) -> list[str]:
    """One SELECT for all files that have the same columns."""
    groups: dict[str, list[tuple[int, Delivered]]] = {}
    for order, file, picked in parts:
        groups.setdefault(picked, []).append((order, file))
    selects = []
    for picked, files in groups.items():
        listed = ", ".join(quoted(file.path) for _, file in files)
        values = ", ".join(f"({quoted(file.path)}, '{file.delivery_id}', {order})" for order, file in files)
        selects.append(
            f"SELECT {picked}, d.delivery_id, d.file_order, file_row_number + 1 AS row_number "
            f"FROM read_parquet([{listed}], filename = true, file_row_number = true, hive_partitioning = false, union_by_name = true) "
            f"JOIN (VALUES {values}) d(path, delivery_id, file_order) ON d.path = filename"
        )
    return selects
