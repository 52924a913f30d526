"""A search for parameters: what it tries, keeps and writes, and that it leaves everything else as it was."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from mlflow.tracking import MlflowClient

from models.registry.trials import PARENT
from models.sizes import Sizes
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lifecycle.judging import TRUTH_COLUMNS
from pipelines.steps.training import registry
from tests.functional.conftest import Reported
from tests.functional.handwritten import CURRENT

Output = pytest.CaptureFixture[str]
RESULTS = (
    "scores",
    "requests",
    "rule_hits",
    "cases",
    "case_weeks",
    "drift",
    "coverage",
    "reports",
    "models",
    "features",
)
SMALL = """
train: {detectors: {iforest: 20, knn: 0, near: 0, cblof: 0, mcd: 0}}
search: {judged_weeks: 1, held_weeks: 1, space: {at_least_weeks: [8], at_most_weeks: [4]}}
"""
"""Four combinations, of which one cannot be: at least eight weeks and at most four."""


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("search") / "params.yaml"
    file.write_text(SMALL)
    return file


@pytest.fixture(scope="module")
def searched(reported: Reported, params: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake after a search of everything that there is to try; tests only read it."""
    lake = reported.copy_to(tmp_path_factory.mktemp("searched")).lake
    assert shirabe(lake, params, "9") == 0
    return lake


def shirabe(lake: Lake, params: Path, trials: str, *more: str) -> int:
    return run(["search", "--lake", str(lake.root), "--trials", trials, "--params", str(params), *more])


def runs(lake: Lake) -> dict[str, Any]:
    """The nested runs of the search that came to an end, by name."""
    client = MlflowClient(f"sqlite:///{lake.root / 'mlflow.db'}")
    found = client.search_runs([client.get_experiment_by_name("shirabe-search").experiment_id])
    return {run.info.run_name: run for run in found if PARENT in run.data.tags and run.info.status != "KILLED"}


def told(run: Any) -> tuple[Any, ...]:
    """What came of a run, but not how long it took."""
    return run.info.status, run.data.params, {n: v for n, v in run.data.metrics.items() if n != "seconds"}


