"""The weeks behind a case, and where things go in their picture; `templates/charts.svg.j2` draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

LEFT, TOP, WIDTH, HEIGHT = 40.0, 10.0, 676.0, 96.0
"""Room for the numbers, room above, and the size of the plot, in SVG user units."""
WIDEST = 30.0
"""The widest bar: of two weeks each is no wall."""
LABELS = 9
"""Most dates below the picture."""
REQUESTS = "requests"


@dataclass(frozen=True)
class WeekOfCase:
    """A row of `case_weeks`; None where nothing can be told."""

    monday: date
    counted: str
    actual: float
    expected: float | None
    low: float | None
    high: float | None
    peers: float | None


@dataclass(frozen=True)
class Bar:
    """A week in the picture: its middle, its bar, the band and the marks of what was expected and what others did."""

    middle: float
    top: float
    height: float
    beyond: bool
    band: tuple[float, float] | None
    expected: float | None
    peers: float | None
    label: str


@dataclass(frozen=True)
class WeeksChart:
    """Bars over weeks; `beyond` weeks lie above their band."""

    bars: tuple[Bar, ...]
    width: float
    step: float
    base: float
    grid: tuple[tuple[float, str], ...]
    of_requests: bool
    with_peers: bool
    beyond: int


def read_weeks(file: Path | None) -> dict[str, tuple[WeekOfCase, ...]]:
    """The weeks of each case, by case id, earliest first; none where the table was not kept."""
    if file is None or not file.exists():
        return {}
    found: dict[str, list[WeekOfCase]] = {}
    for row in pq.read_table(file, partitioning=None).to_pylist():
        week = WeekOfCase(*(row[name] for name in ("monday", "counted", "actual", "expected", "low", "high", "peers")))
        found.setdefault(row["case_id"], []).append(week)
    return {case: tuple(sorted(weeks, key=lambda week: week.monday)) for case, weeks in found.items()}


def weeks_chart(weeks: Sequence[WeekOfCase]) -> WeeksChart | None:
    """The picture; None of fewer than two weeks, which show no course."""
    if len(weeks) < 2:
        return None
    most = max(max(week.actual, week.high or 0.0, week.peers or 0.0) for week in weeks) or 1.0
    first = weeks[0].monday
    number = (weeks[-1].monday - first).days // 7 + 1
    step = WIDTH / number

    def y(value: float) -> float:
        return round(TOP + HEIGHT * (1.0 - value / most), 1)

    every = -(-number // LABELS)
    bars = []
    for week in weeks:
        at = (week.monday - first).days // 7
        band = None if week.low is None or week.high is None else (y(week.high), round(y(week.low) - y(week.high), 1))
        bars.append(Bar(
            round(LEFT + (at + 0.5) * step, 1), y(week.actual), round(TOP + HEIGHT - y(week.actual), 1),
            week.high is not None and week.actual > week.high, band, None if week.expected is None else y(week.expected),
            None if week.peers is None else y(week.peers), f"{week.monday.month}/{week.monday.day}" if at % every == 0 else "",
        ))  # fmt: skip
    grid = tuple(
        (y(value), f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}")
        for value in (0.0, most / 2, most)
    )
    return WeeksChart(
        tuple(bars), round(min(WIDEST, 0.56 * step), 1), round(step, 1), TOP + HEIGHT, grid, weeks[0].counted == REQUESTS,
        any(week.peers is not None for week in weeks), sum(bar.beyond for bar in bars),
    )  # fmt: skip
