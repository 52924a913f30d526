"""dvc.yaml calls the program as it is."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from pipelines.cli import shirabe
from pipelines.parameters import Parameters
from reports.vega import whole

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def commands() -> Iterator[tuple[str, list[str]]]:
    for name, stage in STAGES.items():
        lines = stage["cmd"] if isinstance(stage["cmd"], list) else [stage["cmd"]]
        for line in lines:
            yield name, shlex.split(line.split("shirabe ", 1)[1])


def test_each_step_is_a_stage() -> None:
    assert list(STAGES) == ["simulate", "ingest", "train", "score", "report", "evaluate"]


@pytest.mark.parametrize(("stage", "words"), list(commands()))
def test_stage_calls_its_command_with_options_that_it_has(stage: str, words: list[str]) -> None:
    command = shirabe.commands[words[0]]
    known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    assert words[0] == stage
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("stage", STAGES)
def test_stage_depends_on_sections_that_exist(stage: str) -> None:
    assert set(STAGES[stage].get("params", [])) <= set(Parameters.model_fields)


def test_dvc_and_the_program_draw_recall_from_one_chart() -> None:
    plots = [plot for plot in STAGES["evaluate"]["plots"] if "${judged}/recall.csv" in plot]
    template = ROOT / plots[0]["${judged}/recall.csv"]["template"]
    rows = [{"ranking": name, "capacity": k, "recall": k / 50} for name in ("shirabe", "random") for k in (10, 50)]
    chart = json.loads(template.read_text(encoding="utf-8"))
    assert chart["data"]["values"] == "<DVC_METRIC_DATA>", "DVC's anchor"
    picture = whole(chart | {"data": {"values": rows}})
    assert picture.count("stroke-dasharray") >= 1, "lines are told apart in print"
    assert all(word in picture for word in ("shirabe", "random", "cases read a week"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the stages as they are, and the figures of an evaluation."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("dvc.yaml", "params.yaml", ".dvc/config", "pipelines/lifecycle/recall.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    judged = folder / "build/dvc/evaluation"
    judged.mkdir(parents=True)
    (judged / "metrics.json").write_text('{"shirabe": {"recall": {"10": 0.625}}}')
    (judged / "recall.csv").write_text("ranking,capacity,recall\nshirabe,10,0.625\nrandom,10,0.125\n")
    (judged / "recall.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / ".gitignore").write_text("build\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "stages"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def dvc(checkout: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *words], cwd=checkout, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_dvc_shows_experiments_with_parameters_and_figures(checkout: Path) -> None:
    header, _, workspace, *_ = dvc(checkout, "exp", "show", "--md").splitlines()
    shown = dict(zip(*([cell.strip() for cell in row.split("|")] for row in (header, workspace)), strict=True))
    assert shown["shirabe.recall.10"] == "0.625"
    assert shown["train.at_most_weeks"] == str(Parameters().train.at_most_weeks)


def test_dvc_draws_the_figures(checkout: Path) -> None:
    dvc(checkout, "plots", "show", "--out", "build/plots")
    page = (checkout / "build/plots/index.html").read_text(encoding="utf-8")
    assert "Share of planted events found" in page
    assert "0.625" in page
