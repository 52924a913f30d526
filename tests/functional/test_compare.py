"""Champion and challenger side by side, the gates of promotion, and models through time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lifecycle.comparison import Comparison, Figures, WeekCompared, read
from pipelines.parameters import Promote
from pipelines.steps.training import registry
from tests.functional.conftest import Reported
from tests.functional.handwritten import CURRENT

AGREED = ["--by", "Sato", "--approved-by", "Tanaka", "--why", "finds more"]
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def place(reported: Reported, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """A lake whose champion judges the last week, and a challenger of one week less."""
    again = reported.copy_to(tmp_path_factory.mktemp("compared"))
    assert run(["train", "--lake", str(again.lake.root), "--until", str(Week.parse(CURRENT).shift(-1))]) == 0
    return again


def shirabe(place: Reported, *words: str) -> int:
    return run([*words, "--lake", str(place.lake.root)])


def test_nobody_is_promoted_who_was_not_compared_and_then_by_the_gates(
    place: Reported, tmp_path: Path, capsys: Output
) -> None:
    models = registry(place.lake)
    assert shirabe(place, "promote", "challenger", *AGREED) == 13
    assert "run `shirabe compare" in capsys.readouterr().err
    assert shirabe(place, "compare") == 0
    said = capsys.readouterr().out
    assert f"{CURRENT}: " in said
    assert "in both" in said
    done = read(place.lake, str(models.champion_version()), str(models.challenger_version()))
    assert done is not None
    assert [week.week for week in done.weeks] == [CURRENT], "no week of which either has learned"
    strict = tmp_path / "strict.yaml"
    strict.write_text("promote: {least_overlap: 1.0}")
    if done.overlap < 1.0:
        assert shirabe(place, "promote", "challenger", *AGREED, "--params", str(strict)) == 13
        assert "promote.least_overlap" in capsys.readouterr().err
    assert not place.lake.promotions().read_text(encoding="utf-8").count("Tanaka")
    open_gates = tmp_path / "open.yaml"
    open_gates.write_text("promote: {least_overlap: 0.0}")
    assert shirabe(place, "promote", "challenger", *AGREED, "--params", str(open_gates)) == 0
    assert json.loads(place.lake.promotions().read_text(encoding="utf-8").splitlines()[-1])["act"] == "promote"


def test_a_model_that_has_seen_every_week_is_not_compared(reported: Reported, tmp_path: Path, capsys: Output) -> None:
    again = reported.copy_to(tmp_path)
    assert shirabe(again, "train") == 0
    assert shirabe(again, "compare") == 14
    assert "shirabe train --until WEEK" in capsys.readouterr().err


def test_a_backtest_trains_before_each_week_and_registers_nothing(place: Reported, capsys: Output) -> None:
    before = len(registry(place.lake).registered())
    assert shirabe(place, "backtest", "--weeks", "1") == 0
    assert f"{CURRENT}: " in capsys.readouterr().out
    assert len(registry(place.lake).registered()) == before


def figures(recall: float) -> Figures:
    return Figures("v", 1.0, {"50": recall}, {}, None)


def test_gates_say_what_is_not_passed() -> None:
    half = [WeekCompared("2026-W46", 5, ["a"] * 5, ["b"] * 5)]
    worse = Comparison(figures(0.8), figures(0.7), half, 50, True)
    assert worse.overlap == 0.5
    assert len(worse.failed(Promote(least_overlap=0.6, most_recall_lost=0.05))) == 2
    assert not worse.failed(Promote(least_overlap=0.5, most_recall_lost=0.11))
