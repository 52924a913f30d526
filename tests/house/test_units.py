"""One unit for one thing on the whole page: requests are 件, visits 回（人・日）, people 名; nothing else is 回."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from features.catalogue import statistics

ROOT = Path(__file__).parents[2]
VISITS = "回（人・日）"
UNITS = {
    "件": {"requests"}, VISITS: {"visits"}, "名": {"people", "officials"}, "日": {"days"}, "機関": {"agencies", "providers"},
    "本": {"files"},
}  # fmt: skip
"""Every unit of a statistic, and what it counts in English."""
OF_PLACEHOLDERS = {
    "visits": (VISITS,), "explained": (VISITS,), "requests": ("件",), "subjects": ("名",), "officials": ("名",),
    "days": ("日間", "日にわたり"), "departments": ("部署",), "agencies": ("機関",),
}  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Every Japanese text that a page may show, with its file."""
    for file in [ROOT / "reports/wording.yaml", ROOT / "models/cases/wording.yaml", *ROOT.glob("features/*/*.yaml")]:
        for text in _japanese(yaml.safe_load(file.read_text(encoding="utf-8"))):
            yield file.name, text
    for file in [*ROOT.glob("reports/templates/*.j2"), *ROOT.glob("reports/*.py")]:
        yield file.name, file.read_text(encoding="utf-8")


def _japanese(value: Any) -> Iterator[str]:
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "ja":
            yield str(part)
        else:
            yield from _japanese(part)


@pytest.mark.parametrize("name", sorted(statistics()))
def test_a_statistic_has_a_unit_and_tells_its_numbers_in_it(name: str) -> None:
    declared = statistics()[name]
    assert declared.unit.en in UNITS[declared.unit.ja]
    told = re.findall(r"\{(?:actual|typical)\}(.{0,6})", declared.story.ja)
    assert not [after for after in told if not after.startswith(declared.unit.ja)]


def test_each_placeholder_has_its_unit() -> None:
    wrong = [
        (file, found[0])
        for file, text in texts()
        if file.endswith(".yaml")
        for found in re.finditer(r"\{(\w+)\}(.{0,6})", text)
        if found[1] in OF_PLACEHOLDERS and not found[2].startswith(OF_PLACEHOLDERS[found[1]])
    ]
    assert not wrong


def test_times_are_counted_of_visits_alone() -> None:
    wrong = [
        (file, found[0])
        for file, text in texts()
        for found in re.finditer(
            r"(?:[\d}一二三数]|[\"'] ?~ [^\"']*~ ?[\"'])回(?!（人・日）|答|復|目).{0,4}|照会の回数(?!（人・日）)", text
        )
    ]
    assert not wrong
