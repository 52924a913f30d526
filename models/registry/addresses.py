"""Addresses that MLflow understands, and its answers."""

from __future__ import annotations

import atexit
import re
import tempfile
from functools import cache
from pathlib import Path

import mlflow

from features.errors import REFUSED_BY_STORE, STORE_REFUSES, StorageError

_PLAIN = re.compile(r"[\w./-]+", re.ASCII)


@cache
def addressable(folder: Path) -> Path:
    """The same folder under a name that can stand in an address: MLflow and SQLAlchemy would read `?`, `#` and `%` in a
    folder's name as their own signs, and write elsewhere."""
    if _PLAIN.fullmatch(str(folder)):
        return folder
    link = tempfile.TemporaryDirectory(prefix="shirabe-")
    atexit.register(link.cleanup)
    place = Path(link.name, "lake")
    place.symlink_to(folder, target_is_directory=True)
    return place


def require_absence(error: mlflow.exceptions.MlflowException) -> None:
    """StorageError unless the answer was that there is no such model: what cannot be asked is not absent."""
    absent = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}
    if error.error_code in STORE_REFUSES:
        raise StorageError(REFUSED_BY_STORE) from error
    if error.error_code not in absent:
        raise StorageError(
            "the MLflow store cannot be read; see to the place that MLFLOW_TRACKING_URI names (without it: mlflow.db "
            "in the lake), run it again"
        ) from error
