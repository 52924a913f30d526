"""The rooms and what they may import."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HEAVY = [
    *("duckdb", "pandas", "mlflow", "sklearn", "pyod", "altair", "vl_convert", "matplotlib", "optuna"),
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


def test_no_module_imports_itself_by_a_detour() -> None:
    """Not even for types: what two modules need of each other stands in a third."""
    import grimp

    graph = grimp.build_graph("features", "models", "reports", "pipelines", "data_samples", cache_dir=None)
    order = TopologicalSorter({each: graph.find_modules_directly_imported_by(each) for each in graph.modules})
    order.prepare()  # CycleError names the circle


def test_rooms_of_pipelines_are_used_one_way() -> None:
    """Commands ask lifecycle and steps, which ask ingest, which asks the lake."""
    import grimp

    graph = grimp.build_graph("pipelines", cache_dir=None)
    rooms = ["lake", "ingest", "steps", "lifecycle", "commands"]
    backwards = [
        f"pipelines.{lower} -> pipelines.{upper}"
        for place, lower in enumerate(rooms)
        for upper in rooms[place + 1 :]
        if graph.find_shortest_chain(f"pipelines.{lower}", f"pipelines.{upper}", as_packages=True)
    ]
    assert not backwards
