"""The weeks behind a case, and their picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from markupsafe import Markup

from reports.vega import BLUE, GREY, INK, SEAL, Chart, Drawing

if TYPE_CHECKING:
    import altair as alt

SIZE = (720, 126)
"""Width and height of the picture in SVG user units."""
LEFT, TOP, FOOT = 40, 10, 20
"""Room for the numbers, above, and for the dates."""
WIDEST = 30.0
"""The widest bar: of two weeks each is no wall."""
LABELS = 9
"""Most dates below the picture."""
REQUESTS = "requests"
MARK, HALO = 1.4, 3.4
"""Width of what was expected, and of the white that parts it from a filled bar."""
BAND = 0.25
"""How much of its colour fills the band; its outline tells where it ends, for a fill so pale is lost in print."""


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
class WeeksChart:
    """Bars over weeks without a gap (None: nothing is known of a week between); `beyond` weeks lie above their band, `most` is the top."""

    weeks: tuple[WeekOfCase | date, ...]
    most: float
    of_requests: bool
    with_peers: bool
    beyond: int

    @property
    def picture(self) -> Markup:
        """The inside of the SVG."""
        every = -(-len(self.weeks) // LABELS)
        rows = []
        for at, week in enumerate(self.weeks):
            monday = week if isinstance(week, date) else week.monday
            row = {
                "at": at,
                "end": at + 1,
                "middle": at + 0.5,
                "label": "" if at % every else f"{monday.month}/{monday.day}",
            }
            known = {} if isinstance(week, date) else asdict(week) | {"monday": None, "beyond": is_beyond(week)}
            rows.append(row | known)
        step = (SIZE[0] - LEFT - 4) / len(self.weeks)
        return Markup(_WEEKS.svg({"weeks": rows}, most=self.most, number=len(rows), wide=min(WIDEST, 0.56 * step)))


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
    known = {week.monday: week for week in weeks}
    first, number = weeks[0].monday, (weeks[-1].monday - weeks[0].monday).days // 7 + 1
    course = tuple(known.get(day, day) for day in (first + timedelta(weeks=n) for n in range(number)))
    with_peers = any(week.peers is not None for week in weeks)
    return WeeksChart(course, most, weeks[0].counted == REQUESTS, with_peers, sum(map(is_beyond, weeks)))


def is_beyond(week: WeekOfCase) -> bool:
    """Whether a week lies above its band."""
    return week.high is not None and week.actual > week.high


def _weeks_chart() -> Chart:
    import altair as alt

    params = [alt.param(name=name, value=value) for name, value in (("most", 1), ("number", 2), ("wide", 1))]
    across = alt.Scale(domainMin=0, domainMax={"expr": "number"}, nice=False)
    up = alt.Scale(domainMin=0, domainMax={"expr": "most"}, nice=False)
    axis = alt.Axis(values={"expr": "[0, most / 2, most]"}, title=None, grid=True, labelOverlap=False,
                    labelExpr="format(datum.value, datum.value >= 10 || datum.value == floor(datum.value) ? ',.0f' : '.1f')")  # fmt: skip
    base = alt.Chart(alt.InlineData(name="weeks", values=[]))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=across, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=up, axis=axis)

    band = base.mark_rect(color=GREY, fillOpacity=BAND, stroke=GREY, strokeWidth=0.8).encode(
        x=x("at"), x2="end:Q", y=y("low"), y2="high:Q"
    )
    fill = alt.condition("datum.beyond", alt.value(SEAL), alt.value("#ffffff"))
    bars = base.mark_bar(stroke=INK, strokeWidth=1, width={"expr": "wide"}).encode(
        x=x("middle"), y=y("actual"), color=fill
    )
    ends: dict[str, Any] = {"xOffset": {"expr": "-wide / 2 - 2"}, "x2Offset": {"expr": "wide / 2 + 2"}}
    # White below the dashes: ink alone is lost on a filled bar.
    halo = base.mark_rule(color="#ffffff", strokeWidth=HALO, **ends)
    mark = base.mark_rule(color=INK, strokeWidth=MARK, strokeDash=[3, 2], **ends)
    peers = base.mark_circle(fill="#ffffff", stroke=BLUE, strokeWidth=1.4, size=22, opacity=1)
    labels = base.mark_text(y="height", dy=12).encode(x=x("middle"), text="label:N")
    layers = (
        band,
        bars,
        *(each.encode(x=x("middle"), x2="middle:Q", y=y("expected")) for each in (halo, mark)),
        peers.encode(x=x("middle"), y=y("peers")),
        labels,
    )
    return alt.layer(*layers).add_params(*params).properties(
        width=SIZE[0] - LEFT - 4, height=SIZE[1] - TOP - FOOT, padding={"left": LEFT, "top": TOP, "right": 4, "bottom": FOOT}
    )  # fmt: skip


_WEEKS = Drawing(_weeks_chart)
