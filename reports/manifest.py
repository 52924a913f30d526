"""The manifest of a published report: what every file, input and model was, so that anyone can check it offline."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from features.weeks import Week

MANIFEST = "manifest.json"
LIBRARIES = (
    "shirabe",
    "duckdb",
    "jinja2",
    "mlflow",
    "numpy",
    "pandas",
    "pyarrow",
    "pyod",
    "scikit-learn",
    "scipy",
    "plutoprint",
)


def sha256(file: Path) -> str:
    """The fingerprint of a file's content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Of the program, of Python and of the libraries that the result depends on."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def write_manifest(
    folder: Path, week: Week, revision: int, model_version: str, inputs: Mapping[str, str], report_id: str = ""
) -> None:
    """Describe all other files of a folder. No moment of writing: the same inputs give the same bytes."""
    files = sorted(file for file in folder.iterdir() if file.name != MANIFEST)
    content = {
        "week": str(week),
        "revision": revision,
        "report": report_id,
        "model": model_version,
        "files": {file.name: sha256(file) for file in files},
        "inputs": dict(sorted(inputs.items())),
        "versions": versions(),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
