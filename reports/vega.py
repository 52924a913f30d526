"""Charts in Vega-Lite, drawn as SVG: the one place that knows the library (Altair says, vl-convert draws, without a network).

A chart is written once (`Drawing`) and compiled once; each picture gives it its rows and signals. The picture brings no style and no
id, so that the page's security policy lets it be and many stand on one page; the same rows give the same bytes on every
machine, whatever fonts it has: margins and labels are declared and not fitted to what a font measures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import altair as alt

Chart: TypeAlias = "alt.LayerChart | alt.FacetChart"
"""What Altair makes of layers."""

INK, SOFT, SEAL, BLUE, GREY, LINE, DEEP = "#1a2433", "#566273", "#9a2a2a", "#1d4f7c", "#76859a", "#d9dde2", "#ecebe4"
"""The page's colours: on white the first five are told apart from it (WCAG 2.1, 1.4.11), the first four can be written in
(1.4.3); LINE and DEEP tell nothing by themselves. What a chart tells is told by shape, fill and outline too, for print in black."""
FONT = "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, Yu Gothic UI, BIZ UDGothic, Meiryo, sans-serif"
UNMEASURED = "none"
"""A font that no machine has, for pictures without a style: the page gives them its own, nothing is fitted to what a text
measures, and measuring is nine tenths of what drawing takes."""
OR = "\u241f"
"""Between Japanese and English in a label: the page shows one of them at a time."""
CONFIG: dict[str, Any] = {
    "aria": False, "font": UNMEASURED, "background": None, "view": {"stroke": None}, "autosize": "none",
    "axis": {"domain": False, "ticks": False, "gridColor": LINE, "labelColor": SOFT, "labelFontSize": 10.5, "titleFontSize": 10.5,
             "titleColor": SOFT, "titleFontWeight": "normal", "labelOverlap": False},
    "text": {"fontSize": 10.5, "color": SOFT},
    "legend": {"labelColor": INK, "titleColor": SOFT},
}  # fmt: skip
"""The look of every chart. Without the library's own words for screen readers: they are English; the page says it in two languages."""

_ROOT = re.compile(r"<svg[^>]*>")
_TAG = re.compile(r"<[a-z][^>]*>")
_LABEL = re.compile(rf"(<text[^>]*>)([^<{OR}]*){OR}([^<]*)</text>")
_NEEDLESS = re.compile(
    r' (?:class|role|pointer-events|font-family|aria-[a-z]+|opacity)="(?:(?<!opacity=")[^"]*|1)"| stroke-miterlimit="10"'
)
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-\d+)?")
_POINT = re.compile(r"(M[\d.]+,[\d.]+)Z")
"""A path of one point, which a round cap makes a dot: on paper only if a line, of whatever length, leaves it."""
_EMPTY = re.compile(r'<path d="(?:|M0,0h[\d.]+v[\d.]+h-?[\d.]+Z)"(?: display="none")?/>|<text[^>]*></text>')


class Drawing:
    """A kind of chart: what `build` says in Altair, with named data and parameters. Nothing is imported or compiled before the first picture."""

    def __init__(self, build: Callable[[], Chart]) -> None:
        self._build = cache(lambda: _compiled(build()))

    def svg(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], **signals: float | int | str) -> str:
        """The picture's inside, without the `svg` element itself: `rows` by name of the data, `signals` by name of the parameter.
        KeyError for a name that the chart has not."""
        spec = json.loads(self._build())
        _fill(spec["data"], "values", {name: list(values) for name, values in rows.items()})
        _fill(spec.get("signals", ()), "value", signals)
        return _drawn(json.dumps(spec))


@lru_cache(maxsize=1024)
def _drawn(spec: str) -> str:
    """Kept, for revisions and for cases that show the same numbers."""
    import vl_convert

    return tidy(vl_convert.vega_to_svg(spec))


def whole(spec: Mapping[str, Any]) -> str:
    """A Vega-Lite chart with its data as an SVG file of its own, fitted to its labels."""
    import vl_convert

    config = {name: value for name, value in CONFIG.items() if name != "autosize"} | {
        "background": "#ffffff",
        "font": FONT,
    }
    return str(vl_convert.vegalite_to_svg(dict(spec) | {"config": config}, vl_version=_version()))


def tidy(svg: str) -> str:
    """What an SVG of the library holds, without its root and what no reader sees; labels in two languages as two spans."""
    inside = _ROOT.sub("", svg, count=1).removesuffix("</svg>")
    inside = _EMPTY.sub("", _TAG.sub(lambda tag: _LONG.sub(_short, _NEEDLESS.sub("", tag[0])), inside))
    inside = _POINT.sub(r"\1h0", inside)
    return _LABEL.sub(r'\1<tspan lang="ja">\2</tspan><tspan lang="en">\3</tspan></text>', inside)


def _short(number: re.Match[str]) -> str:
    """A tenth of a unit is less than anyone sees, and a quarter of the bytes."""
    return f"{round(float(number[0]), 1) + 0.0:g}"


def _compiled(chart: Chart) -> str:
    import vl_convert

    spec = chart.to_dict() | {"config": CONFIG}
    return json.dumps(vl_convert.vegalite_to_vega(spec, vl_version=_version()))


def _version() -> str:
    """The version of Vega-Lite that Altair speaks: lock file and pictures change together."""
    import altair

    return ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def _fill(entries: Sequence[dict[str, Any]], key: str, given: Mapping[str, Any]) -> None:
    named = {entry["name"]: entry for entry in entries}
    for name, value in given.items():
        named[name][key] = value
