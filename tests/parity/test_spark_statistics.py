"""Statistics read the facts of some weeks: the same SQL on DuckDB and on a real Spark cluster gives the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from features.build import write_kept
from features.catalogue import FOLDER, counts, kept_tables
from features.counts import requests_counted
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Scalar
from features.engines.spark import SparkEngine
from features.history import FOLDERS, open_history, read_back
from pipelines.lake import Lake
from pipelines.steps.history import history_files
from tests.parity.conftest import Compared
from tests.parity.test_spark import differences

QUERIES = [
    file
    for folder in FOLDERS
    for file in sorted((FOLDER / folder).glob("*.sql"))
    if "counted_here" not in file.read_text("utf-8")
]


@pytest.fixture(scope="module")
def history(
    lake: Lake,
    simulated: Compared,
    generated: Compared,
    spark: Callable[[], SparkEngine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Compared]:
    """The simulated week and those before it, and the generated one (of the same date), open in both engines.

    Only the generated week has people whom officials of several agencies look at without a reason.
    """
    week, folder = lake.weeks()[-1], tmp_path_factory.mktemp("kept")
    facts: dict[str, list[Path]] = {}
    for kept in (kept for kept in kept_tables() if kept.name in read_back()):
        files = [folder / f"{kept.name}-{kind}.parquet" for kind in ("simulated", "generated")]
        for compared, file in zip((simulated, generated), files, strict=True):
            write_kept(compared.duckdb, kept.name, file)
        facts[kept.name] = [*history_files(lake, week)[kept.name][:-1], *files]
    with DuckDBEngine() as ours, spark() as theirs:
        for engine in (ours, theirs):
            open_history(engine, facts, lake.reference("agencies"), lake.reference("calendar"), week)
            engine.view("week_log", [simulated.log, generated.log])
        asked = _findings(ours, week.shift(-2).monday)
        pointed = ours.arrow("SELECT request_id, CAST(2 AS DOUBLE) AS level FROM week_log ORDER BY request_id LIMIT 5")
        for engine in (ours, theirs):
            engine.given("pointed", pointed)
            engine.given("in_evidence", pointed.select(["request_id"]))
            engine.given("finding", asked)
            engine.given("asked_agency", asked.select(["agency_code"]).group_by("agency_code").aggregate([]))
        yield Compared(ours, theirs, simulated.log)


def _findings(engine: DuckDBEngine, window_start: date) -> pa.Table:
    """Findings about some officials, some people, and people across agencies, led by either kind of visit."""
    rows = engine.arrow(
        "SELECT agency_code, requester_user, subject_key, subject_key_national FROM recent_rated_visit "
        "WHERE n_unexplained > 0 AND subject_key IS NOT NULL AND subject_key_national IS NOT NULL ORDER BY visit_no LIMIT 9"
    ).to_pylist()
    asked = [
        {"finding_no": number, "agency_code": row["agency_code"], "requester_user": row["requester_user"] if number % 3 == 0 else None,
         "subject_key": row["subject_key"] if number % 3 == 1 else None,
         "subject_national": row["subject_key_national"] if number % 3 == 2 else None,
         "window_start": window_start, "lead_unexplained": number % 2 == 0, "least": 0.5,
         "attribute": "reason" if number == 3 else None, "visit_attribute": "reason" if number == 3 else None, "unexplained_only": False}
        for number, row in enumerate(rows)
    ]  # fmt: skip
    schema = pa.schema([
        ("finding_no", pa.int64()), ("agency_code", pa.string()), ("requester_user", pa.string()), ("subject_key", pa.string()),
        ("subject_national", pa.string()), ("window_start", pa.date32()), ("lead_unexplained", pa.bool_()), ("least", pa.float64()), ("attribute", pa.string()),
        ("visit_attribute", pa.string()), ("unexplained_only", pa.bool_()),
    ])  # fmt: skip
    return pa.Table.from_pylist(asked, schema=schema)


@pytest.mark.slow
@pytest.mark.parametrize("file", QUERIES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_query(history: Compared, lake: Lake, file: Path) -> None:
    week, text = lake.weeks()[-1], file.read_text(encoding="utf-8")
    agency = history.duckdb.arrow("SELECT MIN(requester_agency) AS a FROM week_log WHERE responded_at IS NULL")
    run = history.duckdb.arrow(
        "SELECT agency_code, slot FROM recent_batch_run WHERE n_people > 1 ORDER BY ALL"
    ).to_pylist()[0]
    known: dict[str, Scalar] = {
        "monday": week.monday,
        "window_start": week.monday - timedelta(weeks=2),
        "week": str(week),
        "agency": agency["a"][0].as_py(),
        "asked": False,
        "share": 0.5,
        "attributes": 10.0,
        "slot": run["slot"],
    }
    known |= {"all_of_agency": True, "official": ""}
    if file.parent.name == "evidence":
        known |= _pointed_at(history.duckdb, file.stem)
    if file.stem == "batch_run":
        known["agency"] = run["agency_code"]
    used = {key: value for key, value in known.items() if f"${key}" in text}
    ours, theirs = history.tables(f"SELECT * FROM ({text}) s ORDER BY ALL NULLS LAST", used)
    assert ours.num_rows > 0
    assert not differences(ours, theirs)


def _pointed_at(engine: DuckDBEngine, evidence: str) -> dict[str, Scalar]:
    """What findings about cases, lost answers and files ask for: the first of the week."""
    first = {
        "joined_case": "SELECT agency_code AS agency, case_ref, COALESCE(requester_user, '') AS official FROM recent_joined_case ORDER BY ALL LIMIT 1",
        "lost_answer": "SELECT agency_code AS agency FROM recent_lost_answer ORDER BY ALL LIMIT 1",
        "file_content": "SELECT agency_code AS agency, department, affair_code AS affair, first_at FROM recent_batch_run "
        "WHERE monday = (SELECT MAX(monday) FROM recent_batch_run) AND n_people > 1 ORDER BY ALL LIMIT 1",
        "many_accounts": "SELECT agency_code AS agency, requester_terminal AS terminal FROM recent_guest_visit GROUP BY ALL ORDER BY COUNT(visit_no) DESC, agency, terminal LIMIT 1",
        "unnamed_sitting": "SELECT agency_code AS agency, counted, cell, first_at, last_at FROM recent_unnamed_sitting "
        "WHERE monday = (SELECT MAX(monday) FROM recent_unnamed_sitting) ORDER BY ALL LIMIT 1",
    }
    return dict(engine.arrow(first[evidence]).to_pylist()[0]) if evidence in first else {}


@pytest.mark.slow
@pytest.mark.parametrize("count", [count.name for count in counts()])
def test_requests_behind_a_count(history: Compared, lake: Lake, count: str) -> None:
    week = lake.weeks()[-1]
    largest = history.duckdb.arrow(
        "SELECT agency_code, cell FROM recent_agency_count WHERE counted = $count AND monday = $monday "
        "ORDER BY n DESC, agency_code, cell LIMIT 1",
        {"count": count, "monday": week.monday},
    ).to_pylist()
    if not largest:
        assert count == "new_combination", "only there a week may have none"
        return
    ours, theirs = (
        requests_counted(engine, count, largest[0]["agency_code"], largest[0]["cell"], week)
        for engine in (history.duckdb, history.spark)
    )
    assert ours.num_rows > 0
    assert not differences(ours, theirs)
