"""The report's own sentences, read from `wording.yaml` and checked."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from features.catalogue import Bilingual, Declared

FILE = Path(__file__).parent / "wording.yaml"


class Term(Declared):
    """A word of the report and what it means."""

    term: Bilingual
    meaning: Bilingual


class Pattern(Declared):
    """A technical name that earlier steps write, as a regular expression, and how a reader is told it."""

    match: str
    text: Bilingual


class Step(Bilingual):
    """A passage on method; `of` what a log must hold for it to be true: `officials`, or `rules` that were checked."""

    of: Literal["officials", "rules"] | None = None


class Wording(Declared):
    """Everything in `wording.yaml`."""

    notice: Bilingual
    results: dict[str, Bilingual]
    set_aside: tuple[Pattern, ...]
    changed: tuple[Pattern, ...]
    method: tuple[Step, ...]
    unchecked: Bilingual
    power: dict[str, Bilingual]
    weeks: dict[str, Bilingual]
    case: dict[str, Bilingual]
    cover: dict[str, Bilingual]
    drift: dict[str, Bilingual]
    retrain: dict[str, Bilingual]
    shadow: dict[str, Bilingual]
    list: dict[str, Bilingual]
    glossary: tuple[Term, ...]

    def result(self, name: str) -> Bilingual:
        """How an answer is called; an unknown one keeps its name."""
        return self.results.get(name, Bilingual(ja=name, en=name))

    def of_case(self, name: str, **given: object) -> Bilingual:
        """A sentence about what stands behind a case; texts and days among what is given are told in each language."""
        text = self.case[name]
        ja = {key: _japanese(value) for key, value in given.items()}
        en = {key: _english(value) for key, value in given.items()}
        return Bilingual(ja=text.ja.format(**ja), en=text.en.format(**en))


def _japanese(value: object) -> object:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value.ja if isinstance(value, Bilingual) else value


def _english(value: object) -> object:
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return value.en if isinstance(value, Bilingual) else value


@cache
def wording() -> Wording:
    """The sentences; a pydantic ValidationError names what is missing."""
    return Wording.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def told(name: str, patterns: tuple[Pattern, ...]) -> Bilingual:
    """A technical name in the reader's words; unchanged where no pattern fits."""
    for pattern in patterns:
        found = re.fullmatch(pattern.match, name)
        if found:
            return Bilingual(ja=found.expand(pattern.text.ja), en=found.expand(pattern.text.en))
    return Bilingual(ja=name, en=name)
