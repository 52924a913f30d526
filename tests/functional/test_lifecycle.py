"""The life of models: who may make another champion, what is written down of it, and the way back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from models.bundle import Bundle, FittedDetector
from models.detectors import DETECTORS, fit
from models.ranking.calibration import Tail
from models.registry import Registry
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.promotions import Period, Record
from pipelines.lake.scored import models_of_scored_weeks
from pipelines.steps.training import registry
from tests.functional.conftest import Reported

Output = pytest.CaptureFixture[str]
UNGATED = Path(__file__).with_name("ungated.yaml")
AGREED = ("--by", "Sato", "--approved-by", "Tanaka", "--why", "found more at small towns")


def bundle(until: str) -> Bundle:
    data = np.random.default_rng(1).normal(size=(40, 2))
    fitted = {DETECTORS[0].name: FittedDetector(*fit(DETECTORS[0], data, 1))}
    weeks = {"2026-W40": "d", "2026-W41": "e"}
    measured = {"official_weeks": 40.0}
    tails = {"x": Tail((0.0, 1.0), (3.0, 1.0), 2.0)}
    return Bundle(("a", "b"), fitted, tails, {"until": until}, measured, until * 4, weeks)


@pytest.fixture
def lake(made: Lake, tmp_path: Path) -> Lake:
    """A lake with a champion, a challenger, and a week that the champion scored, for one test."""
    shutil.copytree(made.root, tmp_path / "lake")
    return Lake(tmp_path / "lake")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The same, made once."""
    lake = Lake(tmp_path_factory.mktemp("models"))
    first = registry(lake).register(bundle("2026-W42"))
    registry(lake).register(bundle("2026-W43"))
    score(lake, "2026-W44", first)
    return lake


def score(lake: Lake, week: str, version: str) -> None:
    file = lake.scores("user", Week.parse(week))
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"week": [week, week], "model_version": [version, version]}), file)


def record(lake: Lake) -> list[dict[str, str | None]]:
    return [json.loads(line) for line in lake.promotions().read_text(encoding="utf-8").splitlines()]


def shirabe(lake: Lake, *words: str) -> int:
    gates = ["--params", str(UNGATED)] if words[0] == "promote" else []
    return run([*words, *gates, "--lake", str(lake.root)])


def champion(lake: Lake) -> str:
    return str(registry(lake).champion_version()).split("@")[0]


@pytest.mark.parametrize("named", ["challenger", "2", "shirabe/2"])
def test_promotion_makes_the_champion_and_is_written_down(lake: Lake, named: str, capsys: Output) -> None:
    first, second = (each.version for each in registry(lake).registered())
    assert shirabe(lake, "promote", named, *AGREED) == 0
    assert (registry(lake).champion_version(), registry(lake).challenger_version()) == (second, None)
    (line,) = record(lake)
    assert str(line.pop("when")).endswith("+00:00")
    assert line.pop("digest") == registry(lake).find(second).digest != ""
    assert line == {
        "act": "promote", "version": second, "fingerprint": "2026-W43" * 4, "from": first,
        "by": "Sato", "approved_by": "Tanaka", "why": "found more at small towns",
    }  # fmt: skip
    assert f"{second} is the champion in place of {first}, which scored 2026-W44" in capsys.readouterr().out


@pytest.mark.parametrize("other", ["Sato", " sato ", "ＳＡＴＯ", "", "  "])
@pytest.mark.parametrize("order", [("--by", "--approved-by"), ("--approved-by", "--by")])
def test_one_person_alone_cannot_promote(lake: Lake, other: str, order: tuple[str, str]) -> None:
    people = (order[0], "Sato", order[1], other)
    for command in (("promote", "2"), ("rollback",)):
        assert shirabe(lake, *command, *people, "--why", "so") == 2
    assert not lake.promotions().exists()
    assert champion(lake) == "shirabe/1"


@pytest.mark.parametrize("missing", ["--by", "--approved-by", "--why"])
def test_promotion_needs_both_people_and_a_reason(lake: Lake, missing: str) -> None:
    place = AGREED.index(missing)
    assert shirabe(lake, "promote", "2", *AGREED[:place], *AGREED[place + 2 :]) == 2


