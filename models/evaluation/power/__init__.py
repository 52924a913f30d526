"""What a week's list would have held of declared misuse: scenarios planted into a copy of its own log, and found or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, cast

import numpy as np
import pandas as pd
import yaml

from features.catalogue import Bilingual, Declared
from models.evaluation.power.ground import Ground, Place

FOLDER = Path(__file__).parent / "scenarios"
CAPACITIES = (10, 20, 50)
"""Places of the list that power is told for."""
Level = Literal["subtle", "plain", "blatant"]
LEVELS: tuple[Level, ...] = ("subtle", "plain", "blatant")


class Scenario(Declared):
    """A kind of misuse: where it is planted, the columns that the log must fill for it, and how much at each level.

    `told` is the supposition of a sentence about `{n}`, `unit` what the amount counts; `order` is the place in tables.
    """

    name: str
    order: int
    label: Bilingual
    unit: Bilingual
    told: Bilingual
    place: Literal["official", "agency"]
    needs: tuple[str, ...] = ()
    levels: dict[Level, int]


@dataclass(frozen=True)
class Planted:
    """What a scenario does to the log of a week: rows to add (the log's columns), and request ids to take out.

    An added row whose id is taken out as well stays that request, changed; any other gets an id of its own later.
    `officials` and `subjects` are whom a case must name to find it.
    """

    added: pd.DataFrame
    removed: frozenset[str] = frozenset()
    officials: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


class Plant(Protocol):
    """What `scenarios/NAME.py` has under the name `plant`."""

    def __call__(self, ground: Ground, place: Place, amount: int, rng: np.random.Generator) -> Planted | None:
        """Plant so much there; None where the place lacks what it takes."""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All declared scenarios in the order of tables; a pydantic ValidationError names what is missing in a declaration."""
    read = [yaml.safe_load(file.read_text(encoding="utf-8")) | {"name": file.stem} for file in FOLDER.glob("*.yaml")]
    return tuple(sorted((Scenario.model_validate(each) for each in read), key=lambda s: (s.order, s.name)))


def plant_of(scenario: Scenario) -> Plant:
    """How it is planted."""
    return cast(Plant, import_module(f"models.evaluation.power.scenarios.{scenario.name}").plant)
