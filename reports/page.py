"""The page: material into one self-contained HTML file."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from features.catalogue import rules
from reports.charts import bars, timeline
from reports.material import Material

FOLDER = Path(__file__).parent
DAYS = "月火水木金土日"


@cache
def wording() -> dict[str, Any]:
    """The report's own sentences, in Japanese and English."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / "wording.yaml").read_text(encoding="utf-8"))
    return content


def render(material: Material) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": _day, "minute": _minute, "number": _number}
    return environment.get_template("report.html.j2").render(
        m=material, words=wording(), both=_both, bars=bars, timeline=timeline,
        style=Markup((FOLDER / "templates" / "report.css").read_text(encoding="utf-8")),
        rule_labels={rule.name: rule.label for rule in rules()},
        first_day=material.week.monday, last_day=material.week.monday + timedelta(days=6),
    )  # fmt: skip


def _both(japanese: str, english: str) -> Markup:
    """The same text twice; the page shows one language at a time."""
    return Markup('<span lang="ja">{}</span><span lang="en">{}</span>').format(japanese, english)


def _day(moment: Any) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日（{DAYS[moment.weekday()]}）"


def _minute(moment: Any) -> str:
    return f"{moment.month}/{moment.day}（{DAYS[moment.weekday()]}）{moment:%H:%M}"


def _number(value: float) -> str:
    return (
        f"{value:,.0f}"
        if abs(value) >= 10 or value == round(value)
        else f"{value:.1f}"
        if value >= 0.1
        else f"{value:.2g}"
    )
