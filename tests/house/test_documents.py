"""Documents keep in step with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from features import errors
from features.catalogue import attributes
from pipelines.cli import EPILOG, shirabe
from pipelines.parameters import Parameters

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "docs" / "results-contract.md").read_text(encoding="utf-8")
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("*_samples/**/*.md"),
    *ROOT.glob("benchmarks/*.md"),
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)(#[^)]*)?\)")


def options() -> Iterator[tuple[str, str]]:
    for name, command in shirabe.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield name, parameter.opts[0]


def exit_codes() -> set[int]:
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return {0, 2} | {kind.exit_code for kind in kinds if issubclass(kind, errors.ShirabeError)}


def keys(section: dict[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in section.items():
        yield f"{path}{key}", key
        if isinstance(value, dict):
            yield from keys(value, f"{path}{key}.")


@pytest.mark.parametrize("name", shirabe.commands)
def test_command_is_in_the_contract(name: str) -> None:
    assert f"| `shirabe {name}" in CONTRACT


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_option_is_in_the_contract(command: str, option: str) -> None:
    rows = [row for row in CONTRACT.splitlines() if row.startswith("| `--") and f"`{option}`" in row]
    assert rows, f"{option} of {command} is not among the options of docs/results-contract.md"
    commands = rows[0].split("|")[2]
    named = f"`{command}`" in commands
    assert named or "all" in commands, f"{option}: {command} is not named"


@pytest.mark.parametrize("name", shirabe.commands)
def test_every_option_has_help(name: str) -> None:
    command = shirabe.commands[name]
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option))


@pytest.mark.parametrize("code", sorted(exit_codes()))
@pytest.mark.parametrize("page", ["docs/results-contract.md", "README.md", "README.ja.md"])
def test_exit_code_is_documented(page: str, code: int) -> None:
    assert f"\n| {code} | " in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(exit_codes()))
def test_exit_code_is_in_the_help(code: int) -> None:
    assert re.search(rf"\b{code}  \w", EPILOG)


def test_parameter_file_holds_the_defaults() -> None:
    file = ROOT / "params.yaml"
    assert Parameters.read(file) == Parameters()
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == Parameters().model_dump()


@pytest.mark.parametrize(("path", "key"), list(keys(Parameters().model_dump())))
def test_parameter_is_explained(path: str, key: str) -> None:
    lines = (ROOT / "params.yaml").read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    assert "#" in lines[place] or lines[place - 1].startswith("#"), f"{path} has no comment in params.yaml"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = {match[1] for match in LINK.finditer(page.read_text(encoding="utf-8"))}
    local = [target for target in targets if "://" not in target]
    lost = [target for target in local if not (page.parent / target).exists()]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_exist(page: Path) -> None:
    """Paths in backticks below our folders: a moved module must not leave a stale name behind."""
    rooms = "features|models|reports|pipelines|data_samples|tests|docs"
    named = set(re.findall(rf"`((?:{rooms})/[\w./-]+\.\w+)`", page.read_text(encoding="utf-8")))
    lost = [name for name in named if not (ROOT / name).exists() and "NAME" not in name]
    assert not lost


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lint", "types", "bench", "screenshot"])
def test_make_target_is_documented(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    pages = (ROOT / "DEVELOPERS.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"make {target}" in pages


def test_decisions_are_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert all(page.name in listed for page in (ROOT / "docs" / "adr").glob("0*.md"))


def test_detection_names_every_attribute() -> None:
    told = " ".join((ROOT / "docs" / "detection.md").read_text(encoding="utf-8").replace("-", " ").split())
    assert not [each.name for each in attributes() if each.name.replace("_", " ") not in told]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_chapter_stands_twice(page: Path) -> None:
    """A merge that keeps both sides may double a document."""
    chapters = re.findall(r"^## .*", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(chapters) == len(set(chapters))
