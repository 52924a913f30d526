"""Scenarios as they are declared: one small YAML file each in `data_samples/scenarios/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from features.errors import DefinitionsDisagreeError

FOLDER = Path(__file__).parents[1] / "scenarios"
DIFFICULTIES = ("easy", "medium", "subtle")
Span = tuple[int, int]
"""Least and most, both included."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Frozen):
    """A text in both languages."""

    ja: str
    en: str


class Recipe(_Frozen):
    """What happens, in words that the planting knows. Every field has an ordinary default."""

    officials: Span = (1, 1)
    agencies: Span = (1, 1)
    departments: Literal["one", "any"] = "one"
    status: Literal["working", "left", "absent", "dormant", "new", "arrived"] = "working"
    subjects: Span = (1, 1)
    bond: Literal["strangers", "household", "kin", "shielded", "known"] = "strangers"
    home: Literal["here", "near", "far"] = "near"
    requests: Span = (3, 10)
    days: Span = (1, 3)
    weeks: int = 1
    growth: float = 1.0
    hours: Literal["work", "night", "holiday", "beside"] = "work"
    procedure: Literal["own", "foreign", "unused", "not_yet", "no_longer", "unnotified"] = "own"
    items: Literal["usual", "first", "all", "rare"] = "usual"
    case: Literal["none", "borrowed", "opened", "existing"] = "none"
    terminal: Literal["own", "second", "shared"] = "own"
    result: Literal["as_it_comes", "no_record", "withheld", "error"] = "as_it_comes"
    share: float = 1.0
    """Part of an agency's rows or answers that is touched."""
    hours_long: Span = (12, 36)
    announced: bool = False
    """Whether a campaign is in the reference table."""
    size: Literal["large", "middling", "small"] = "middling"


class Scenario(_Frozen):
    """One kind of planted event."""

    name: str
    kind: Literal["misuse", "hard_negative"]
    label: Label
    story: Label
    grade: Literal["A", "B", "C"]
    plant: Literal["look_ups", "batch_insertion", "silence", "no_answers", "outage", "campaign"]
    always: dict[str, object] = {}
    easy: dict[str, object]
    medium: dict[str, object]
    subtle: dict[str, object]

    def recipe(self, difficulty: str) -> Recipe:
        """What happens at a difficulty: what always holds, and over it what the difficulty says."""
        return Recipe.model_validate({**self.always, **getattr(self, difficulty)})


@cache
def library(folder: Path = FOLDER) -> tuple[Scenario, ...]:
    """All scenarios, by name. Raises DefinitionsDisagreeError that lists every fault of every file."""
    found, faults = [], []
    for path in sorted(folder.glob("*.yaml")):
        try:
            scenario = Scenario.model_validate({"name": path.stem, **yaml.safe_load(path.read_text("utf-8"))})
            for difficulty in DIFFICULTIES:
                scenario.recipe(difficulty)
            found.append(scenario)
        except ValidationError as error:
            faults += [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if faults:
        raise DefinitionsDisagreeError("Scenarios cannot be read; correct these files:\n" + "\n".join(faults))
    return tuple(found)
