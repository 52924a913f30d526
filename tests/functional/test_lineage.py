"""Lineage of a weekly run: what its steps read and wrote, how they ended, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from features.errors import StorageError
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.parameters import Parameters
from pipelines.steps import lineage as lineage_module
from pipelines.steps import stages as stages_module
from pipelines.steps.stages import Stages
from tests.functional.conftest import Reported
from tests.unit.week_world import WEEK, StandInWork, loaded_lake

FILE = "lineage/events.jsonl"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake on which everything heavy is a stand-in, and an environment that does not ask."""
    for name in os.environ:
        if name.startswith("OPENLINEAGE"):
            monkeypatch.delenv(name)
    work = StandInWork()
    monkeypatch.setattr(stages_module, "week_work", lambda: work)
    return loaded_lake(tmp_path / "lake")


def asked(lake: Lake, file: str = FILE) -> Stages:
    return Stages(lake, Parameters.checked({"lineage": {"file": file}}, "a test"))


def events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def names(event: dict[str, Any], side: str) -> set[str]:
    return {each["name"] for each in event[side]}


def test_each_step_starts_and_completes_with_what_it_read_and_wrote(lake: Lake) -> None:
    stages = asked(lake)
    stages.score(WEEK)
    stages.report(WEEK)
    told = events(lake.root / FILE)
    steps = ["train", "features", "score", "report"]
    assert [(e["job"]["name"], e["eventType"]) for e in told] == [
        (f"weekly.{s}", t) for s in steps for t in ("START", "COMPLETE")
    ]
    by_step = {event["job"]["name"].removeprefix("weekly."): event for event in told[1::2]}
    assert f"log/week={WEEK}/log.parquet" in names(by_step["features"], "inputs")
    assert {f"log/week={WEEK}/log.parquet"} <= names(by_step["score"], "inputs")
    assert f"cases/week={WEEK}/cases.parquet" in names(by_step["score"], "outputs") & names(by_step["report"], "inputs")
    assert names(by_step["report"], "outputs") == {f"reports/week={WEEK}"}
    assert {started["run"]["runId"] for started in told[::2]} == {done["run"]["runId"] for done in told[1::2]}
    spaces = {each["namespace"] for event in told for side in ("inputs", "outputs") for each in event[side]}
    assert spaces == {f"shirabe://{identity(lake)}"}


def test_a_step_that_fails_says_of_what_kind_and_no_place_of_the_machine(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise StorageError(f"{lake.root} is full")

    monkeypatch.setattr(StandInWork, "score", full)
    with pytest.raises(StorageError):
        asked(lake).score(WEEK)
    last = events(lake.root / FILE)[-1]
    assert (last["job"]["name"], last["eventType"]) == ("weekly.score", "FAIL")
    assert last["run"]["facets"]["errorMessage"]["message"] == "StorageError"
    assert str(lake.root) not in (lake.root / FILE).read_text(encoding="utf-8")


def test_the_environment_may_ask_and_without_anybody_nothing_is_written(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stages(lake, Parameters()).score(WEEK)
    assert not (lake.root / "lineage").exists()
    place = tmp_path / "collector.jsonl"
    monkeypatch.setenv(
        "OPENLINEAGE__TRANSPORT", json.dumps({"type": "file", "log_file_path": str(place), "append": True})
    )
    Stages(lake, Parameters()).report(WEEK)
    assert [event["eventType"] for event in events(place)] == ["START", "COMPLETE"]
    assert str(tmp_path) not in place.read_text(encoding="utf-8")


def test_what_cannot_be_sent_is_a_warning(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    (lake.root / "lineage" / "events.jsonl").mkdir(parents=True)
    asked(lake).score(WEEK)
    assert "the lineage of score could not be sent" in capsys.readouterr().err


def test_without_its_library_it_says_what_to_install(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lineage_module, "find_spec", lambda name: None)
    with pytest.raises(lineage_module.BadParametersError, match=r"shirabe\[lineage\]"):
        asked(lake).score(WEEK)


@pytest.mark.parametrize("file", ["/etc/events", "../events"])
def test_it_stays_within_the_lake(file: str, tmp_path: Path) -> None:
    given = tmp_path / "given.yaml"
    given.write_text(json.dumps({"lineage": {"file": file}}), encoding="utf-8")
    assert run(["report", "--lake", str(tmp_path), "--week", str(WEEK), "--params", str(given)]) == 12


def test_ingest_of_a_real_delivery_names_what_it_loaded(reported: Reported, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    asked(lake).ingest(reported.data)
    started, done = events(lake.root / FILE)
    assert names(started, "inputs") == {"data/landing", "data/reference"}
    assert {str(f.relative_to(lake.root)) for f in lake.root.glob("log/week=*/*")} <= names(done, "outputs")
    assert started["outputs"] == []
