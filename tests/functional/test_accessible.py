"""Every page that is read, by axe-core in a real Chromium: WCAG 2.1, levels A and AA (JIS X 8341-3 builds on WCAG)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from features.errors import ShirabeError
from reports.index import index_page
from reports.picture import browser
from reports.weekly import write_report
from tests.functional.chromium import Tab, tab
from tests.functional.report_world import scored_week

AXE = Path(__file__).parents[1] / "axe" / "axe.min.js"
AXE_VERSION, AXE_SHA256 = "4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
DESKTOP, NARROW = 1280, 360
PAGES = ("reports/week=2026-W46/report.html", "quiet/report.html", "reports/index.html")
UNFOLD = "document.querySelectorAll('details').forEach(part => part.open = true)"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every page: a week of eight cases, one without any, the page over all weeks."""
    root = tmp_path_factory.mktemp("pages")
    inputs = replace(scored_week(root / "scored"), pdf=False)
    write_report(inputs, root / "reports" / "week=2026-W46")
    write_report(replace(scored_week(root / "none", 0), pdf=False), root / "quiet")
    (root / "reports" / "index.html").write_text(index_page(root / "reports"), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    try:
        browser()
    except ShirabeError:
        pytest.skip("no Chromium")
    with tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def audit(shown: Tab) -> dict[str, Any]:
    """What axe-core finds on the page as it stands: the rules that were broken and where, and the rules that were tried."""
    shown.evaluate(f"{AXE.read_text(encoding='utf-8')};0")
    wanted = {"runOnly": {"type": "tag", "values": RULES}, "preload": False}
    told = shown.evaluate(
        f"axe.run(document, {json.dumps(wanted)}).then(found => ({{version: axe.version, tried: found.passes.map(r => r.id),"
        " unsure: found.incomplete.map(r => r.id),"
        " broken: found.violations.map(r => [r.id, r.nodes.length, r.nodes[0].target.join(' '), r.nodes[0].failureSummary])}))"
    )
    return dict(told)


def test_axe_is_the_one_that_is_named() -> None:
    text = AXE.read_bytes()
    assert hashlib.sha256(text).hexdigest() == AXE_SHA256
    assert text.startswith(f"/*! axe v{AXE_VERSION}".encode())
    assert (AXE.parent / "LICENSE").read_text(encoding="utf-8").startswith("Mozilla Public License")
    assert AXE_VERSION in (AXE.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [DESKTOP, NARROW])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_breaks_a_rule_of_wcag(place: Path, shown: Tab, page: str, width: int, language: str) -> None:
    shown.open(place / page, width)
    shown.evaluate(f"document.querySelector('#language button[lang={language}]').click();{UNFOLD}")
    assert shown.evaluate("document.documentElement.lang") == language
    found = audit(shown)
    assert found["broken"] == []
    assert set(found["unsure"]) <= {"color-contrast"}, "axe-core cannot tell what lies behind the letters of a picture"
    assert found["version"] == AXE_VERSION
    assert {"color-contrast", "html-has-lang", "document-title"} <= set(found["tried"])


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [DESKTOP, NARROW])
def test_no_page_nor_its_list_of_cases_is_wider_than_the_window(
    place: Path, shown: Tab, width: int, language: str
) -> None:
    """However long a title is: nobody sees what lies beyond the edge."""
    page = place / PAGES[0]
    shown.open(page, width)
    shown.evaluate(f"document.querySelector('#language button[lang={language}]').click()")
    shown.evaluate(
        "document.querySelectorAll('.list tbody th span').forEach(title => title.textContent = '長い題名 '.repeat(30))"
    )
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(
        "[...document.querySelectorAll('.scroll:has(> .list)')].every(e => e.scrollWidth <= e.clientWidth)"
    )


def test_what_breaks_a_rule_is_found(place: Path, shown: Tab, tmp_path: Path) -> None:
    page = (place / "reports/index.html").read_text(encoding="utf-8")
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(page.replace("<main>", '<main><img><p tabindex="0" role="slider">?</p>'), encoding="utf-8")
    shown.open(spoilt, DESKTOP)
    assert {rule for rule, *_ in audit(shown)["broken"]} >= {"image-alt", "aria-required-attr"}
