"""Options that several commands share, and how every command ends."""

from __future__ import annotations

import functools
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from features.errors import InterruptedRunError, ShirabeError
from features.weeks import Week
from pipelines.commands.storage import storage_fault
from pipelines.logs import EventLog

UNEXPECTED = 1


def read_week(context: click.Context, option: click.Parameter, text: str | None) -> Week | None:
    """The ISO week that an option names; wrong usage if it names none."""
    try:
        return None if text is None else Week.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

LAKE = click.option(
    "--lake",
    type=FOLDER,
    default=Path("build/lake"),
    show_default=True,
    help="Where Shirabe keeps its own files.",
)
DATA = click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="The folder that holds landing/ and reference/; with --mapping also a single file.",
)
MAPPING = click.option("--mapping", type=FILE, help="A mapping of a foreign log's columns to the log contract.")
PARAMS = click.option("--params", type=FILE, help="Parameters that differ from those of params.yaml.")
ONE_WEEK = click.option("--week", callback=read_week, required=True, help="An ISO week, for example 2026-W46.")
CAPACITY = click.option("--capacity", type=click.IntRange(min=1), help="Cases that inspectors can read in a week.")
FORCE = click.option("--force", is_flag=True, help="Report the week even if it is not complete enough.")
ENGINE = click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    help="Where facts, rules and explanations are computed; default: duckdb, on this machine.",
)
MASTER = click.option("--master", help="Address of the Spark master, for example spark://host:7077.")
LOG_FORMAT = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: one object for each event, on every line.",
)
DEBUG = click.option("--debug", is_flag=True, help="Show the traceback of a failure.")

Body = Callable[..., int | None]


def speaking(body: Body) -> Body:
    """Give a command `--log-format` and `--debug`, its event log, and an exit code however it ends."""

    @functools.wraps(body)
    def command(log_format: str, debug: bool, **given: Any) -> int:
        log = EventLog("json" if log_format == "json" else "text")
        code = run(log, debug, given)
        log.ended(code)
        return code

    def run(log: EventLog, debug: bool, given: dict[str, Any]) -> int:
        try:
            with _interruptible():
                return body(log=log, **given) or 0
        except (KeyboardInterrupt, InterruptedRunError):
            return _interrupted(log)
        except ShirabeError as error:
            log.failure(str(error), error.exit_code, traceback.format_exc() if debug else None)
            return error.exit_code
        except Exception as error:
            if _Stop.asked:  # a library may dress the interruption up as an error of its own
                return _interrupted(log)
            fault = storage_fault(error)
            code = UNEXPECTED if fault is None else fault.exit_code
            said = _unexpected(error, debug) if fault is None else str(fault)
            log.failure(said, code, traceback.format_exc() if debug else None)
            return code

    return DEBUG(LOG_FORMAT(command))


def _interrupted(log: EventLog) -> int:
    log.failure("interrupted; run it again: it resumes", InterruptedRunError.exit_code)
    return InterruptedRunError.exit_code


def _unexpected(error: Exception, debug: bool) -> str:
    """Only the kind of the error: its text could quote a row, and rows hold personal data."""
    hint = "" if debug else "; run it with --debug for the traceback, which may quote data"
    return f"unexpected failure ({type(error).__name__}){hint}"


class _Stop:
    """Whether a signal asked the run to end."""

    asked = False


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the work like Ctrl-C, so that a scheduler's stop is told and resumed alike."""

    def stop(number: int, frame: FrameType | None) -> None:
        _Stop.asked = True
        raise KeyboardInterrupt

    _Stop.asked = False
    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