def contents(lake: Lake) -> dict[str, str]:
    files = [file for name in RESULTS for file in sorted((lake.root / name).rglob("*")) if file.is_file()]
    return {str(file.relative_to(lake.root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def best_file(lake: Lake) -> Path:
    [file] = (lake.root / "evaluation" / "search").iterdir()
    return file


def test_nothing_is_registered_and_no_result_changes(reported: Reported, searched: Lake) -> None:
    assert contents(searched) == contents(reported.lake)
    before, after = registry(reported.lake), registry(searched)
    assert after.registered() == before.registered()
    assert (after.champion_version(), after.challenger_version()) == (before.champion_version(), None)
    assert not (searched.root / ".staging").exists(), "copies with planted misuse are thrown away"


def test_each_trial_is_a_nested_run_with_parameters_figures_and_data(searched: Lake) -> None:
    found = runs(searched)
    trials = [found[f"trial {number}"] for number in range(4)]
    assert trials[0].data.params == {"at_least_weeks": "4", "at_most_weeks": "8"}, "the present parameters come first"
    assert len({json.dumps(run.data.params, sort_keys=True) for run in trials}) == 4
    for each in (trial for trial in trials if trial.info.status == "FINISHED"):
        assert {"objective", "recall_10", "recall_50", "promise_holds", "seconds"} <= each.data.metrics.keys()
        assert 0.0 < each.data.metrics["recall_50"] <= 1.0
        assert each.data.metrics["events"] > 0
        assert each.data.tags["data.2026-W43"]
    assert len({run.data.tags[PARENT] for run in trials}) == 1
    assert "held 0" in found, "the present parameters are judged on the weeks held back too"


def test_the_file_makes_the_challenger(searched: Lake, reported: Reported, tmp_path: Path, capsys: Output) -> None:
    client = MlflowClient(f"sqlite:///{searched.root / 'mlflow.db'}")
    parent = client.get_run(runs(searched)["trial 0"].data.tags[PARENT])
    number = parent.data.tags["best.number"]
    chosen = runs(searched)[f"trial {number}"]
    assert chosen.data.metrics["objective"] == max(
        run.data.metrics.get("objective", -9.0) for name, run in runs(searched).items() if name.startswith("trial")
    )
    written = yaml.safe_load(best_file(searched).read_text(encoding="utf-8"))["train"]
    assert {name: str(written[name]) for name in ("at_least_weeks", "at_most_weeks")} == chosen.data.params
    # Another size than those of trial 0, so that it is seen that training takes them from the file.
    other = tmp_path / "other.yaml"
    other.write_text(best_file(searched).read_text(encoding="utf-8").replace("near: 0", "near: 9"))
    lake = reported.copy_to(tmp_path).lake
    assert run(["train", "--lake", str(lake.root), "--until", "2026-W46", "--params", str(other)]) == 0
    challenger = registry(lake).load(registry(lake).find("challenger")).bundle
    assert Sizes.of(challenger.parameters) == Sizes(**written["detectors"] | {"near": 9})


def test_a_search_goes_on_where_it_ended_tells_what_fails_and_then_does_nothing(
    searched: Lake, params: Path, tmp_path: Path, capsys: Output
) -> None:
    lake = Lake(Path(shutil.copytree(searched.root, tmp_path / "lake")))
    client = MlflowClient(f"sqlite:///{lake.root / 'mlflow.db'}")
    cut_short = runs(lake)["trial 1"].info.run_id
    client.update_run(cut_short, status="RUNNING")  # as a kill in the midst of the second trial leaves it
    for name in ("trial 2", "trial 3"):
        client.delete_run(runs(lake)[name].info.run_id)
    best_file(lake).unlink()
    assert shirabe(lake, params, "9") == 0
    assert client.get_run(cut_short).info.status == "KILLED"
    assert {name: told(run) for name, run in runs(lake).items()} == {
        name: told(run) for name, run in runs(searched).items()
    }
    assert best_file(lake).read_text(encoding="utf-8") == best_file(searched).read_text(encoding="utf-8")
    said = capsys.readouterr()
    assert "at_least_weeks is greater than at_most_weeks" in said.err
    assert "4 trials, 1 of them failed" in said.out, "everything was tried before the ninth"
    [failed] = [run.data.params for run in runs(lake).values() if run.info.status == "FAILED"]
    assert failed == {"at_least_weeks": "8", "at_most_weeks": "4"}
    before = (lake.root / "mlflow.db").read_bytes()
    assert shirabe(lake, params, "4") == 0
    assert (lake.root / "mlflow.db").read_bytes() == before


def test_a_truth_takes_the_place_of_planted_misuse(
    reported: Reported, params: Path, tmp_path: Path, capsys: Output
) -> None:
    """An official's whole week is the truth of each of the two weeks."""
    lake = reported.copy_to(tmp_path).lake
    parts = []
    for week in ("2026-W45", CURRENT):
        log = (
            pq.ParquetFile(lake.root / f"log/week={week}/log.parquet")
            .read()
            .to_pandas()
            .dropna(subset="requester_user")
        )
        own = log[
            (log.requester_agency == log.requester_agency.iloc[0]) & (log.requester_user == log.requester_user.iloc[0])
        ]
        parts.append(own.rename(columns={"requester_agency": "agency_code"}).assign(
            scenario_id=week, scenario="made up", hard_negative=False, week=week
        )[list(TRUTH_COLUMNS)])  # fmt: skip
    truth = tmp_path / "truth.parquet"
    pd.concat(parts).to_parquet(truth)
    assert shirabe(lake, params, "1", "--truth", str(truth)) == 0
    assert "recall by the truth" in capsys.readouterr().out
    assert {run.data.metrics["events"] for run in runs(lake).values()} == {1.0}
    assert runs(lake)["trial 0"].data.metrics["recall_50"] in (0.0, 1.0)


def test_no_trial_starts_after_the_time_is_over(
    reported: Reported, params: Path, tmp_path: Path, capsys: Output
) -> None:
    lake = reported.copy_to(tmp_path).lake
    assert shirabe(lake, params, "4", "--minutes", "0") == 1
    assert "allow more --minutes" in capsys.readouterr().err
    assert not runs(lake)


def test_too_few_weeks_end_with_14(reported: Reported, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "params.yaml"
    file.write_text("search: {held_weeks: 3}")
    assert shirabe(reported.copy_to(tmp_path).lake, file, "4") == 14
    assert "search.held_weeks" in capsys.readouterr().err
