"""`python -m benchmarks.constants`: what the results owe to each constant of detection.

Every number that stands at the head of a module of `models/` (statistics, ranking, cases, detectors, training), with its reason
below it, is halved and doubled in turn; scales and detectors are learned anew from the champion's weeks, the scored weeks are found and judged
again, and the recall is held against that of the constants as they are. Facts stay: constants in SQL are rules' and
tables' parameters.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import click

from features.weeks import Week
from models.evaluation import evaluate
from models.evaluation.ablation import NOTHING
from models.training import train
from pipelines.lake import Lake
from pipelines.lifecycle.ablation import CAPACITIES, cases_of, learned_from, learned_until
from pipelines.lifecycle.judging import events_of, judged_weeks
from pipelines.parameters import Parameters

ROOT = Path(__file__).parents[1]
ROOMS = ("models/statistics", "models/ranking", "models/cases", "models/detectors.py", "models/training.py")
FACTORS = (0.5, 2.0)


@dataclass(frozen=True)
class Constant:
    """A number that detection depends on: where it is declared, and why it is what it is."""

    module: str
    name: str
    value: float
    reason: str

    def __str__(self) -> str:
        return f"{self.module.removeprefix('models.')}.{self.name}"

    def times(self, factor: float) -> float:
        """The value made smaller or larger; a count stays a count of at least one."""
        return max(1, round(self.value * factor)) if isinstance(self.value, int) else self.value * factor

    @contextmanager
    def being(self, value: float) -> Iterator[None]:
        """Let it be another value, in its own module and in all of `models/` that took it from there."""
        own = {module for module, names in heads().items() if self.name in names} - {self.module}
        places = [
            module
            for name, module in sys.modules.items()
            if name.startswith("models.") and name not in own and hasattr(module, self.name)
        ]
        kept = getattr(sys.modules[self.module], self.name)
        try:
            for place in places:
                setattr(place, self.name, value)
            yield
        finally:
            for place in places:
                setattr(place, self.name, kept)


def _files() -> list[Path]:
    rooms = [ROOT / room for room in ROOMS]
    return sorted(file for room in rooms for file in ([room] if room.suffix else room.rglob("*.py")))


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def heads() -> dict[str, set[str]]:
    """The names that each module gives a value to, alone or several at once; another module's number of the same name is
    another number."""
    return {_module(file): {
        name.id
        for statement in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(statement, ast.Assign)
        for name in ast.walk(statement.targets[0]) if isinstance(name, ast.Name)
    } for file in (ROOT / "models").rglob("*.py")}  # fmt: skip


@cache
def constants() -> list[Constant]:
    """All single numbers declared at the head of modules, in the order of modules."""
    return [constant for file in _files() for constant in _declared(file)]


def _declared(file: Path) -> Iterator[Constant]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for statement, after in pairwise([*body, ast.Pass()]):
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            continue
        name, value = statement.targets[0].id, statement.value
        if not (name.isupper() and isinstance(value, ast.Constant) and type(value.value) in (int, float)):
            continue
        said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        yield Constant(_module(file), name, value.value, " ".join(str(said).split()))  # type: ignore[arg-type]


def recalls(lake: Lake, weeks: Sequence[Week], truth: Path, until: Week) -> dict[int, float]:
    """Recall within each capacity of the weeks found and judged with the constants as they are now."""
    parameters = Parameters()
    bundle = train(learned_from(lake, until, parameters), parameters.train.seed, {}, str(until))
    found = [case for week in weeks for case in cases_of(lake, week, {NOTHING: bundle}, parameters)[NOTHING]]
    return dict(evaluate(found, events_of(lake, truth), [str(week) for week in weeks], CAPACITIES).recall)


@click.command()
@click.option("--lake", type=click.Path(exists=True, path_type=Path), required=True, help="A lake with scored weeks.")
@click.option("--truth", type=click.Path(exists=True, path_type=Path), required=True, help="What was planted in them.")
@click.option("--only", multiple=True, help="Constants whose name contains this; default: all.")
@click.option("--weeks", "most", default=4, show_default=True, help="Of the scored weeks, so many of the last.")
def main(lake: Path, truth: Path, only: tuple[str, ...], most: int) -> None:
    """Print what recall is with each constant halved and doubled."""
    opened = Lake(lake)
    weeks, until = judged_weeks(opened, truth)[-most:], learned_until(opened)
    chosen = [c for c in constants() if not only or any(part in str(c) for part in only)]
    for each in chosen:
        importlib.import_module(each.module)
    as_it_is = recalls(opened, weeks, truth, until)
    click.echo(f"{'constant':44}{'value':>12}" + "".join(f"{f'@{k}':>8}" for k in CAPACITIES))
    click.echo(f"{'as they are':56}" + "".join(f"{as_it_is[k]:8.2f}" for k in CAPACITIES))
    for each in chosen:
        for factor in FACTORS:
            with each.being(each.times(factor)):
                now = recalls(opened, weeks, truth, until)
            told = "".join(f"{now[k] - as_it_is[k]:+8.2f}" for k in CAPACITIES)
            click.echo(f"{each!s:44}{each.times(factor):12g}{told}")


if __name__ == "__main__":
    main()
