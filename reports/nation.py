"""Agencies as a whole: how much is asked from each prefecture, where the week's cases are, who asks whom most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from features.catalogue import Bilingual
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from reports.charts import named
from reports.names import Names
from reports.vega import BLUE, GREY, INK, OR, Chart, Drawing

LEAST_TOLD = 3
"""Fewer requests than this could tell of a person: of an area it is only told that there were fewer."""
PAIRS = 10
"""Pairs of agencies that are told."""
TILE = (51, 38)
"""Width and height of a prefecture's square, in SVG user units."""
COLUMNS, ROWS = 14, 10
NAME = 8.4
"""Size of a prefecture's name: nine letters of the widest English ones stay within a square."""
DARKEST = 0.6
"""How much of the colour the busiest prefecture has: on more of it ink could not be read (WCAG 2.1, 1.4.3)."""
_HERE = Path(__file__).parent
_BY_PREFECTURE = (_HERE / "nation.sql").read_text(encoding="utf-8")
_PLACES = (_HERE / "places.sql").read_text(encoding="utf-8")
_BY_PAIR = (_HERE / "pairs.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Tile:
    """A prefecture: requests of its agencies this week, how many agencies asked, and how many cases are about them;
    `beside`: its number would tell the only one that is suppressed."""

    name: Bilingual
    column: int
    row: int
    requests: int
    agencies: int
    cases: int
    beside: bool = False

    @property
    def told(self) -> Bilingual:
        """How many requests, as it may be told."""
        few = 0 < self.requests < LEAST_TOLD
        if self.beside:
            return Bilingual(ja="表示せず", en="not told")
        number = f"{self.requests:,}"
        return Bilingual(ja=f"{LEAST_TOLD}未満" if few else number, en=f"under {LEAST_TOLD}" if few else number)


@dataclass(frozen=True)
class Pair:
    """An agency that asks, one that answers, and how many requests there were between them this week."""

    requester: str
    provider: str
    requests: int


@dataclass(frozen=True)
class Nation:
    """All prefectures, and the pairs of agencies with most requests. No prefecture if the agencies' table says none."""

    tiles: tuple[Tile, ...]
    pairs: tuple[Pair, ...]

    @property
    def picture(self) -> Markup:
        """The inside of the map's SVG."""
        most = max((tile.requests for tile in self.tiles), default=0)
        rows = [
            {"column": tile.column, "row": tile.row, "name": f"{tile.name.ja}{OR}{tile.name.en}",
             "share": DARKEST * (tile.requests / most) ** 0.5 if most else 0.0, "cases": f"●{tile.cases}" if tile.cases else ""}
            for tile in self.tiles
        ]  # fmt: skip
        return Markup(_MAP.svg({"tiles": rows}))


def read_nation(log: Path, agencies: Path, cases: Sequence[Mapping[str, Any]], week: Week, names: Names) -> Nation:
    """What the week's log says of agencies as a whole; `cases` are the report's."""
    days = {"monday": week.monday, "last_day": week.monday + timedelta(days=6)}
    with DuckDBEngine() as engine:
        engine.view("week_log", [log])
        engine.view("agencies", [agencies])
        counted = {row["code"]: row for row in engine.arrow(_BY_PREFECTURE, days).to_pylist()}
        pairs = engine.arrow(_BY_PAIR, {"shown": PAIRS, "least": LEAST_TOLD}).to_pylist()
        place = {row["agency_code"]: row["code"] for row in engine.arrow(_PLACES).to_pylist()}
    about = Counter(place.get(case["agency_code"]) for case in cases)
    nothing = {"requests": 0, "agencies": 0}
    tiles = tuple(
        Tile(Bilingual(ja=each["ja"], en=each["en"]), each["column"], each["row"],
             found["requests"], found["agencies"], about[each["code"]])
        for each in _prefectures() for found in [counted.get(each["code"], nothing)]
    )  # fmt: skip
    tiles = beside_the_only_few(tiles)
    told = tuple(Pair(names.agency(p["requester"]), names.agency(p["provider"]), p["requests"]) for p in pairs)
    return Nation(tiles if counted else (), told)


def beside_the_only_few(tiles: tuple[Tile, ...]) -> tuple[Tile, ...]:
    """Where one prefecture alone is suppressed, the smallest other one is too: the total less all others would tell it."""
    asked = sorted((tile for tile in tiles if tile.requests), key=lambda tile: tile.requests)
    if len(asked) < 2 or not asked[0].requests < LEAST_TOLD <= asked[1].requests:
        return tiles
    return tuple(replace(tile, beside=True) if tile is asked[1] else tile for tile in tiles)


@cache
def _prefectures() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((_HERE / "prefectures.yaml").read_text(encoding="utf-8"))
    return found


def _map_chart() -> Chart:
    import altair as alt

    width, height = TILE
    x = alt.X("column:Q", axis=None, scale=alt.Scale(domain=[0, COLUMNS], nice=False))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[ROWS, 0], nice=False))
    tiles = alt.Chart(named("tiles")).encode(x=x, y=y)
    ends = {"east": "datum.column + 0.96", "south": "datum.row + 0.94"}
    square = (
        tiles.transform_calculate(**ends)
        .mark_rect(stroke=GREY, color=BLUE)
        .encode(x2="east:Q", y2="south:Q", fillOpacity=alt.FillOpacity("share:Q", scale=None, legend=None))
    )
    name = tiles.mark_text(align="left", dx=3, dy=12, fontSize=NAME, color=INK).encode(text="name:N")
    cases = tiles.mark_text(align="left", dx=3, dy=27, fontSize=11, fontWeight="bold", color=INK).encode(text="cases:N")
    return alt.layer(square, name, cases).properties(width=COLUMNS * width, height=ROWS * height, padding=2)


_MAP = Drawing(_map_chart)
