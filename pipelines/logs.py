"""What a run says: a few lines for a person, or one JSON object for each event for a log collector."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from pipelines.progress import ProgressBar

LogFormat = Literal["text", "json"]


class EventLog:
    """Results go to standard output; events, warnings and failures to standard error.

    With `json` every line of both streams is one JSON object. With `text` only results, warnings and failures
    are written, and a progress bar where standard error is a terminal.
    """

    def __init__(self, form: LogFormat = "text") -> None:
        self.form = form
        self.bar: ProgressBar | None = None
        self.at_end: Callable[[int], Mapping[str, Any]] | None = None
        """Given the exit code, leaves word of how the run ended, and returns what it said."""
        if form == "json":
            self._results, self._events = _json_logger(sys.stdout), _json_logger(sys.stderr)
        _quieten_libraries(self)

    def result(self, event: str, text: str, **facts: Any) -> None:
        """Something that was done, for the caller: one line."""
        if self.form == "json":
            self._results.info(event, message=text, **facts)
        else:
            click.echo(text)

    def event(self, event: str, **facts: Any) -> None:
        """Something that happened on the way; a person sees the progress bar instead."""
        if self.form == "json":
            self._events.info(event, **facts)

    def warned(self, event: str, text: str, **facts: Any) -> None:
        """Something that the caller should know and that did not stop the work."""
        if self.form == "json":
            self._events.warning(event, message=text, **facts)
        else:
            click.echo(f"warning: {text}", err=True)

    def failure(self, text: str, exit_code: int, trace: str | None = None) -> None:
        """Why the run ends without having done what was asked."""
        if self.form == "json":
            facts = {"exit_code": exit_code} | ({"traceback": trace} if trace else {})
            self._events.error("failed", message=text, **facts)
        else:
            click.echo((trace or "") + f"shirabe: {text}", err=True)

    def ended(self, exit_code: int) -> None:
        """The last event, however the run ended; that no word of it can be left is itself no failure."""
        if self.at_end is None:
            return
        try:
            facts = self.at_end(exit_code)
        except Exception as error:  # the end is told already; a broken lake must not change it
            self.warned("status_not_written", f"the status could not be written ({type(error).__name__})")
        else:
            self.event("ended", **facts)

    @contextmanager
    def step(self, name: str, label: str) -> Iterator[None]:
        """Tell that a step starts and, if it succeeds, how long it took."""
        self.event("step_started", step=name)
        started = time.monotonic()
        if self.bar is not None:
            self.bar.begin(label)
        yield
        if self.bar is not None:
            self.bar.end()
        self.event("step_finished", step=name, seconds=round(time.monotonic() - started, 3))

    def part(self, label: str, done: int, of: int, seconds_left: float) -> None:
        """Tell that a part of the step under way is done, and how long the rest may take."""
        self.event("part_finished", part=label, done=done, of=of, seconds_left=round(seconds_left))
        if self.bar is not None:
            self.bar.begin(f"{label}, {done} of {of}, about {seconds_left / 60:.0f} min left")

    @contextmanager
    def progress(self, steps: int) -> Iterator[None]:
        """Show a bar over so many steps, if a person watches."""
        if self.form == "json" or not sys.stderr.isatty():
            yield
            return
        from pipelines.progress import ProgressBar

        with ProgressBar(steps) as self.bar:
            yield
        self.bar = None


class _LibraryHandler(logging.Handler):
    """Hands warnings of libraries to the event log, so that JSON output stays JSON."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(level=logging.ERROR)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        self.log.warned("library_message", record.getMessage(), logger=record.name)


def _quieten_libraries(log: EventLog) -> None:
    """Libraries print to standard error as they like; route errors through us and drop the chatter."""
    os.environ.setdefault("MLFLOW_CONFIGURE_LOGGING", "false")
    root = logging.getLogger()
    root.handlers = [_LibraryHandler(log)]
    root.setLevel(logging.ERROR)
    logging.captureWarnings(True)


def _json_logger(stream: Any) -> Any:
    import structlog

    return structlog.wrap_logger(
        structlog.PrintLogger(stream or Path(os.devnull).open("w", encoding="utf-8")),  # closed by who started us
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.BoundLogger,
    )
