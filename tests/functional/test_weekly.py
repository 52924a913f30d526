"""`shirabe weekly` on a folder that was written from the log contract alone."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from tests.functional.conftest import Reported
from tests.functional.contract_tables import columns_of, same_type
from tests.functional.handwritten import CURRENT, LATE, Delivery

Output = pytest.CaptureFixture[str]
WEEK_TABLES = ("scores", "requests", "cases", "case_weeks", "rule_hits", "drift")


def tables(reported: Reported, dataset: str) -> list[Path]:
    pattern = "entity=*/week=*/*.parquet" if dataset == "scores" else "week=*/*.parquet"
    return sorted((reported.lake.root / dataset).glob(pattern))


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (f for f in folder.rglob("*") if f.is_file() and f.name not in ("status.json", "metrics.prom"))
    return {str(f.relative_to(folder)): (f.read_bytes(), f.stat().st_mtime_ns) for f in files}


def test_ends_with_0(reported: Reported) -> None:
    assert reported.code == 0


@pytest.mark.parametrize("dataset", WEEK_TABLES)
def test_every_column_of_the_contract_is_there(reported: Reported, dataset: str) -> None:
    files = tables(reported, dataset)
    assert files
    for file in files:
        schema = pq.read_schema(file)
        promised = columns_of(dataset)
        assert not promised.keys() - set(schema.names), file
        wrong = {n: str(schema.field(n).type) for n, t in promised.items() if not same_type(schema.field(n).type, t)}
        assert not wrong, file


def test_scores_are_within_their_bounds(reported: Reported) -> None:
    rows = pa.concat_tables([pq.read_table(f) for f in tables(reported, "scores")], promote_options="default")
    assert rows.num_rows > 0
    for row in rows.to_pylist():
        assert 0 <= row["score"] <= 100
        assert 0 <= row["p_value"] <= 1
        assert 0 <= row["confidence"] <= 1
        assert row["rank"] >= 1
        assert row["week"] == CURRENT
        assert row["model_version"]


def test_cases_are_ranked_and_within_capacity(reported: Reported) -> None:
    cases = pq.read_table(reported.lake.cases(reported.week)).to_pylist()
    assert [case["rank"] for case in cases] == list(range(1, len(cases) + 1))
    assert len(cases) <= 50
    assert len({case["case_id"] for case in cases}) == len(cases)
    assert all(len(case["request_ids"]) <= 1000 for case in cases)


def test_evidence_is_in_the_log(reported: Reported) -> None:
    logs = [reported.lake.log(week) for week in reported.lake.weeks()]
    known = {request for log in logs for request in pq.read_table(log)["request_id"].to_pylist()}
    cases = pq.read_table(reported.lake.cases(reported.week)).to_pylist()
    assert all(set(case["request_ids"]) <= known for case in cases if case["entity"] != "agency")
    requests = pq.read_table(reported.lake.requests(reported.week))["request_id"].to_pylist()
    assert set(requests) <= known


def test_report_is_one_page_without_network(reported: Reported) -> None:
    page = (reported.lake.report(reported.week) / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ja"' in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "<script src" not in page


def test_report_shows_no_whole_subject_key(reported: Reported) -> None:
    page = (reported.lake.report(reported.week) / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"s13\d{4}\d{5}", page)


def test_case_list_has_a_row_for_each_case(reported: Reported) -> None:
    with (reported.lake.report(reported.week) / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == pq.read_metadata(reported.lake.cases(reported.week)).num_rows


def test_manifest_names_the_hash_of_every_file(reported: Reported) -> None:
    folder = reported.lake.report(reported.week)
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    for name in ("report.html", "cases.csv"):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() in manifest


def test_coverage_tells_what_was_delivered(reported: Reported) -> None:
    coverage = json.loads(reported.lake.coverage(reported.week).read_text(encoding="utf-8"))
    text = json.dumps(coverage)
    assert "132063" in text, "the agency that the reference table lacks is named"


def test_running_again_changes_nothing_and_says_so(reported: Reported, capsys: Output) -> None:
    before = state(reported.lake.root)
    assert reported.weekly() == 0
    assert "nothing to do" in capsys.readouterr().out
    assert state(reported.lake.root) == before


def test_dry_run_changes_nothing(reported: Reported, capsys: Output) -> None:
    before = state(reported.lake.root)
    assert reported.weekly("--dry-run") == 0
    assert "is reported (revision 1)" in capsys.readouterr().out
    assert state(reported.lake.root) == before


def test_verify_accepts_the_report_and_refuses_a_changed_one(reported: Reported, tmp_path: Path) -> None:
    again = reported.copy_to(tmp_path)
    folder = again.lake.report(again.week)
    assert run(["verify", str(folder)]) == 0
    page = folder / "report.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert run(["verify", str(folder)]) == 16


@pytest.mark.parametrize("fault", ["write_broken_file", "write_file_with_individual_number"])
def test_refused_file_ends_with_10_and_the_rest_is_done(
    reported: Reported, tmp_path: Path, capsys: Output, fault: str
) -> None:
    again = reported.copy_to(tmp_path)
    file = getattr(Delivery(again.data), fault)()
    assert again.weekly() == 10
    said = capsys.readouterr()
    assert file.name in said.err
    assert "12345678901" not in said.out + said.err
    assert again.lake.report(again.week).joinpath("report.html").exists()


def test_account_table_that_was_corrected_makes_a_revision_in_which_it_counts(
    reported: Reported, tmp_path: Path
) -> None:
    again = reported.copy_to(tmp_path)
    assert "account_during_absence" not in rules_broken(again)
    Delivery(again.data).write_absence()
    assert again.weekly() == 0
    assert again.lake.report(again.week, 2).joinpath("report.html").exists()
    assert "account_during_absence" in rules_broken(again)


def rules_broken(reported: Reported) -> set[str]:
    return set(pq.read_table(reported.lake.rule_hits(reported.week), partitioning=None)["rule_id"].to_pylist())


def test_late_file_for_a_reported_week_makes_a_revision(reported: Reported, tmp_path: Path, capsys: Output) -> None:
    again = reported.copy_to(tmp_path)
    late = Week.parse(LATE)
    assert again.weekly(week=LATE) == 0
    place = again.lake.report(late)
    first_reports, first_cases = state(place), again.lake.cases(late).read_bytes()
    Delivery(again.data).write_late_file()
    capsys.readouterr()
    assert again.weekly() == 0
    said = capsys.readouterr().out
    assert "12 requests loaded" in said
    assert f"{LATE} was reported and has changed since" in said
    assert again.weekly(week=LATE) == 0
    said = capsys.readouterr().out
    assert f"because these changed: log of {LATE}" in said
    assert said.splitlines()[-1].endswith("revision-2/report.html")
    assert again.lake.report(late, 2).joinpath("report.html").exists()
    assert again.lake.kept_revision(late, 1).cases(late).read_bytes() == first_cases
    reports = state(place)
    assert all(reports[name] == content for name, content in first_reports.items())
    index = again.lake.reports_index().read_text(encoding="utf-8")
    assert index.index(f"week={late}/revision-2/report.html") < index.index(f'"week={late}/report.html"')


def test_tables_of_a_week_appear_together_or_not_at_all(
    reported: Reported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = reported.copy_to(tmp_path)
    week = Week.parse(CURRENT)
    places = [*again.lake.tables(week), again.lake.features("user", week)]
    before = {place: place.read_bytes() for place in places}

    def full(*_: object) -> object:
        raise OSError(28, "No space left on device")

    # The last table of all: without it none of the new ones may show.
    monkeypatch.setattr("pipelines.steps.coverage.coverage_of", full)
    assert again.weekly("--force", "--capacity", "3") == 17
    assert {place: place.read_bytes() for place in places} == before
    monkeypatch.undo()
    assert again.weekly("--force", "--capacity", "3") == 0
    assert pq.ParquetFile(again.lake.cases(week)).metadata.num_rows == 3
