"""`shirabe demo`, and `shirabe evaluate` on what it leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipelines.cli import run

Output = pytest.CaptureFixture[str]
SIZE = ("--weeks", "7", "--agencies", "24", "--seed", "3")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("demo")
    assert demo(base) == 0
    return base


def demo(base: Path) -> int:
    return run(["demo", "--out", str(base / "data"), "--lake", str(base / "lake"), *SIZE])


def test_demo_again_prints_the_page_that_is_there(base: Path, capsys: Output) -> None:
    assert demo(base) == 0
    said = capsys.readouterr().out
    assert "nothing to do" in said
    page = Path(said.split()[-1])
    assert page == base / "lake/reports/week=2026-W46/report.html"
    assert page.exists()


def test_evaluate_prints_recall_of_every_ranking(base: Path, capsys: Output) -> None:
    out = base / "evaluation"
    truth = base / "data" / "truth.parquet"
    assert run(["evaluate", "--lake", str(base / "lake"), "--truth", str(truth), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    for ranking in (
        "shirabe",
        "iforest",
        "X-Road analyser",
        "population analysis",
        "ecod on plain counts",
        "rules alone",
        "random",
    ):
        assert re.search(rf"^{ranking}\s+[01]\.\d\d", said, re.MULTILINE)
    for figure in ("@10", "@20", "@50", "@100", "false alarms", "evidence purity", "average precision"):
        assert figure in said
    metrics = json.loads((out / "metrics.json").read_text())
    assert 0 <= metrics["shirabe"]["recall"]["50"] <= 1
    assert (out / "recall.csv").read_text().startswith("ranking,capacity,recall\n")


def test_evaluate_without_scored_weeks_says_so(base: Path, tmp_path: Path, capsys: Output) -> None:
    truth = base / "data" / "truth.parquet"
    assert run(["evaluate", "--lake", str(tmp_path / "empty"), "--truth", str(truth)]) != 0
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "unexpected" not in said
