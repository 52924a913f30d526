"""The rooms and what they may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = [
    *("duckdb", "pandas", "mlflow", "sklearn", "pyod", "matplotlib"),
    *("pyarrow", "scipy", "numpy", "pydantic", "structlog"),
]


def test_import_rules_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_command_line_imports_nothing_heavy() -> None:
    program = f"import sys, pipelines.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["features.errors", "features.weeks", "pipelines.lake", "pipelines.logs"])
def test_base_modules_are_light(module: str) -> None:
    program = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
