"""What to ask the agency next about a case: questions that fit what leads it, read from `questions.yaml` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from features.catalogue import Bilingual, Declared, attribute_of
from models.cases.reasons import OF_ATTRIBUTES
from models.ranking.findings import RULE_VIOLATION
from reports.known import Known

FILE = Path(__file__).with_name("questions.yaml")
MOST = 4
"""More questions are not put in one letter."""


class Question(Bilingual):
    """A question; it is asked only where the log holds the columns that it `requires`."""

    requires: tuple[str, ...] = ()


class Questions(Declared):
    """Everything in `questions.yaml`: by finding, by the attribute that leads an official's week, by rule; and what is
    asked first of officials in one sitting."""

    of_finding: dict[str, tuple[Question, ...]]
    of_attribute: dict[str, tuple[Question, ...]]
    of_rule: dict[str, tuple[Question, ...]]
    of_sitting: tuple[Question, ...]


@cache
def questions() -> Questions:
    """The questions; a pydantic ValidationError names what is missing."""
    return Questions.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def questions_on(case: Mapping[str, Any], known: Known) -> tuple[Bilingual, ...]:
    """Two to four questions on a row of the table `cases`, those on its leading reason first."""
    asked = questions()
    general = asked.of_finding.get(case["finding"], asked.of_finding["other"])
    joined = asked.of_sitting if case.get("joined") else ()
    fitting = [q for q in (*joined, *(_of_reason(case, asked) or general)) if known.has(*q.requires)]
    return tuple(dict.fromkeys(fitting))[:MOST]


def _of_reason(case: Mapping[str, Any], asked: Questions) -> tuple[Question, ...]:
    """What is asked about the rule that is broken, or about the attribute that leads; nothing where neither has questions."""
    if case["finding"] == RULE_VIOLATION:
        return tuple(question for rule in case["rules"] or () for question in asked.of_rule.get(rule, ()))
    if case["finding"] not in OF_ATTRIBUTES or not case["reasons"]:
        return ()
    feature = case["reasons"][0]["feature"]
    attribute, _ = attribute_of(feature)
    own = asked.of_attribute.get(attribute.name if attribute else feature, ())
    return (*own, asked.of_finding["one_attribute"][-1]) if own else ()
