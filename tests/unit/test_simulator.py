"""The simulator's promises: same seed same bytes, contract kept, honest work lawful, truth in step."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_samples.sample import DATA, write_sample
from data_samples.simulator import simulate
from data_samples.simulator.scenarios import DIFFICULTIES, library
from features.errors import BadParametersError, DefinitionsDisagreeError
from features.weeks import Week

LAST = Week.parse("2026-W46")
TYPES = {
    "request_id": pa.string(),
    "requested_at": pa.timestamp("us"),
    "responded_at": pa.timestamp("us"),
    "requester_nondisclosure": pa.bool_(),
    "items_returned": pa.int32(),
    "inquiry_from": pa.date32(),
    "subject_key_national": pa.string(),
}


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder and its hash."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small honest world without messy files."""
    out = tmp_path_factory.mktemp("tidy")
    simulate(out, 6, 60, 3, LAST, misuse=False, hard_negatives=False, messy=False)
    return out


def ask(world: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of a query over a world's tables; `log` holds every request once."""
    link = duckdb.connect()
    log = f"read_parquet('{world}/landing/linkage_log/**/*.parquet', union_by_name = true)"
    link.execute(f"CREATE VIEW log AS SELECT DISTINCT ON (request_id) * FROM {log}")
    link.execute(f"CREATE VIEW truth AS FROM read_parquet('{world}/truth.parquet')")
    for table in (world / "reference").glob("*.parquet"):
        link.execute(f"CREATE VIEW {table.stem} AS FROM read_parquet('{table}')")
    return link.execute(sql).fetchall()


def test_the_committed_sample_is_what_its_seed_gives(tmp_path: Path) -> None:
    write_sample(tmp_path)
    assert digests(tmp_path) == digests(DATA)


def test_the_sample_is_small() -> None:
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 5_000_000


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(tmp_path / str(seed), 2, 15, seed, LAST, rows_a_week=400, officials=60)
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert one["reference/agencies.parquet"] != two["reference/agencies.parquet"]


def test_an_honest_world_has_an_empty_truth(tidy: Path) -> None:
    assert ask(tidy, "SELECT COUNT(*) FROM truth") == [(0,)]


def test_columns_have_the_contracts_types() -> None:
    seen: dict[str, pa.DataType] = {}
    for file in DATA.glob("landing/linkage_log/**/*.parquet"):
        schema = pq.read_schema(file)
        seen |= {name: schema.field(name).type for name in schema.names}
    assert {name: seen[name] for name in TYPES} == TYPES


def test_all_reference_tables_are_there() -> None:
    tables = {p.stem for p in (DATA / "reference").glob("*.parquet")}
    assert tables == {"agencies", "authority", "calendar", "campaigns", "accounts", "cases", "codes"}


def test_the_manifest_lists_every_file_with_its_hash() -> None:
    with (DATA / "landing/manifest.csv").open(encoding="utf-8") as lines:
        listed = {row["file"]: row["sha256"] for row in csv.DictReader(lines)}
    found = {k: v for k, v in digests(DATA / "landing").items() if k.endswith(".parquet")}
    assert listed == found


def test_truth_names_requests_that_were_delivered() -> None:
    lost = ask(
        DATA,
        "SELECT COUNT(*) FROM truth WHERE request_id IS NOT NULL AND request_id NOT IN (SELECT request_id FROM log)",
    )
    assert lost == [(0,)]


def test_truth_agrees_with_the_log_on_who_asked_about_whom() -> None:
    differ = ask(
        DATA,
        "SELECT COUNT(*) FROM truth t JOIN log l USING (request_id) WHERE t.agency_code <> l.requester_agency"
        " OR t.requester_user IS DISTINCT FROM l.requester_user"
        " OR t.subject_key IS DISTINCT FROM l.subject_key",
    )
    assert differ == [(0,)]


def test_planted_events_lie_in_the_last_weeks() -> None:
    first = ask(DATA, "SELECT MIN(week), MAX(week) FROM truth")[0]
    assert str(LAST.shift(-5)) <= str(first[0]) <= str(first[1]) <= str(LAST)


def test_honest_requests_are_lawful(tidy: Path) -> None:
    unlawful = ask(
        tidy,
        """
        SELECT COUNT(*) FROM log l JOIN agencies r ON r.agency_code = l.requester_agency
        JOIN agencies p ON p.agency_code = l.provider_agency
        WHERE NOT EXISTS (
            SELECT 1 FROM authority a
            WHERE (a.requester_kind = r.kind OR a.requester_agency = l.requester_agency)
              AND a.procedure_code = l.procedure_code AND a.affair_code = l.affair_code
              AND a.item_code = l.item_code AND (a.provider_kind IS NULL OR a.provider_kind = p.kind)
              AND l.requested_at >= a.valid_from AND (a.valid_to IS NULL OR l.requested_at < a.valid_to + 1)
        )
        """,
    )
    assert unlawful == [(0,)]


def test_honest_officials_work_under_their_posting_and_not_on_leave(tidy: Path) -> None:
    odd = ask(
        tidy,
        """
        SELECT AVG(CASE WHEN EXISTS (
            SELECT 1 FROM accounts a WHERE a.requester_user = l.requester_user
              AND a.department = l.requester_department AND a.absent_from IS NULL
              AND l.requested_at >= a.valid_from AND (a.valid_to IS NULL OR l.requested_at < a.valid_to + 2)
        ) AND NOT EXISTS (
            SELECT 1 FROM accounts a WHERE a.requester_user = l.requester_user
              AND a.department = l.requester_department
              AND l.requested_at >= a.absent_from AND l.requested_at < a.absent_to + 1
        ) THEN 0 ELSE 1 END) FROM log l WHERE requester_user IS NOT NULL
        """,
    )[0][0]
    # Moves that personnel sections entered late are honest; there are few of them.
    assert isinstance(odd, float)
    assert odd < 0.002


def test_agencies_differ_by_orders_of_magnitude_and_work_follows_a_power_law(tidy: Path) -> None:
    sizes = [int(str(n)) for (n,) in ask(tidy, "SELECT COUNT(*) n FROM log GROUP BY requester_agency ORDER BY n")]
    uses = [int(str(n)) for (n,) in ask(tidy, "SELECT COUNT(*) n FROM log GROUP BY procedure_code ORDER BY n DESC")]
    assert sizes[-1] > 100 * sizes[len(sizes) // 20]
    assert sum(uses[: len(uses) // 10]) > 0.4 * sum(uses)


def test_about_a_tenth_of_screen_work_names_no_case(tidy: Path) -> None:
    shares = ask(
        tidy,
        "SELECT AVG((case_ref IS NULL)::INT) share FROM log WHERE channel = 'interactive'"
        " GROUP BY requester_agency HAVING COUNT(*) > 100 ORDER BY share",
    )
    median, most = shares[len(shares) // 2][0], shares[-1][0]
    assert isinstance(median, float)
    assert isinstance(most, float)
    assert 0.05 < median < 0.15
    assert most > 0.5


def test_batches_carry_no_user(tidy: Path) -> None:
    assert ask(tidy, "SELECT COUNT(requester_user) + COUNT(requester_terminal) FROM log WHERE channel = 'batch'") == [
        (0,)
    ]


def test_messy_deliveries_hold_duplicates_late_rows_and_bad_rows() -> None:
    log = f"read_parquet('{DATA}/landing/linkage_log/**/*.parquet', union_by_name = true, filename = true)"
    late, twice, bad = (
        duckdb.connect()
        .execute(
            f"SELECT COUNT(*) FILTER (filename LIKE '%-late%'), COUNT(*) - COUNT(DISTINCT request_id),"
            " COUNT(*) FILTER (requested_at IS NULL OR responded_at < requested_at OR item_code IS NULL)"
            f" FROM {log}"
        )
        .fetchall()[0]
    )
    assert late > 0
    assert twice > 0
    assert bad > 0


def test_every_scenario_reads_at_every_difficulty() -> None:
    assert {s.kind for s in library()} == {"misuse", "hard_negative"}
    for scenario in library():
        for difficulty in DIFFICULTIES:
            scenario.recipe(difficulty)


def test_a_subtle_look_up_is_three_to_ten_requests_a_few_more_for_a_drip() -> None:
    small = [s for s in library() if s.kind == "misuse" and s.plant == "look_ups"]
    assert {s.name for s in small if s.recipe("subtle").requests[1] > 10} == {"drip"}


def test_all_faults_of_scenario_files_are_listed_at_once(tmp_path: Path) -> None:
    good = next(iter(library()))
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"kind: {name}\nlabel: {{ja: あ, en: a}}\n", "utf-8")
    with pytest.raises(DefinitionsDisagreeError) as caught:
        library(tmp_path)
    assert good.name not in str(caught.value)
    assert "one.yaml" in str(caught.value)
    assert "two.yaml" in str(caught.value)


def test_impossible_sizes_are_refused_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadParametersError, match=r"weeks is 0.*agencies is 1"):
        simulate(tmp_path, 0, 1, 1, LAST)
