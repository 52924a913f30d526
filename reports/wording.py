"""The report's own sentences, read from `wording.yaml` and checked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

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


class Wording(Declared):
    """Everything in `wording.yaml`."""

    notice: Bilingual
    results: dict[str, Bilingual]
    questions: dict[str, tuple[Bilingual, ...]]
    set_aside: tuple[Pattern, ...]
    changed: tuple[Pattern, ...]
    method: tuple[Bilingual, ...]
    power: dict[str, Bilingual]
    weeks: dict[str, Bilingual]
    cover: dict[str, Bilingual]
    drift: dict[str, Bilingual]
    retrain: dict[str, Bilingual]
    shadow: dict[str, Bilingual]
    list: dict[str, Bilingual]
    glossary: tuple[Term, ...]

    def result(self, name: str) -> Bilingual:
        """How an answer is called; an unknown one keeps its name."""
        return self.results.get(name, Bilingual(ja=name, en=name))

    def questions_on(self, finding: str) -> tuple[Bilingual, ...]:
        """What to ask the agency next about a kind of finding."""
        return self.questions.get(finding, self.questions["other"])


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
