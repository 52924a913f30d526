"""Names and sizes: what the house does not want to see."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from benchmarks.constants import constants

ROOT = Path(__file__).parents[2]
ROOMS = ("features", "models", "reports", "pipelines", "data_samples")
MODULES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
TEXT = {".py", ".sql", ".yaml", ".yml", ".toml", ".md", ".j2", ".html", ".css", ".csv", ".tsv", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = (ROOT / name for name in listed.splitlines() if name != "uv.lock")
    return [file for file in files if file.suffix in TEXT and file.is_file()]


def functions() -> Iterator[tuple[str, int]]:
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{module.relative_to(ROOT)}:{node.name}", lines


def test_no_file_names_a_machine() -> None:
    """Home folders, work folders and addresses of a machine have no place in a repository."""
    machine = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/|\b(?:10|192\.168)\.\d+\.\d+\.\d+\b")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked()
        if file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if machine.search(line)
    ]
    assert not found


def test_modules_are_named_after_things() -> None:
    unwanted = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [module for module in MODULES if module.stem in unwanted]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_module_is_short_and_says_what_it_is_for(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    assert not text or ast.get_docstring(ast.parse(text)), "a module says in its first line what it is for"


def test_functions_are_short() -> None:
    sizes = dict(functions())
    assert not {name: lines for name, lines in sizes.items() if lines > 60}
    assert median(sizes.values()) <= 12


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_public_things_have_docstrings(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    public = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert not [node.name for node in public if not ast.get_docstring(node)]


def test_no_clock_inside_detection() -> None:
    """A clock in features or models would make the same input give another result."""
    clock = re.compile(r"datetime\.now|date\.today|time\.time\(|CURRENT_(?:DATE|TIMESTAMP)|\bnow\(\)", re.IGNORECASE)
    files = [f for room in ("features", "models") for f in (ROOT / room).rglob("*") if f.suffix in {".py", ".sql"}]
    assert not [str(f.relative_to(ROOT)) for f in files if clock.search(f.read_text(encoding="utf-8"))]


def test_no_step_knows_a_data_set() -> None:
    """What is particular to a foreign log stands in its mapping and nowhere else."""
    files = [f for room in ROOMS if room != "data_samples" for f in (ROOT / room).rglob("*") if f.suffix in TEXT - {""}]
    assert not [
        str(f.relative_to(ROOT)) for f in files if re.search("eugene|police", f.read_text(encoding="utf-8"), re.I)
    ]


def test_each_constant_of_detection_says_why() -> None:
    """`python -m benchmarks.constants` shows what results owe to them."""
    found = constants()
    assert {"ranking.combination.FURTHER", "statistics.mix_ups.SHAPE", "detectors.FLAT"} <= {str(c) for c in found}
    assert not [str(each) for each in found if len(each.reason) < 20]


def test_a_constant_can_be_another_for_a_while() -> None:
    taken = [
        importlib.import_module(f"models.statistics.{name}") for name in ("frames", "agency_counts", "file_content")
    ]
    most = next(each for each in constants() if each.name == "MOST_NATS")
    with most.being(1.0):
        assert [module.MOST_NATS for module in taken] == [1.0, 1.0, 1.0]
    assert [module.MOST_NATS for module in taken] == [most.value] * 3
