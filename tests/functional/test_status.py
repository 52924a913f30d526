"""What a weekly run leaves for those who watch over it, however it ended, and the page over all reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.locks import sole_run
from pipelines.steps import stages as stages_module
from reports.index import index_page, published
from reports.manifest import write_manifest
from tests.functional.conftest import Reported
from tests.unit.week_world import WEEK, StandInWork, loaded_lake

Output = pytest.CaptureFixture[str]


def status(lake: Lake) -> dict[str, object]:
    found: dict[str, object] = json.loads((lake.root / "status.json").read_text())
    return found


def publish(lake: Lake, week: Week, revision: int) -> None:
    folder = lake.report(week, revision)
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("")
    (folder / "cases.csv").write_text("rank\n1\n2\n")
    write_manifest(folder, week, revision, "shirabe/1@f", {})


def test_run_that_was_done_is_told(reported: Reported) -> None:
    told = status(reported.lake)
    assert (told["exit_code"], told["reason"], told["week"], told["revision"]) == (0, None, str(reported.week), 1)
    assert isinstance(told["delivered"], int) and told["delivered"] > 0
    assert told["champion_age_weeks"] == 1
    metrics = (reported.lake.root / "metrics.prom").read_text()
    assert f"shirabe_cases {told['cases']}\n" in metrics
    assert re.search(r"^shirabe_finished_timestamp_seconds \d+\.\d+$", metrics, re.MULTILINE)
    for line in metrics.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) shirabe_\w+ .+|shirabe_\w+ -?[\d.e+-]+", line)


def test_page_over_all_reports_is_there(reported: Reported) -> None:
    page = reported.lake.reports_index().read_text(encoding="utf-8")
    assert f'href="week={reported.week}/report.html"' in page


def weekly(lake: Lake, data: Path, *options: str) -> int:
    data.mkdir(exist_ok=True)
    return run(["weekly", "--data", str(data), "--lake", str(lake.root), "--week", str(WEEK), *options])


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    work = StandInWork()
    monkeypatch.setattr(stages_module, "week_work", lambda: work)
    return loaded_lake(tmp_path / "lake", weeks=2)


def test_run_that_failed_is_told_with_code_and_kind(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(stages_module, "load", fails(OSError(28, "No space left on device", "x")))
    assert weekly(lake, tmp_path / "data", "--log-format", "json") == 17
    told = status(lake)
    assert (told["exit_code"], told["reason"], told["asked_week"], told["week"]) == (17, "Storage", str(WEEK), None)
    assert "shirabe_exit_code 17\n" in (lake.root / "metrics.prom").read_text()
    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert last["event"] == "ended"
    assert {name: last[name] for name in told} == told


def fails(error: Exception) -> object:
    def fail(*given: object) -> None:
        raise error

    return fail


def test_neither_a_plan_nor_a_run_turned_away_leaves_word(lake: Lake, tmp_path: Path) -> None:
    weekly(lake, tmp_path / "data", "--dry-run")
    with sole_run(lake):
        assert weekly(lake, tmp_path / "data") == 18
    assert not (lake.root / "status.json").exists()


def test_word_that_cannot_be_left_changes_no_end(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(stages_module, "load", fails(RuntimeError()))
    monkeypatch.setattr("pipelines.steps.status.write_status", fails(PermissionError()))
    assert weekly(lake, tmp_path / "data") == 1
    assert "status could not be written (PermissionError)" in capsys.readouterr().err


def test_index_has_the_newest_first_and_marks_what_was_superseded(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for week, revision in ((WEEK, 1), (WEEK.shift(-1), 1), (WEEK, 2), (WEEK, 10), (WEEK.shift(10), 1)):
        publish(lake, week, revision)
    found = published(tmp_path / "reports")
    assert [(each.week, each.revision, each.superseded) for each in found] == [
        (WEEK.shift(10), 1, False),
        (WEEK, 10, False),
        (WEEK, 2, True),
        (WEEK, 1, True),
        (WEEK.shift(-1), 1, False),
    ]
    assert {each.cases for each in found} == {2}
    page = index_page(tmp_path / "reports")
    assert page.count("差替済み") == 2
    assert all((tmp_path / "reports" / link).exists() for link in re.findall(r'href="([^"]+)"', page))
    assert not re.search(r"https?://", page)
