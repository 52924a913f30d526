"""Pictures can be read on paper in black: text stands out by 4.5, what tells something by 3 (WCAG 2.1, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from reports.case_weeks import BAND, HALO, MARK
from reports.charts import DOT, PALE
from reports.nation import DARKEST
from reports.page import TEMPLATES
from reports.vega import BLUE, CONFIG, DEEP, GREY, INK, SEAL, SOFT

WHITE, TEXT, GRAPHIC = "#ffffff", 4.5, 3.0


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, opacity: float, ground: str) -> str:
    """The colour that is seen where one lies over another."""
    pairs = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(opacity * top + (1 - opacity) * below):02x}" for top, below in pairs)


FILLED = over(GREY, BAND, WHITE)
GROUNDS = (WHITE, DEEP, over(BLUE, PALE, WHITE), over(BLUE, PALE, DEEP))
"""What lies behind dots: days, weekends, office hours, office hours of weekends."""


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21.0)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "colour", [INK, SOFT, CONFIG["axis"]["labelColor"], CONFIG["text"]["color"], CONFIG["legend"]["titleColor"]]
)
def test_letters_stand_out_from_white(colour: str) -> None:
    assert contrast(colour, WHITE) >= TEXT


@pytest.mark.parametrize("colour", [INK, SEAL, BLUE, GREY])
def test_what_tells_something_stands_out_from_white(colour: str) -> None:
    assert contrast(colour, WHITE) >= GRAPHIC


@pytest.mark.parametrize("ground", GROUNDS)
def test_dots_stand_out_from_what_they_lie_on(ground: str) -> None:
    assert contrast(over(SEAL, DOT, ground), ground) >= GRAPHIC


@pytest.mark.parametrize("colour", [INK, BLUE, SEAL])
def test_bars_marks_and_circles_stand_out_from_the_band(colour: str) -> None:
    assert contrast(colour, FILLED) >= GRAPHIC


def test_a_mark_is_seen_on_a_bar_that_is_filled() -> None:
    assert HALO >= 2 * MARK
    assert min(contrast(INK, WHITE), contrast(WHITE, SEAL)) >= GRAPHIC


def test_names_can_be_read_on_the_darkest_prefecture() -> None:
    assert contrast(INK, over(BLUE, DARKEST, WHITE)) >= TEXT


def test_the_page_writes_in_colours_that_can_be_read() -> None:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", style))
    written = set(re.findall(r"[;{]color:var\(--(\w+)\)", style))
    assert {"soft", "ink"} <= written
    assert not {
        name for name in written if min(contrast(named[name], ground) for ground in (WHITE, named["tint"])) < TEXT
    }
