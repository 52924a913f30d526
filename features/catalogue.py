"""The declarations beside the SQL, read and checked: what report, documentation and tests say comes from here."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from features.errors import DefinitionsDisagreeError

FOLDER = Path(__file__).parent
D = TypeVar("D", bound="Declared")


class Declared(BaseModel):
    """A declaration is frozen and knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Declared):
    """The same text in Japanese and English."""

    ja: str
    en: str


class Reviewed(Declared):
    """Who last reviewed a declaration, and when."""

    by: str
    date: datetime.date


class Explanation(Declared):
    """A reason that makes a request ordinary; tried in rising `order`."""

    name: str
    order: int
    grade: str
    label: Bilingual
    meaning: Bilingual
    unit: str
    reviewed: Reviewed


class Rule(Declared):
    """A request breaks it or not: its legal or factual ground, the grade and the reference tables it needs.

    `excusable`: a hit does not weigh in cases where the request has a reason (an open case under an account that should be
    gone speaks of a late register). What the law forbids no reason excuses.
    """

    name: str
    grade: str
    needs: tuple[str, ...]
    excusable: bool
    label: Bilingual
    ground: Bilingual
    detail: Bilingual
    reviewed: Reviewed


@cache
def explanations() -> tuple[Explanation, ...]:
    """All explanations in the order in which they are tried; DefinitionsDisagreeError lists every fault."""
    return tuple(sorted(_read("explanations", Explanation), key=lambda e: e.order))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules by name; DefinitionsDisagreeError lists every fault."""
    return tuple(_read("rules", Rule))


def _read(folder: str, kind: type[D]) -> list[D]:
    files = sorted((FOLDER / folder).glob("*.yaml"))
    queries = {file.stem for file in (FOLDER / folder).glob("*.sql")}
    faults = [f"{folder}/{name}.sql has no {name}.yaml" for name in sorted(queries - {f.stem for f in files})]
    faults += [f"{folder}/{f.stem}.yaml has no {f.stem}.sql" for f in files if f.stem not in queries]
    found = []
    for file in files:
        try:
            declared = kind.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        except ValidationError as error:
            faults += [f"{folder}/{file.name}: {_said(fault)}" for fault in error.errors()]
            continue
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{folder}/{file.name}: it is no YAML ({_place(error)})")
            continue
        if getattr(declared, "name", None) != file.stem:
            faults.append(f"{folder}/{file.name}: its name is not that of the file")
        found.append(declared)
    if faults:
        raise DefinitionsDisagreeError("declarations disagree; mend these:\n" + "\n".join(f"  {f}" for f in faults))
    return found


def _said(fault: ErrorDetails) -> str:
    """A fault by the keys that lead to it, as the file spells them."""
    place = ".".join(str(part) for part in fault["loc"]) or "the file as a whole"
    return f"{place}: {fault['msg']}"


def _place(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "a character that YAML does not allow"
    return f"line {mark.line + 1}: {getattr(error, 'problem', None) or 'it cannot be read on'}"