@pytest.mark.parametrize("named", ["3", "champions", "shirabe/2@0000"])
def test_unknown_version_is_no_usable_model(lake: Lake, named: str, capsys: Output) -> None:
    assert shirabe(lake, "promote", named, *AGREED) == 13
    assert "registered are: shirabe/1@" in capsys.readouterr().err
    assert not lake.promotions().exists()


def test_lake_without_models_is_left_without_a_store(tmp_path: Path) -> None:
    for command in (("promote", "1"), ("rollback",)):
        assert shirabe(Lake(tmp_path), *command, *AGREED) == 13
    assert not (tmp_path / "mlflow.db").exists()


def test_champion_promoted_again_changes_nothing(lake: Lake, capsys: Output) -> None:
    assert shirabe(lake, "promote", "1", *AGREED) == 0
    assert "is the champion already" in capsys.readouterr().out
    assert not lake.promotions().exists()


def test_rollback_restores_and_lists_the_weeks_of_the_model_that_goes(lake: Lake, capsys: Output) -> None:
    assert shirabe(lake, "promote", "2", *AGREED) == 0
    second = str(registry(lake).champion_version())
    score(lake, "2026-W45", second)
    before = lake.promotions().read_bytes()
    capsys.readouterr()
    assert shirabe(lake, "rollback", *AGREED) == 0
    told = capsys.readouterr().out
    assert "2026-W45" in told and "2026-W44" not in told
    assert champion(lake) == "shirabe/1"
    assert lake.promotions().read_bytes().startswith(before), "lines are only ever added"
    assert (record(lake)[-1]["act"], record(lake)[-1]["from"]) == ("rollback", second)


def test_rollbacks_go_further_back_each_time(lake: Lake) -> None:
    registry(lake).register(bundle("2026-W44"))
    for number in ("2", "3"):
        assert shirabe(lake, "promote", number, *AGREED) == 0
    for expected in ("shirabe/2", "shirabe/1"):
        assert shirabe(lake, "rollback", *AGREED) == 0
        assert champion(lake) == expected
    assert shirabe(lake, "rollback", *AGREED) == 13, "before the first there was none"
    assert champion(lake) == "shirabe/1"


def killed(monkeypatch: pytest.MonkeyPatch, lake: Lake, *words: str) -> None:
    def die(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "promote", die)
        assert shirabe(lake, *words, *AGREED) == 20


def test_killed_between_record_and_alias_it_is_finished_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    for command, expected in ((("promote", "2"), "shirabe/2"), (("rollback",), "shirabe/1")):
        killed(monkeypatch, lake, *command)
        written = record(lake)
        assert shirabe(lake, *command, *AGREED) == 0
        assert champion(lake) == expected
        assert record(lake) == written


def test_rollback_takes_back_a_promotion_that_was_killed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(monkeypatch, lake, "promote", "2")
    assert shirabe(lake, "rollback", *AGREED) == 0
    assert champion(lake) == "shirabe/1"
    assert [line["act"] for line in record(lake)] == ["promote", "rollback"]


def test_first_champion_is_written_down_and_the_next_training_challenges(
    reported: Reported, tmp_path: Path, capsys: Output
) -> None:
    world = reported.copy_to(tmp_path)
    (first,) = record(world.lake)
    assert (first["act"], first["from"], first["by"]) == ("first", None, "")
    assert shirabe(world.lake, "train") == 0
    assert "is the challenger, trained on 5 weeks; the champion stays" in capsys.readouterr().out
    assert registry(world.lake).champion_version() == first["version"]
    assert record(world.lake) == [first]
    assert models_of_scored_weeks(world.lake) == {world.week: (first["version"],)}


def told(capsys: Output) -> list[dict[str, object]]:
    lines = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return [line for line in lines if line["event"] in {"model", "judged"}]


