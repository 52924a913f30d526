"""Failures that a caller can act on: one class and one exit code a kind."""

from __future__ import annotations

from typing import ClassVar


class ShirabeError(Exception):
    """Something that stops the work. The message says what is wrong, where, and what to do."""

    exit_code: ClassVar[int] = 1


class EngineMissingError(ShirabeError):
    """The engine that was asked for cannot run here."""

    exit_code = 12


class LayoutMissingError(ShirabeError):
    """What lays the report out on paper cannot run here."""


class FileRefusedError(ShirabeError):
    """A delivered file was refused; the rest was loaded."""

    exit_code = 10


class DefinitionsDisagreeError(ShirabeError):
    """Declarations (SQL, YAML, mapping, catalogue) contradict each other."""

    exit_code = 11


class BadParametersError(ShirabeError):
    """The parameter file or an option holds an unusable value."""

    exit_code = 12


class NoUsableModelError(ShirabeError):
    """No champion is registered, or it cannot be loaded."""

    exit_code = 13


class TooLittleHistoryError(ShirabeError):
    """There are not enough earlier weeks to learn from."""

    exit_code = 14


class WeekIncompleteError(ShirabeError):
    """The week is not complete enough to report."""

    exit_code = 15


class IntegrityError(ShirabeError):
    """A check of integrity failed."""

    exit_code = 16


class StorageError(ShirabeError):
    """A place cannot be read or written: full, read-only, not there, not permitted."""

    exit_code = 17


STORE_REFUSES = frozenset({"UNAUTHENTICATED", "PERMISSION_DENIED"})
"""What an MLflow server with authentication answers to whom it does not know, or does not let do this."""
REFUSED_BY_STORE = (
    "the MLflow server does not let this account do it; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
    "or have the server's administrator give the account the right to the lake's model and experiment, run it again"
)
"""Told of such an answer, wherever it comes."""


class LakeBusyError(ShirabeError):
    """Another run is at work on the lake."""

    exit_code = 18


class InterruptedRunError(ShirabeError):
    """Stopped from outside; the next run resumes."""

    exit_code = 20
