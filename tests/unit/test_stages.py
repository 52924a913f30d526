"""Steps run when something that they depend on changed, and only then; what was reported stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import ShirabeError, TooLittleHistoryError, WeekIncompleteError
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps import stages as stages_module
from pipelines.steps.inputs import learned_weeks
from pipelines.steps.stages import Stages
from pipelines.steps.weekly import plan_weekly
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

    def killed(*given: object, **named: object) -> None:
        whole(*given, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "train", killed)
        with pytest.raises(KeyboardInterrupt):
            stages.score(WEEK)
    stages.score(WEEK)
    assert work.calls[:3] == [f"train {WEEK}", f"train {WEEK}", f"prepare {WEEK}"]
    assert Stages(lake, Parameters()).train(WEEK, as_challenger=False).already


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


def test_training_learns_from_all_weeks_with_a_past_unless_told(stages: Stages, work: StandInWork) -> None:
    """Of six loaded weeks two have next to no history."""
    assert stages.train().weeks == 4
    assert work.calls == [f"train {WEEK.shift(1)}"]


def test_too_few_weeks_before_are_too_little_history(stages: Stages) -> None:
    with pytest.raises(TooLittleHistoryError, match=r"3 week\(s\) before 2026-W44"):
        stages.train(WEEK.shift(-2))


def test_incomplete_week_is_not_scored_unless_forced(stages: Stages, lake: Lake, work: StandInWork) -> None:
    load_week(lake, WEEK, a_day=1, agencies=1)
    with pytest.raises(WeekIncompleteError):
        stages.score(WEEK)
    assert stages.score(WEEK, force=True).revision == 1


def test_week_is_not_judged_by_a_champion_that_learned_from_it(stages: Stages, work: StandInWork) -> None:
    stages.train(WEEK.shift(1))
    assert not stages.score(WEEK).already
    assert work.calls == [f"train {WEEK.shift(1)}", f"train {WEEK}", f"prepare {WEEK}", f"score {WEEK}"]
    assert work.champion(stages.lake) == "1", "a model of one week's own is no new champion"
    stages.score(WEEK.shift(-1))
    assert work.calls[4] == f"train {WEEK.shift(-1)}"


def test_first_weeks_have_no_past_whatever_the_champion_knows(stages: Stages, work: StandInWork) -> None:
    stages.train(WEEK.shift(1))
    with pytest.raises(TooLittleHistoryError, match="ask for a later week"):
        stages.score(WEEK.shift(-2), force=True)
    assert work.calls == [f"train {WEEK.shift(1)}"]


def test_first_model_is_the_champion_and_a_later_one_the_challenger(stages: Stages, work: StandInWork) -> None:
    first, second = stages.train(WEEK), stages.train(WEEK.shift(1))
    assert (first.champion, second.champion) == (True, False)
    assert (work.champion(stages.lake), work.challenger(stages.lake)) == (first.version, second.version)
    assert (stages.train(WEEK).already, stages.train(WEEK).champion) == (True, True)
    again = stages.train(WEEK.shift(1))
    assert (again.already, again.champion) == (True, False)


def test_own_model_becomes_challenger_when_asked(stages: Stages, work: StandInWork) -> None:
    stages.train(WEEK.shift(1))
    stages.train(WEEK, as_challenger=False)
    assert work.challenger(stages.lake) is None
    assert not stages.train(WEEK).already
    assert work.challenger(stages.lake) == f"own of {WEEK}"


def plan_end(stages: Stages, data: Path, week: Week, *, force: bool = False) -> object:
    before = snapshot(stages.lake)
    plan = plan_weekly(stages, data, week, force=force)
    assert snapshot(stages.lake) == before, "a plan changes nothing"
    return type(plan.end)


@pytest.mark.parametrize(
    ("week", "force", "end"),
    [
        (WEEK, False, type(None)),
        (WEEK.shift(1), False, WeekIncompleteError),
        (WEEK.shift(-2), False, TooLittleHistoryError),
        (WEEK.shift(-2), True, TooLittleHistoryError),
    ],
)
def test_plan_ends_as_the_run_would(stages: Stages, tmp_path: Path, week: Week, force: bool, end: type) -> None:
    assert plan_end(stages, tmp_path / "nothing", week, force=force) is end


def test_plan_says_that_a_loaded_week_is_incomplete_unless_forced(stages: Stages, lake: Lake, tmp_path: Path) -> None:
    load_week(lake, WEEK, a_day=1, agencies=1)
    assert plan_end(stages, tmp_path / "nothing", WEEK) is WeekIncompleteError
    assert plan_end(stages, tmp_path / "nothing", WEEK, force=True) is type(None)


def test_plan_counts_what_waits_to_be_loaded(stages: Stages, tmp_path: Path) -> None:
    landing = tmp_path / "data" / "landing" / "linkage_log"
    landing.mkdir(parents=True)
    moments = pa.array([WEEK.shift(1).start], pa.timestamp("us"))
    pq.write_table(pa.table({"requested_at": moments}), landing / "next.parquet")
    assert plan_end(stages, tmp_path / "data", WEEK.shift(1)) is type(None)
    assert plan_end(stages, tmp_path / "data", WEEK.shift(2)) is WeekIncompleteError


def test_plan_looks_at_a_single_file_of_a_foreign_log(stages: Stages, tmp_path: Path) -> None:
    file = tmp_path / "foreign.parquet"
    pq.write_table(pa.table({"when": ["yesterday"]}), file)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "rename: {request_id: when, requested_at: when}\n"
        "constant: {requester_agency: A, provider_agency: B, affair_code: JM1, procedure_code: JT1, item_code: TM1, "
        "result: provided}\n",
        encoding="utf-8",
    )
    plan = plan_weekly(stages, file, WEEK.shift(9), mapping)
    assert plan.steps[0].startswith("ingest: look at 1 delivered file(s)")
    assert plan.end is None, "nobody knows yet which weeks it holds"


def test_learns_from_as_many_weeks_as_allowed_and_says_so(lake: Lake, stages: Stages) -> None:
    for back in range(12):
        load_week(lake, WEEK.shift(-back))
    assert stages.train(WEEK).weeks == 8
    assert [str(week) for week in learned_weeks(lake, WEEK, Parameters())] == [str(WEEK.shift(n)) for n in range(-8, 0)]
    few = Parameters.model_validate({"train": {"at_most_weeks": 5}})
    assert len(learned_weeks(lake, WEEK, few)) == 5
    # The first two weeks of a lake are nobody's teacher, however many are allowed.
    many = Parameters.model_validate({"train": {"at_most_weeks": 100}})
    assert learned_weeks(lake, WEEK, many) == lake.weeks()[2:-1]


def test_new_names_make_a_revision_of_the_report_that_says_so_and_no_new_scores(
    stages: Stages, lake: Lake, work: StandInWork
) -> None:
    run(stages)
    lake.reference("codes").write_bytes(b"names")
    assert stages.score(WEEK).already
    assert stages.report(WEEK).page.read_text() == "reference table codes"
    assert stages.report(WEEK).already


def test_an_advised_challenger_is_trained_by_itself_only_if_allowed(lake: Lake, work: StandInWork) -> None:
    run(Stages(lake, Parameters()))
    allowed = Stages(lake, Parameters.checked({"retrain": {"by_itself": True}}, "a test"))
    assert allowed.train_advised(WEEK) is None, "nothing is advised"
    lake.coverage(WEEK).write_text('{"retrain": {"advised": true, "text_en": "train"}}')
    assert Stages(lake, Parameters()).train_advised(WEEK) is None
    trained = allowed.train_advised(WEEK)
    assert trained is not None and not trained.champion
    assert (work.version, work.waiting) == ("1", trained.version), "the champion stays"
    assert allowed.train_advised(WEEK) is None, "one waits"