def test_models_lists_every_version_and_its_life(lake: Lake, capsys: Output) -> None:
    assert shirabe(lake, "promote", "2", *AGREED) == 0
    second, when = str(registry(lake).champion_version()), record(lake)[0]["when"]
    score(lake, "2026-W45", second)
    registry(lake).register(bundle("2026-W46"))
    capsys.readouterr()
    assert shirabe(lake, "models", "--log-format", "json") == 0
    found = told(capsys)
    facts = [[line[name] for name in ("alias", "until", "live", "scored")] for line in found]
    assert facts == [
        [None, "2026-W42", [{"from": None, "to": when}], ["2026-W44"]],
        ["champion", "2026-W43", [{"from": when, "to": None}], ["2026-W45"]],
        ["challenger", "2026-W46", [], []],
    ]
    assert all((line["weeks"], line["official_weeks"]) == (["2026-W40", "2026-W41"], 40) for line in found)
    assert shirabe(lake, "models") == 0
    text = capsys.readouterr().out
    assert f"{second} (champion): trained until 2026-W43 on 2 weeks (2026-W40 to 2026-W41), 40 official-weeks" in text
    assert f"live from before the record began to {when}; scored 2026-W44" in text
    assert "never live by the record; scored no week" in text


def test_models_answers_which_scored_a_week_in_each_revision(lake: Lake, capsys: Output) -> None:
    first = str(registry(lake).champion_version())
    week = Week.parse("2026-W44")
    score(lake.kept_revision(week, 1), str(week), first)
    assert shirabe(lake, "promote", "2", *AGREED) == 0
    second, when = str(registry(lake).champion_version()), record(lake)[0]["when"]
    score(lake, str(week), second)
    capsys.readouterr()
    assert shirabe(lake, "models", "--week", str(week)) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"revision 1 of 2026-W44 (superseded) was scored by {first}: live from before the record began to {when}",
        f"revision 2 of 2026-W44 was scored by {second}: live from {when}",
    ]


def test_week_that_was_not_scored_has_no_model(lake: Lake, capsys: Output) -> None:
    assert shirabe(lake, "models", "--week", "2026-W31") == 1
    assert "2026-W31 is not scored yet" in capsys.readouterr().err


def test_asking_for_models_makes_neither_lake_nor_store(tmp_path: Path, capsys: Output) -> None:
    assert shirabe(Lake(tmp_path), "models") == 0
    assert "no model is registered" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert shirabe(Lake(tmp_path / "absent"), "models") == 17
    assert not (tmp_path / "absent").exists()


def test_version_that_came_back_was_live_twice(lake: Lake) -> None:
    first = str(registry(lake).champion_version())
    assert shirabe(lake, "promote", "2", *AGREED) == 0
    assert shirabe(lake, "rollback", *AGREED) == 0
    gone, back = (str(line["when"]) for line in record(lake))
    assert Record.read(lake).periods(first) == (Period(first, None, gone), Period(first, back, None))


def test_lake_that_begins_anew_has_its_next_model_as_champion(lake: Lake) -> None:
    """What the stages of DVC count on: without `lake.json` the models there are another lake's."""
    (lake.root / "lake.json").unlink()
    version = registry(lake).register(bundle("2026-W47"))
    assert registry(lake).champion_version() == version
    assert [each.version for each in registry(lake).registered()] == [version]


def test_one_person_may_cast_a_shadow_which_is_written_down_and_changes_no_champion(lake: Lake, capsys: Output) -> None:
    first, second = (each.version for each in registry(lake).registered())
    assert shirabe(lake, "promote", "1", *AGREED) == 0
    periods = Record.read(lake).periods(first)
    assert shirabe(lake, "shadow", "challenger", "--by", "Sato", "--why", "to see it at work") == 0
    assert registry(lake).shadow_version() == second == registry(lake).find("shadow").version
    assert (registry(lake).champion_version(), Record.read(lake).periods(first)) == (first, periods)
    [line] = [line for line in record(lake) if line["act"] == "shadow"]
    assert (line["version"], line["by"], line["why"]) == (second, "Sato", "to see it at work")
    assert shirabe(lake, "shadow", "none", "--by", "Sato", "--why", "seen") == 0
    assert registry(lake).shadow_version() is None
    assert [line["version"] for line in record(lake) if line["act"] == "shadow"] == [second, ""]


def test_the_champion_is_no_shadow(lake: Lake, capsys: Output) -> None:
    assert shirabe(lake, "shadow", "1", "--by", "Sato", "--why", "x") == 13
    assert not [line for line in record(lake) if line["act"] == "shadow"] if lake.promotions().exists() else True
