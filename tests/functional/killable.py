"""Runs `shirabe weekly` in children of a process that has the heavy libraries loaded, and kills them.

A child dies by SIGKILL just before its n-th move of a file in the lake: these are the moments at which the
lake changes, so they are the ones that matter, and unlike moments by the clock they are the same every time.
Called as a program with one thread for numerics, because a process that has started threads must not fork.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.cli import run
from pipelines.lake import Lake

MOMENTS = 10
SMALL = Path(__file__).with_name("small.yaml")


def moves(lake: Path, on_move: Callable[[], None]) -> None:
    """Call `on_move` before every move of a file into a place of ours below the lake."""
    store = (str(lake / "mlflow.db"), str(lake / "mlartifacts"))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename":
            target = os.fspath(arguments[1])
            if str(target).startswith(str(lake)) and not str(target).startswith(store):
                on_move()

    sys.addaudithook(hook)


def in_child(work: Callable[[], int]) -> int:
    """The exit code of a forked child, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def weekly(data: Path, lake: Path, week: str, die_before: int | None = None, count: Path | None = None) -> int:
    """Run the week in this process; die before a move, or write down how many there were."""
    done = 0

    def on_move() -> None:
        nonlocal done
        if done == die_before:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    moves(lake, on_move)
    code = run(["weekly", "--data", str(data), "--lake", str(lake), "--week", week, "--params", str(SMALL)])
    if count is not None:
        count.write_text(str(done))
    return code


def new_lake(folder: Path, store: Path) -> Path:
    """An empty lake with an empty store of MLflow in it, whose making takes longer than all the rest."""
    folder.mkdir()
    shutil.copyfile(store, folder / "mlflow.db")
    return folder


def killed_and_resumed(data: Path, lake: Path, week: str, moment: int) -> int:
    """Run the week until the moment, then again to its end; 0 if the first was killed and the second did all."""
    killed = in_child(lambda: weekly(data, lake, week, moment))
    resumed = in_child(lambda: weekly(data, lake, week))
    return 0 if (killed, resumed) == (-signal.SIGKILL, 0) else 1


def main(data: Path, base: Path, week: str) -> dict[str, list[int]]:
    """An undisturbed run, then one for each moment, killed and run again; two moments at a time."""
    from pipelines.steps.training import registry

    registry(Lake(base / "store")).champion_version()
    store = base / "store" / "mlflow.db"
    # In this process, so that it loads and compiles once what all children need.
    codes = [weekly(data, new_lake(base / "undisturbed", store), week, count=base / "moves")]
    total = int((base / "moves").read_text())
    at = sorted({total * moment // MOMENTS for moment in range(MOMENTS)})
    for number, moment in enumerate(at):
        lake = new_lake(base / f"killed-{moment}", store)
        if os.fork() == 0:
            os._exit(killed_and_resumed(data, lake, week, moment))
        if number % 2 or number == len(at) - 1:
            codes += [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(number % 2 + 1)]
    return {"codes": codes, "moments": at}


if __name__ == "__main__":
    outcome = main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    Path(sys.argv[2], "outcome.json").write_text(json.dumps(outcome))
