"""The examples for cron, systemd and Airflow: each calls the real command, and does with its exit code what the contract says."""

from __future__ import annotations

import configparser
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipelines.cli import shirabe
from tests.house.test_documents import exit_codes

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
DONE, AGAIN = {0, 10}, {18, 20}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder in the place of that of the examples, with programs that write down how they were called."""
    (tmp_path / "bin").mkdir()
    for name, end in (("shirabe", 'exit "$END"'), ("logger", "exit 0")):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/{name}.called\n{end}\n', encoding="utf-8")
        program.chmod(0o755)
    return tmp_path


def shell(place: Path, command: str, end: int) -> int:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = command.replace("/srv/shirabe", str(place))
    return subprocess.run(["sh", "-c", command], env={"PATH": path, "END": str(end)}, cwd=place, check=False).returncode


def called(place: Path, name: str = "shirabe") -> list[str]:
    file = place / f"{name}.called"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def is_the_real_command(line: str) -> None:
    """`shirabe weekly` with options that it has, for an ISO week."""
    words = line.split()
    known = {name for option in shirabe.commands[words[0]].params for name in option.opts}
    assert words[0] == "weekly" and {word for word in words if word.startswith("--")} <= known
    assert re.fullmatch(r"20\d\d-W[0-5]\d", words[words.index("--week") + 1])


@pytest.mark.parametrize("end", sorted(exit_codes()))
def test_cron_writes_to_the_log_what_somebody_has_to_see(place: Path, end: int) -> None:
    (line,) = [
        line for line in (EXAMPLES / "shirabe.cron").read_text(encoding="utf-8").splitlines() if line[:1].isdigit()
    ]
    assert not re.search(r"(?<!\\)%", line), "an unescaped % ends a command of cron"
    assert shell(place, line.split(maxsplit=5)[5].replace("\\%", "%"), end) == 0
    is_the_real_command(called(place)[0])
    told = " ".join(called(place, "logger"))
    assert ("user.warning" in told, "user.err" in told) == (end == 10, end not in DONE)
    assert end in DONE or f"ended with {end};" in told


def unit(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, strict=True)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(EXAMPLES / name, encoding="utf-8")
    return found


@pytest.mark.parametrize("end", sorted(exit_codes()))
def test_systemd_tries_again_what_may_be_tried_again_and_nothing_else(place: Path, end: int) -> None:
    service = unit("shirabe.service")["Service"]
    command = service["ExecStart"].replace("%%", "%").removeprefix("/bin/sh -c ")
    assert shell(place, command.strip("'"), end) == end
    is_the_real_command(called(place)[0])
    fine = {0, *map(int, service["SuccessExitStatus"].split())}
    held = set(map(int, service["RestartPreventExitStatus"].split()))
    assert (end in fine) == (end in DONE)
    assert (end not in fine | held) == (end in AGAIN)
    assert unit("shirabe.timer")["Timer"]["Persistent"] == "true"


def test_systemd_takes_the_units() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:  # parsed above
        return
    files = [str(EXAMPLES / name) for name in ("shirabe.service", "shirabe.timer")]
    done = subprocess.run([program, "verify", "--man=no", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


class FailError(Exception):
    """Stands for a failure that Airflow does not try again."""


class AgainError(Exception):
    """Stands for one that it does."""


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """The tasks of the DAG, by name, under stand-ins for Airflow's decorators."""
    found: dict[str, Callable[[], None]] = {}

    def task(**options: Any) -> Callable[[Callable[[], None]], Callable[[], None]]:
        def keep(function: Callable[[], None]) -> Callable[[], None]:
            found[function.__name__] = function
            return lambda: None

        assert options["retries"] > 0
        return keep

    sdk, exceptions = ModuleType("airflow.sdk"), ModuleType("airflow.sdk.exceptions")
    vars(sdk).update(dag=lambda **options: lambda function: function, task=task)
    vars(exceptions).update(AirflowException=AgainError, AirflowFailException=FailError)
    for module in (ModuleType("airflow"), sdk, exceptions):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    runpy.run_path(str(EXAMPLES / "shirabe_dag.py"))
    return found


@pytest.mark.parametrize("end", sorted(exit_codes()))
def test_airflow_tries_again_fails_or_is_done(
    tasks: dict[str, Callable[[], None]], place: Path, monkeypatch: pytest.MonkeyPatch, end: int
) -> None:
    monkeypatch.setitem(tasks["weekly"].__globals__, "PLACE", str(place))
    monkeypatch.setenv("PATH", f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("END", str(end))
    if end in DONE:
        tasks["weekly"]()
    else:
        with pytest.raises(AgainError if end in {*AGAIN, 15} else FailError, match=f"ended with {end};"):
            tasks["weekly"]()
    is_the_real_command(called(place)[0])
