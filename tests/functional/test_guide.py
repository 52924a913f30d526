"""The guide runs: its blocks, in their order, in a copy of the program, on a small lake behind a real MLflow server."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.functional.conftest import Reported
from tests.functional.test_registry import free_port, wait_for

ROOT = Path(__file__).parents[2]
ROOMS = ("features", "models", "reports", "pipelines", "data_samples")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of the guide: its language, what stands beside it, and its text."""

    language: str
    beside: str
    text: str


def blocks() -> list[Block]:
    text = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    return [Block(language, beside or "", body) for language, beside, body in BLOCK.findall(text)]


def only(beside: str) -> Block:
    (found,) = (block for block in blocks() if block.beside == beside)
    return found


@pytest.fixture
def clone(reported: Reported, tmp_path: Path) -> Path:
    """The program, and a reported lake where the guide has it."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "sample"))
    shutil.copytree(reported.lake.root, tmp_path / "build" / "lake")
    program = tmp_path / "bin" / "shirabe"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pipelines.cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


@pytest.fixture
def environment(clone: Path) -> Iterator[dict[str, str]]:
    """What the blocks see: the copy of the program, and the server that the guide starts."""
    port = str(free_port())
    command = shlex.split(only("server").text.replace("5000", port))
    told = dict(line.removeprefix("export ").split("=", 1) for line in only("environment").text.splitlines())
    address = told["MLFLOW_TRACKING_URI"].replace("5000", port)
    path = os.pathsep.join((str(clone / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
    seen = os.environ | {"PATH": path, "PYTHONPATH": str(clone), "MLFLOW_TRACKING_URI": address}
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with subprocess.Popen(
        [*command, "--workers", "1"], cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(f"{address}/health")
            yield seen
        finally:
            server.terminate()


def test_every_block_of_the_guide_works(clone: Path, environment: dict[str, str]) -> None:
    said = []
    for block in blocks():
        if block.language in {"sql", "yaml"}:
            (clone / block.beside).write_text(block.text, encoding="utf-8")
        elif not block.beside:
            program = [sys.executable, "-c"] if block.language == "python" else ["bash", "-euo", "pipefail", "-c"]
            done = subprocess.run(
                [*program, block.text], cwd=clone, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
            said.append(done.stdout)
    everything = "\n".join(said)
    for sign in (
        "planted into copies",
        "card:",
        "is the challenger",
        "all gates of promotion are passed",
        "is the champion in place of",
    ):
        assert sign in everything, (sign, everything)
    assert "revision 2 of 2026-W46 was scored by shirabe/2@" in everything, everything
    assert "model version shirabe/1@" in said[-1], said[-1]


def test_what_is_not_run_is_the_making_of_a_world_the_server_and_its_address() -> None:
    assert [b.beside for b in blocks() if b.language == "sh" and b.beside] == ["setup", "server", "environment"]
