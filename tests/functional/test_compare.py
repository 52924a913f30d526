"""Champion and challenger side by side, the gates of promotion, and models through time."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import mlflow
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lifecycle.comparison import Alarms, Comparison, Differing, Figures, WeekCompared, alarms, read
from pipelines.parameters import Promote
from pipelines.steps.training import registry
from tests.functional.conftest import Reported
from tests.functional.handwritten import CURRENT
from tests.functional.test_cards import section

UNGATED = str(Path(__file__).with_name("ungated.yaml"))
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


@pytest.fixture(scope="module")
def truth(place: Reported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As if the officials' first case were planted misuse, and the second of them honest work that looks odd."""
    cases = pq.read_table(place.lake.cases(place.week), partitioning=None).to_pylist()
    rows = [
        {"scenario_id": f"E{n}", "scenario": "a_kind", "hard_negative": bool(n), "week": case["week"], "request_id": request,
         "agency_code": case["agency_code"], "requester_user": case["users"][0], "subject_key": None, "difficulty": "well_hidden"}
        for n, case in enumerate([case for case in cases if case["entity"] == "user"][:2])
        for request in case["request_ids"][:5]
    ]  # fmt: skip
    file = tmp_path_factory.mktemp("truth") / "truth.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file


@pytest.fixture(scope="module")
def compared(place: Reported, truth: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, str]:
    """Both models' lists of three cases against that truth, and what was printed."""
    short = tmp_path_factory.mktemp("short") / "params.yaml"
    short.write_text("score: {capacity: 3}")
    with redirect_stdout(StringIO()) as said:
        assert shirabe(place, "compare", "--truth", str(truth), "--params", str(short)) == 0
    models = registry(place.lake)
    done = read(place.lake, str(models.champion_version()), str(models.challenger_version()))
    assert done is not None
    return done, said.getvalue()


def test_with_a_truth_it_says_what_was_found_by_kind_and_difficulty(compared: tuple[Comparison, str]) -> None:
    done, said = compared
    champion = done.champion
    assert champion.recall["100"] == 1.0, "what is on the champion's own list is found by it"
    assert champion.recall_of_kind.keys() == {"a_kind"}
    assert champion.recall_of_difficulty.keys() == {"well_hidden"}
    assert champion.hard_negatives is not None
    row = next(line for line in said.splitlines() if "difficulty well_hidden" in line)
    assert row.split()[-2:] == [f"{side.recall_of_difficulty['well_hidden']:.2f}" for side in (champion, done.other)]


def test_false_alarms_found_are_held_against_those_stated(place: Reported, compared: tuple[Comparison, str]) -> None:
    done, said = compared
    cases = pq.read_table(place.lake.cases(place.week), partitioning=None).to_pylist()
    planted = min(case["rank"] for case in cases if case["entity"] == "user")
    assert done.champion.alarms
    for each in done.champion.alarms:
        false = [c for c in cases if c["expected_equals"] <= each.level and c["rank"] != planted]
        assert (each.stated, each.found) == (each.level, len(false))
        assert f"{each.found} of {each.stated}" in said


def test_cases_won_and_lost_have_the_reasons_of_the_case(place: Reported, compared: tuple[Comparison, str]) -> None:
    done, said = compared
    [week] = done.weeks
    assert week.lost and week.won
    assert week.shared + len(week.lost) == 3
    cases = pq.read_table(place.lake.cases(place.week), partitioning=None).to_pylist()
    for each in week.lost:
        assert each.reasons == [reason["text_en"] for reason in cases[each.rank - 1]["reasons"]]
        assert f"{each.rank}: {each.who}" in said
        assert each.reasons[0] in said
    assert all(each.reasons for each in week.won)


def test_mlflow_and_the_card_have_the_figures(place: Reported, compared: tuple[Comparison, str]) -> None:
    done, _ = compared
    client = mlflow.MlflowClient(f"sqlite:///{place.lake.root}/mlflow.db")
    run_id = client.get_model_version_by_alias("shirabe", "challenger").run_id
    found = client.get_run(run_id).data.metrics
    assert found["compare.overlap"] == pytest.approx(done.overlap)
    assert found["compare.recall.50"] == done.other.recall["50"]
    for version in (done.champion.version, done.other.version):
        part = section(place.lake.card(version).read_text(encoding="utf-8"), "compare")
        assert f"使用中のモデルの事案の{100 * done.overlap:.0f}%が両方に載った（1週）" in part
        assert f"{100 * done.overlap:.0f} % of the champion&#39;s cases are in both lists (1 week(s))" in part
        assert f"@50: {done.other.recall['50']:.2f} / {done.champion.recall['50']:.2f}" in part


