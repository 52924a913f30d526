"""The reference tables: checked, given the contract's types, and always all six in the lake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from features.contract import columns as contract
from features.engines.duckdb import DuckDBEngine, quoted
from features.errors import FileRefusedError
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.stamps import file_fingerprint

HOLIDAYS = Path(contract.__file__).with_name("holidays.csv")


def draft_reference(
    engine: DuckDBEngine, lake: Lake, folder: Path, staging: Path, agencies: str | None
) -> dict[Path, Path]:
    """Drafts of the tables that changed. `agencies` is a query that gives them where a mapping declares them.

    Raises FileRefusedError naming every missing or unusable table at once.
    """
    faults: list[str] = []
    drafts: dict[Path, Path] = {}
    for table in REFERENCE_TABLES:
        file, target = folder / f"{table}.parquet", lake.reference(table)
        if table == "calendar" or (target.exists() and not file.exists() and not (table == "agencies" and agencies)):
            continue
        if table == "agencies" and agencies is None and not file.exists():
            faults.append("reference/agencies.parquet is missing; every delivery needs it once")
            continue
        missing = _lacking(file, table) if file.exists() else []
        if missing:
            faults.append(f"reference/{table}.parquet lacks {', '.join(missing)}")
            continue
        query = agencies if table == "agencies" and agencies else _query(file, table)
        drafts |= _if_changed(engine, query, staging / f"{table}.parquet", target)
    if faults:
        raise FileRefusedError("the reference tables cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    return drafts


def draft_calendar(
    engine: DuckDBEngine, lake: Lake, folder: Path, staging: Path, first: date, last: date
) -> dict[Path, Path]:
    """A draft of the calendar from the first loaded year to the year after the last, if it changed.

    Delivered days stand; others follow the public holidays, weekends and 29 December to 3 January.
    """
    file = folder / "calendar.parquet"
    given = (
        _query(file, "calendar")
        if file.exists()
        else "SELECT NULL::DATE AS date, NULL::BOOLEAN AS is_working_day, NULL::VARCHAR AS holiday_name, NULL::VARCHAR AS note WHERE false"
    )
    query = f"""WITH given AS ({given}), holiday AS (SELECT date::DATE AS date, name FROM read_csv({quoted(HOLIDAYS)})),
        day AS (SELECT CAST(unnest(generate_series(DATE '{first.year}-01-01', DATE '{last.year + 1}-12-31', INTERVAL 1 DAY)) AS DATE) AS date)
        SELECT d.date, coalesce(g.is_working_day, isodow(d.date) < 6 AND h.date IS NULL
                 AND NOT (month(d.date) = 12 AND day(d.date) >= 29) AND NOT (month(d.date) = 1 AND day(d.date) <= 3)) AS is_working_day,
               CASE WHEN g.date IS NULL THEN h.name ELSE g.holiday_name END AS holiday_name, g.note
        FROM day d LEFT JOIN given g ON g.date = d.date LEFT JOIN holiday h ON h.date = d.date ORDER BY d.date"""
    if (
        not file.exists()
        and lake.reference("calendar").exists()
        and _covers(engine, lake.reference("calendar"), first, last)
    ):
        return {}
    return _if_changed(engine, query, staging / "calendar.parquet", lake.reference("calendar"))


def _covers(engine: DuckDBEngine, calendar: Path, first: date, last: date) -> bool:
    begins, ends = engine.connection.execute(
        f"SELECT min(date), max(date) FROM read_parquet({quoted(calendar)})"
    ).fetchall()[0]
    return bool(begins is not None and begins <= first and ends >= last)


def _lacking(file: Path, table: str) -> list[str]:
    try:
        found = set(pq.read_schema(file).names)
    except (OSError, ValueError):
        return ["a readable Parquet footer"]
    return [f"column {c.name} ({c.kind})" for c in contract.REFERENCE[table] if c.required and c.name not in found]


def _query(file: Path, table: str) -> str:
    columns = contract.REFERENCE[table]
    if not file.exists():
        return "SELECT " + ", ".join(f"CAST(NULL AS {c.kind}) AS {c.name}" for c in columns) + " WHERE false"
    found = set(pq.read_schema(file).names)
    picked = ", ".join(_typed(c, found) for c in columns)
    return f"SELECT {picked} FROM read_parquet({quoted(file)}, hive_partitioning = false) ORDER BY ALL"


def _typed(column: contract.Column, found: set[str]) -> str:
    source = f'TRY_CAST("{column.name}" AS {column.kind})' if column.name in found else f"CAST(NULL AS {column.kind})"
    if column.name == "kind":
        allowed = ", ".join(f"'{kind}'" for kind in contract.KINDS)
        source = f"CASE WHEN {source} IN ({allowed}) THEN {source} ELSE 'unknown' END"
    return f"{source} AS {column.name}"


def _if_changed(engine: DuckDBEngine, query: str, draft: Path, target: Path) -> dict[Path, Path]:
    engine.parquet(query, draft)
    if file_fingerprint(draft) == file_fingerprint(target):
        draft.unlink()
        return {}
    return {draft: target}
