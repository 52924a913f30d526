"""The page: material into one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from features.catalogue import Bilingual, rules
from models.ranking.scores import FULL_HISTORY_WEEKS
from reports.case_weeks import weeks_chart
from reports.charts import bars, timeline
from reports.manifest import versions
from reports.material import Material
from reports.wording import wording

TEMPLATES = Path(__file__).parent / "templates"
DAYS = "月火水木金土日"
_ID_HERE, _CONTENT_HERE = "\ue000", "\ue001"
"""Stand for id and hash while the content is hashed: characters for private use, which no text has."""


@dataclass(frozen=True)
class Page:
    """The whole page as text, the report's id, and the SHA-256 of what it says (the page without id and hash)."""

    text: str
    report_id: str
    content: str


def render(material: Material) -> Page:
    """The page of a report; its id is of the week, the revision and the content, so that a print-out tells which it is."""
    last_day = material.week.monday + timedelta(days=6)
    text = standalone(
        "report.html.j2", m=material, last_day=last_day, versions=versions(), report_id=_ID_HERE, content=_CONTENT_HERE
    )
    content = hashlib.sha256(text.encode()).hexdigest()
    report_id = f"{material.week}-{material.revision}-{content[:8]}"
    return Page(text.replace(_ID_HERE, report_id).replace(_CONTENT_HERE, content), report_id, content)


def standalone(template: str, **given: Any) -> str:
    """A page that needs no other file and no network."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    environment.filters |= {
        "day": day,
        "minute": minute,
        "moment": moment_in_full,
        "number": number,
        "expectation": expectation,
        "history": history,
        "share": share,
        "of_list": of_list,
    }
    environment.globals |= {
        "both": both,
        "say": say,
        "bars": bars,
        "timeline": timeline,
        "weeks_chart": weeks_chart,
        "words": wording(),
        "rules": rules(),
    }
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "switch.js.j2"))
    return environment.get_template(template).render(
        style=Markup(style), script=Markup(script), style_hash=_hash(style), script_hash=_hash(script), **given
    )


def both(text: Bilingual) -> Markup:
    """A text in both languages; the page shows one at a time."""
    return say(text.ja, text.en)


def say(japanese: str, english: str) -> Markup:
    """A short text of the templates in both languages."""
    return Markup('<span lang="ja">{}</span><span lang="en">{}</span>').format(japanese, english)


def day(moment: date) -> Markup:
    """A day in full."""
    return say(
        f"{moment.year}年{moment.month}月{moment.day}日（{DAYS[moment.weekday()]}）",
        f"{moment:%a} {moment.day} {moment:%b %Y}",
    )


def minute(moment: datetime) -> Markup:
    """A moment as tables show it."""
    return say(
        f"{moment.month}/{moment.day}（{DAYS[moment.weekday()]}）{moment:%H:%M:%S}",
        f"{moment:%a} {moment.day} {moment:%b %H:%M:%S}",
    )


def moment_in_full(moment: datetime) -> Markup:
    """A moment with its year, where no table says the week."""
    return Markup("{} {}").format(day(moment), f"{moment:%H:%M}")


def number(value: float) -> str:
    """A count: whole from a hundred up and where it is whole, else one decimal, two below one; never 0 for a little."""
    if 0 < value < 0.01:
        return "<0.01"
    if abs(value) >= 100 or abs(value - round(value)) < 0.005:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"


def expectation(value: float) -> Markup:
    """A number of findings to be expected in a week. Below one it is how seldom they come, rounded to what is certain: a number
    with decimals would promise more than the weeks that it was learned from can tell."""
    if value < 1.0:
        weeks = int(1.0 / value + 1e-9)
        return (
            say(f"{weeks}週に1件以下", f"at most one in {weeks} weeks")
            if weeks > 1
            else say("1件未満", "less than one")
        )
    return of_list(value)


def share(contribution: float) -> Markup:
    """How much of a case's rarity is lost without a reason; nothing is lost without one that is told for reference."""
    if contribution <= 0.0:
        return say("参考", "for reference")
    percent = "1%未満" if contribution < 0.01 else f"{100 * contribution:.0f}%"
    return say(f"寄与{percent}", "share below 1%" if contribution < 0.01 else f"share {percent}")


def of_list(value: float) -> Markup:
    """How many of the listed cases are to be expected."""
    if value < 1.0:
        return say("1件未満", "less than one")
    told = number(value) if value < 10 else f"{value:.0f}"
    return say(f"約{told}件", f"about {told}")


def history(weeks: int) -> Markup:
    """The weeks of history behind a case; from FULL_HISTORY_WEEKS on more make no difference."""
    more = weeks >= FULL_HISTORY_WEEKS
    return say(f"{weeks}週以上" if more else f"{weeks}週", f"{weeks} weeks or more" if more else f"{weeks} weeks")


def _hash(text: str) -> str:
    """For the page's content security policy: nothing but this style and this script may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
