"""Steps run when something that they depend on changed, and only then; what was reported stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import ShirabeError, TooLittleHistoryError, WeekIncompleteError
from pipelines import stages as stages_module
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.stages import Stages
from tests.unit.week_world import WEEK, StandInWork, load_week, loaded_lake

Snapshot = dict[str, tuple[bytes, int]]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return loaded_lake(tmp_path / "lake")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> StandInWork:
    work = StandInWork()
    monkeypatch.setattr(stages_module, "week_work", lambda: work)
    return work


@pytest.fixture
def stages(lake: Lake, work: StandInWork) -> Stages:
    return Stages(lake, Parameters())


def snapshot(lake: Lake) -> Snapshot:
    files = (f for f in lake.root.rglob("*") if f.is_file() and ".staging" not in f.parts)
    return {str(f.relative_to(lake.root)): (f.read_bytes(), f.stat().st_mtime_ns) for f in files}


def run(stages: Stages) -> tuple[int, int]:
    return stages.score(WEEK).revision, stages.report(WEEK).revision


def test_first_run_trains_prepares_scores_and_reports(stages: Stages, work: StandInWork) -> None:
    assert run(stages) == (1, 1)
    assert work.calls == [f"train {WEEK}", f"prepare {WEEK}", f"score {WEEK}", f"report {WEEK} revision 1"]


def test_running_again_touches_no_file(stages: Stages, work: StandInWork, lake: Lake) -> None:
    run(stages)
    before, calls = snapshot(lake), list(work.calls)
    assert stages.score(WEEK).already
    assert stages.report(WEEK).already
    assert (snapshot(lake), work.calls) == (before, calls)


def test_late_file_makes_a_second_revision_and_leaves_the_first(stages: Stages, lake: Lake) -> None:
    run(stages)
    first = snapshot(lake)
    load_week(lake, WEEK, a_day=11)
    scored = stages.score(WEEK)
    assert (scored.revision, scored.changed) == (2, ("log of 2026-W46",))
    assert stages.report(WEEK).page == lake.root / "reports/week=2026-W46/revision-2/report.html"
    second = snapshot(lake)
    old_report = [name for name in first if name.startswith("reports/")]
    assert old_report
    assert all(second[name] == first[name] for name in old_report)
    assert lake.kept_revision(WEEK, 1).cases(WEEK).read_bytes() == first[f"cases/week={WEEK}/cases.parquet"][0]
    assert lake.report(WEEK, 2).joinpath("report.html").read_text() == "log of 2026-W46"


def test_what_was_scored_but_never_reported_is_replaced_without_a_revision(stages: Stages, lake: Lake) -> None:
    stages.score(WEEK)
    load_week(lake, WEEK, a_day=11)
    assert run(stages) == (1, 1)
    assert not (lake.root / "revisions").exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda lake: load_week(lake, WEEK.shift(-2), a_day=11), "log of 2026-W44"),
        (
            lambda lake: pq.write_table(pa.table({"code": ["x"]}), lake.reference("accounts")),
            "reference table accounts",
        ),
    ],
)
def test_change_of_history_or_reference_is_named(
    stages: Stages, lake: Lake, change: Callable[[Lake], None], name: str
) -> None:
    run(stages)
    change(lake)
    assert stages.changed_since_scored(WEEK) == [name]


def test_another_capacity_is_another_revision(stages: Stages, lake: Lake, work: StandInWork) -> None:
    run(stages)
    assert run(Stages(lake, Parameters().with_capacity(10))) == (2, 2)


def test_new_champion_changes_only_what_is_scored_explicitly(stages: Stages, work: StandInWork) -> None:
    run(stages)
    work.version = "2"
    assert stages.score(WEEK).already
    assert stages.score(WEEK, with_new_champion=True).changed == ("model",)


def test_killed_between_scoring_and_stamp_keeps_the_reported_tables(
    stages: Stages, lake: Lake, work: StandInWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(stages)
    reported = lake.cases(WEEK).read_bytes()
    load_week(lake, WEEK, a_day=11)

    def killed(lake: Lake, week: object, parameters: object) -> None:
        StandInWork().score(lake, WEEK, Parameters())
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "score", killed)
        with pytest.raises(KeyboardInterrupt):
            stages.score(WEEK)
    assert run(stages) == (2, 2)
    assert lake.kept_revision(WEEK, 1).cases(WEEK).read_bytes() == reported


def test_killed_after_the_report_but_before_its_stamp_makes_no_further_revision(
    stages: Stages, lake: Lake, work: StandInWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = work.report

    def killed(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    stages.score(WEEK)
    with monkeypatch.context() as patch:
        patch.setattr(work, "report", killed)
        with pytest.raises(KeyboardInterrupt):
            stages.report(WEEK)
    assert stages.report(WEEK).revision == 1
    assert not lake.report(WEEK, 2).exists()


def test_training_killed_after_registering_is_finished(
    stages: Stages, lake: Lake, work: StandInWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = work.train

    def killed(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "train", killed)
        with pytest.raises(KeyboardInterrupt):
            stages.score(WEEK)
    stages.score(WEEK)
    assert work.calls[:3] == [f"train {WEEK}", f"train {WEEK}", f"prepare {WEEK}"]
    assert Stages(lake, Parameters()).train(WEEK).already


def test_reported_weeks_that_a_late_file_touched_are_named(stages: Stages, lake: Lake) -> None:
    run(stages)
    assert stages.changed_reported_weeks() == []
    load_week(lake, WEEK, a_day=11)
    assert stages.changed_reported_weeks() == [WEEK]


def test_report_before_score_says_what_to_do(stages: Stages) -> None:
    with pytest.raises(ShirabeError, match="shirabe score --week 2026-W46"):
        stages.report(WEEK)


def test_training_twice_on_the_same_weeks_trains_once(stages: Stages, work: StandInWork) -> None:
    assert not stages.train(WEEK).already
    assert stages.train(WEEK).already
    assert work.calls == [f"train {WEEK}"]


def test_training_learns_from_all_loaded_weeks_unless_told(stages: Stages, work: StandInWork) -> None:
    assert stages.train().weeks == 6
    assert work.calls == [f"train {WEEK.shift(1)}"]


def test_too_few_weeks_before_are_too_little_history(stages: Stages) -> None:
    with pytest.raises(TooLittleHistoryError, match=r"3 week\(s\) before 2026-W44"):
        stages.train(WEEK.shift(-2))


def test_incomplete_week_is_not_scored_unless_forced(stages: Stages, lake: Lake, work: StandInWork) -> None:
    load_week(lake, WEEK, a_day=1, agencies=1)
    with pytest.raises(WeekIncompleteError):
        stages.score(WEEK)
    assert stages.score(WEEK, force=True).revision == 1