def test_evaluate_puts_what_it_found_on_the_card(place: Reported, truth: Path, tmp_path: Path) -> None:
    assert shirabe(place, "evaluate", "--truth", str(truth), "--out", str(tmp_path)) == 0
    figures = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["shirabe"]["recall"]
    part = section(place.lake.card(str(registry(place.lake).champion_version())).read_text(encoding="utf-8"), "truth")
    assert "既知の不正による評価" in part and "Known misuse of a simulated world" in part
    for capacity, recall in figures.items():
        row = rf"<code>a_kind</code></th>{cell(capacity)}{cell('1')}{cell(round(recall))}{cell(f'{100 * recall:.0f}% ')[:-5]}"
        assert re.search(row, part), (row, part)


def cell(text: object) -> str:
    return rf'<td class="n">{text}</td>'


def test_a_comparison_of_an_earlier_program_is_to_be_made_again(
    place: Reported, compared: tuple[Comparison, str]
) -> None:
    done, _ = compared
    file = place.lake.comparison(done.champion.version, done.other.version)
    whole = file.read_text(encoding="utf-8")
    content = json.loads(whole)
    del content["champion"]["alarms"]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert read(place.lake, done.champion.version, done.other.version) is None
    file.write_text(whole, encoding="utf-8")


def test_levels_that_a_list_does_not_reach_say_nothing() -> None:
    counted = alarms([[0.5, 1.5, 6.0], [1.0, 5.0]], [[True, False, True], [True, True]])
    assert counted == [Alarms(1, 2, 2), Alarms(2, 4, 2), Alarms(5, 10, 3)]
    assert alarms([[6.0], []], [[True], []]) == []


def test_another_champion_makes_new_revisions_and_alters_none_that_was_reported(
    place: Reported, tmp_path: Path, capsys: Output
) -> None:
    """Forth and back again: the week is scored anew each time, and what was given out stays byte for byte."""
    again = place.copy_to(tmp_path)
    lake, week = again.lake, again.week
    given_out = {file: file.read_bytes() for file in lake.report(week).rglob("*") if file.is_file()}
    first = {file.relative_to(lake.root): file.read_bytes() for file in lake.tables(week)}
    assert shirabe(again, "promote", "challenger", *AGREED, "--params", UNGATED) == 0
    assert shirabe(again, "score", "--week", str(week)) == 0
    kept = lake.kept_revision(week, 1).root
    assert {name: (kept / name).read_bytes() for name in first} == first
    assert shirabe(again, "rollback", *AGREED) == 0
    assert f"which scored {week}; `shirabe score --week WEEK` makes a new revision" in capsys.readouterr().out
    assert shirabe(again, "score", "--week", str(week)) == 0
    assert {name: (kept / name).read_bytes() for name in first} == first
    assert {file: file.read_bytes() for file in given_out} == given_out
    assert lake.cases(week).read_bytes() == first[lake.cases(week).relative_to(lake.root)], (
        "the same model, the same cases"
    )


def test_nobody_is_promoted_who_was_not_compared_and_then_by_the_gates(
    place: Reported, tmp_path: Path, capsys: Output
) -> None:
    models = registry(place.lake)
    file = place.lake.comparison(str(models.champion_version()), str(models.challenger_version()))
    file.unlink(missing_ok=True)
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
    return Figures("v", 1.0, {"50": recall}, {}, {}, None, [])


def test_gates_say_what_is_not_passed() -> None:
    half = [WeekCompared("2026-W46", 5, [Differing(1, "a", [])] * 5, [Differing(1, "b", [])] * 5)]
    worse = Comparison(figures(0.8), figures(0.7), half, 50, True)
    assert worse.overlap == 0.5
    assert len(worse.failed(Promote(least_overlap=0.6, most_recall_lost=0.05))) == 2
    assert not worse.failed(Promote(least_overlap=0.5, most_recall_lost=0.11))
