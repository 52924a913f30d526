"""The sentences of a case, from the declarations beside the statistics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent.parent / "features" / "wording.yaml"


@dataclass(frozen=True)
class Text:
    """The same sentence in Japanese and English."""

    ja: str
    en: str

    def filled(self, **values: object) -> Text:
        """With its placeholders filled; a Text among the values goes in by language."""
        ja = {k: v.ja if isinstance(v, Text) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        return Text(self.ja.format(**ja), self.en.format(**en))


@cache
def _declared() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def of_statistic(name: str, part: str) -> Text:
    """`title`, `story`, `innocent` or `unit` of a statistic."""
    return Text(**_declared()["statistics"][name][part])


def of_aspect(name: str) -> Text:
    """What an aspect of a visit is called."""
    return Text(**_declared()["aspects"][name])


def sentence(name: str) -> Text:
    """A sentence that all cases share."""
    return Text(**_declared()["texts"][name])


def number(value: float) -> str:
    """A count as a person reads it: whole where whole, else one decimal."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
