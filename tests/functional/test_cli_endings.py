"""However a command ends, it ends with the code and the message that the results contract promises."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import errors
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.locks import sole_run
from pipelines.steps import stages as stages_module
from pipelines.steps.stages import Stages
from reports.manifest import write_manifest
from tests.unit.week_world import WEEK, StandInWork, loaded_lake

Output = pytest.CaptureFixture[str]
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    work = StandInWork()
    monkeypatch.setattr(stages_module, "week_work", lambda: work)
    return loaded_lake(tmp_path / "lake")


def score(lake: Lake, *options: str, week: object = WEEK) -> int:
    return run(["score", "--lake", str(lake.root), "--week", str(week), *options])


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*given: object, **named: object) -> None:
        raise error

    monkeypatch.setattr(Stages, "score", fail)


def test_success_ends_with_0_and_says_what_was_done(lake: Lake, capsys: Output) -> None:
    assert score(lake) == 0
    assert capsys.readouterr().out == "scored 2026-W46\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["scores"],
        ["score"],
        ["score", "--week", "2026-W54"],
        ["score", "--week", "last"],
        ["score", "--week", "2026-W46", "--capacity", "0"],
        ["weekly", "--week", "2026-W46", "--data", "no/such/folder"],
        ["weekly", "--week", "2026-W46", "--frobnicate"],
        ["verify", "no/such/report"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: Output) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert "Usage:" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_each_failure_has_its_code_and_message(
    kind: type[errors.ShirabeError], lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    failing(monkeypatch, kind("what, where, what to do"))
    assert score(lake) == kind.exit_code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "what, where, what to do" in said or kind is errors.InterruptedRunError


def test_unexpected_failure_quotes_nothing_unless_asked(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    failing(monkeypatch, RuntimeError("row with a person's key"))
    assert score(lake) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "--debug" in said
    assert "person" not in said
    assert "Traceback" not in said
    assert score(lake, "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_interruption_ends_with_20_and_says_that_it_resumes(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    assert score(lake) == 20
    assert "run it again" in capsys.readouterr().err


SQLITE = sqlite3.OperationalError("attempt to write a readonly database")


def wrapped(inner: BaseException) -> BaseException:
    """As MLflow hands on what SQLAlchemy hands on."""
    from mlflow.exceptions import MlflowException

    outer = MlflowException(f"({type(inner).__name__}) with its statement")
    outer.__context__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "some/file"),
            "some/file cannot be read or written: no space",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device; make room"),
        (OSError(errno.EROFS, "Read-only file system", "f"), "read-only file system"),
        (PermissionError(errno.EACCES, "Permission denied", "f"), "give this account the right"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a/b"), "a part of it is a file"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a/b"), "a/b cannot be read"),
        (duckdb.IOException('IO Error: Could not write file "x": No space left\nLINE 1: secret'), "No space left"),
        (SQLITE, "readonly database"),
        (wrapped(SQLITE), "readonly database"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "standard output"),
    ],
)
def test_storage_that_fails_ends_with_17_and_says_where(
    error: Exception, said: str, lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    failing(monkeypatch, error)
    assert score(lake) == 17
    message = capsys.readouterr().err
    assert said in message
    assert "run it again" in message
    assert "unexpected" not in message
    assert "secret" not in message


def test_lake_under_a_file_or_in_no_place_at_all_ends_with_17(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "data").mkdir()
    for place in (tmp_path / "file" / "lake", Path("/proc/lake")):
        assert run(["weekly", "--data", str(tmp_path / "data"), "--lake", str(place), "--week", "2026-W46"]) == 17
        assert place.name in capsys.readouterr().err


def test_lake_that_is_not_there_is_not_made(tmp_path: Path, capsys: Output) -> None:
    for command in ("score", "report"):
        assert run([command, "--lake", str(tmp_path / "lak"), "--week", "2026-W46"]) == 17
        assert "no such lake" in capsys.readouterr().err
    assert run(["train", "--lake", str(tmp_path / "lak")]) == 17
    assert not (tmp_path / "lak").exists()


def test_single_file_without_a_mapping_says_what_is_missing(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "log.parquet"
    pq.write_table(pa.table({"a": [1]}), file)
    assert run(["weekly", "--data", str(file), "--lake", str(tmp_path / "lake"), "--week", "2026-W46"]) == 17
    assert "--mapping" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("output", ["closed", "unread", "full"])
def test_standard_output_that_takes_nothing_is_no_unexpected_failure(tmp_path: Path, output: str, form: str) -> None:
    """Closed before it starts, a reader that has gone, a full disk behind it."""
    program = Path(sys.executable).with_name("shirabe")
    redirected = {"closed": ">&-", "unread": "| true", "full": "> /dev/full"}[output]
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.html").write_text("")
    write_manifest(tmp_path / "report", WEEK, 1, "", {})
    script = f'set -o pipefail; (sleep 0.2; "{program}" verify report --log-format {form}) {redirected}'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == (0 if output == "closed" else 17)
    assert "nexpected" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "Traceback" not in done.stderr


def test_truth_that_is_another_table_is_named(tmp_path: Path, lake: Lake, capsys: Output) -> None:
    other = tmp_path / "agencies.parquet"
    pq.write_table(pa.table({"agency_code": ["1"]}), other)
    assert run(["evaluate", "--lake", str(lake.root), "--truth", str(other)]) == 12
    said = capsys.readouterr().err
    assert "scenario_id, scenario, hard_negative, week" in said
    assert "agency_code" not in said
    other.write_text("no Parquet")
    assert run(["evaluate", "--lake", str(lake.root), "--truth", str(other), "--ablation"]) == 12
    assert run(["evaluate", "--lake", str(lake.root), "--truth", str(other), "--part", "clock"]) == 12
    assert "--ablation" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_with_20(tmp_path: Path, kind: signal.Signals) -> None:
    """A real process, waiting in the middle of a step."""
    program = (
        "import sys, time; from pipelines import cli; from pipelines.steps.stages import Stages\n"
        "def wait(*_, **__): print('waiting', flush=True); time.sleep(60)\n"
        "Stages.score = wait; sys.exit(cli.run(sys.argv[1:]))"
    )
    arguments = [sys.executable, "-c", program, "score", "--lake", str(tmp_path), "--week", str(WEEK)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        os.kill(process.pid, kind)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 20
    assert "Traceback" not in said


def test_bad_parameters_are_all_named(lake: Lake, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("score: {capacity: none, speed: 3}\nfoo: 1\ntrain: {seed: -1}\n")
    assert score(lake, "--params", str(file)) == 12
    said = capsys.readouterr().err
    assert all(name in said for name in ("mine.yaml", "score.capacity", "score.speed", "foo", "train.seed"))


@pytest.mark.parametrize("text", ["score: [", "score: 3", "- a", "\x80"])
def test_unreadable_parameters_end_with_12(lake: Lake, tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(text.encode("latin-1"))
    assert score(lake, "--params", str(file)) == 12


@pytest.mark.parametrize("forced", [(), ("--force",)])
def test_absent_week_ends_with_15_and_force_makes_nothing_of_it(
    lake: Lake, forced: tuple[str, ...], capsys: Output
) -> None:
    assert score(lake, *forced, week=WEEK.shift(1)) == 15
    said = capsys.readouterr().err
    assert f"no request of {WEEK.shift(1)} was delivered" in said
    assert "--force" not in said


def test_week_without_history_ends_with_14(lake: Lake) -> None:
    assert score(lake, week=WEEK.shift(-4)) == 14


def test_second_run_on_a_lake_is_turned_away(lake: Lake, capsys: Output) -> None:
    with sole_run(lake):
        assert score(lake) == 18
    assert "another run" in capsys.readouterr().err
    assert score(lake) == 0


def test_review_desk_says_that_it_is_not_here(lake: Lake, capsys: Output) -> None:
    assert run(["review", "--lake", str(lake.root)]) == 1
    assert "not part of this version" in capsys.readouterr().err


@pytest.mark.parametrize("before", [True, False])
def test_json_has_one_object_a_line_on_both_streams(lake: Lake, capsys: Output, before: bool) -> None:
    option, command = ["--log-format", "json"], ["score", "--lake", str(lake.root), "--week", str(WEEK)]
    assert run([*option, *command] if before else [*command, *option]) == 0
    said = capsys.readouterr()
    results, events = ([json.loads(line) for line in text.splitlines()] for text in (said.out, said.err))
    assert [result["event"] for result in results] == ["scored"]
    steps = [(event["event"], event["step"]) for event in events]
    assert steps[:2] == [("step_started", "train"), ("step_finished", "train")]
    assert all({"event", "level", "timestamp"} <= event.keys() for event in results + events)


def test_json_failure_carries_its_code(lake: Lake, capsys: Output) -> None:
    assert score(lake, "--log-format", "json", week=WEEK.shift(1)) == 15
    failure = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (failure["event"], failure["level"], failure["exit_code"]) == ("failed", "error", 15)


def test_report_prints_the_path_of_the_page(lake: Lake, capsys: Output) -> None:
    score(lake)
    capsys.readouterr()
    assert run(["report", "--lake", str(lake.root), "--week", str(WEEK)]) == 0
    assert f"{lake.root}/reports/week=2026-W46/report.html" in capsys.readouterr().out


def test_help_answers_at_once() -> None:
    """Best of three: the machine may be busy with other tests."""
    program = Path(sys.executable).with_name("shirabe")
    took = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        took.append(time.perf_counter() - started)
        assert "a lead, never proof" in done.stdout
    assert min(took) < 0.5
