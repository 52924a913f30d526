"""The sentences of a case: what statistics and attributes are called, as declared, and what all cases share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from features.catalogue import Bilingual, attribute_of, counts, rules, statistics

FILE = Path(__file__).with_name("wording.yaml")


SINGULAR = {
    "visits": "visit", "requests": "request", "days": "day", "people": "person", "officials": "official",
    "departments": "department", "weeks": "week", "agencies": "agency", "look-ups": "look-up",
}  # fmt: skip
"""What sentences count in English, and how it is called where there is one."""
_ONE = re.compile(rf"(?<![\d.,])1 ({'|'.join(SINGULAR)})\b")


def _singular(counted: re.Match[str]) -> str:
    return f"1 {SINGULAR[counted[1]]}"


@dataclass(frozen=True)
class Text:
    """The same sentence in Japanese and English."""

    ja: str
    en: str

    def filled(self, **values: object) -> Text:
        """With its placeholders filled; a Text among the values goes in by language."""
        ja = {k: v.ja if isinstance(v, Text) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        return Text(self.ja.format(**ja), _ONE.sub(_singular, self.en.format(**en)))


@cache
def _declared() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def of_statistic(name: str, part: str) -> Text:
    """`label`, `story`, `innocent` or `unit` of a statistic."""
    return _text(getattr(statistics()[name], part))


def of_rule(name: str | None, part: str) -> Text:
    """`label` or `innocent` of a rule; nothing where a finding is of none."""
    declared = next((rule for rule in rules() if rule.name == name), None)
    return _text(getattr(declared, part)) if declared else Text("", "")


def quantity_of(name: str) -> Text:
    """What a statistic's number counts: its `quantity`, or its label where that is what is counted."""
    return _text(statistics()[name].quantity or statistics()[name].label)


def of_attribute(name: str) -> Text:
    """What visits are called that are counted by an attribute, perhaps of those without a reason only."""
    attribute, without_reason = attribute_of(name)
    if attribute is None:
        return Text(**_declared()["counted"][name])
    return _text((without_reason and attribute.without_reason) or attribute.label)


def title_of_attribute(name: str) -> Text:
    """What a case is called that an attribute of visits leads."""
    own = _declared()["titles"].get(name)
    return Text(**own) if own else of_statistic("one_attribute", "label").filled(attribute=of_attribute(name))


def of_cell(counted: str, cell: str) -> Text:
    """What a cell of a count is called: what has words is told in words, codes stand. A result that withholds reads as any
    other that provides nothing: whose data is withheld must not be read off a case."""
    kinds = next((count.cell for count in counts() if count.name == counted), counted).split("/")
    words = [_word(kind, part) for kind, part in zip(kinds, cell.split("/"), strict=False)]
    return Text("・".join(word.ja for word in words), ", ".join(word.en for word in words))


def of_shared(trait: str, cell: str) -> Text:
    """What the requests of a sitting have in common: of which kind it is, and what it is."""
    kind, told = of_cell("trait", trait), of_cell(trait, cell)
    return Text(f"{kind.ja}「{told.ja}」", f"{kind.en} {told.en}")


def of_counted(counted: str, cell: str) -> Text:
    """A cell with what its count is by, where a code alone would not say what it is of."""
    declared = next((count for count in counts() if count.name == counted), None)
    told = of_cell(counted, cell)
    if declared is None or declared.cell == "none":
        return told
    return Text(f"{declared.label.ja}「{told.ja}」", f"{declared.label.en}: {told.en}")


def _word(kind: str, part: str) -> Text:
    known = _declared()["cells"].get(kind, {}).get(part)
    return Text(**known) if known else Text(part, part)


def _text(declared: Bilingual) -> Text:
    return Text(declared.ja, declared.en)


def sentence(name: str) -> Text:
    """A sentence that all cases share."""
    return Text(**_declared()["texts"][name])


def number(value: float) -> str:
    """A count as a person reads it: whole from a hundred up and where whole, else one decimal; thousands are parted as in tables."""
    return f"{value:,.0f}" if abs(value) >= 100 or abs(value - round(value)) < 0.05 else f"{value:.1f}"


def expected(value: float) -> Text:
    """A number that was to be expected, as a person reads it: what reads as nought and is not is told as almost that."""
    told = number(value)
    return Text(f"ほぼ{told}", f"almost {told}") if told == "0" and value > 0 else Text(told, told)
