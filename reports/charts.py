"""The small pictures of a case: what was seen beside what was expected, and the moments of its requests. Lengths are in SVG user units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reports.vega import BLUE, DEEP, GREY, INK, LINE, OR, SEAL, Chart, Drawing

if TYPE_CHECKING:
    pass

BARS, DOTS = (300, 36), (720, 153)
"""Width and height of the two."""
LEFT, TOP, FOOT = 40, 8, 20
"""Room for the hours, above, and for the dates."""
OFFICE = (8, 18)
PALE, DOT = 0.1, 0.8
"""How much of its colour the band of office hours and a dot have."""


@dataclass(frozen=True)
class Timeline:
    """Requests as dots: days across, hours down. `days` have the day's number, whether it is a weekend, and a label, empty where
    labels would crowd; `dots` are day and hour, one for each quarter of an hour that has any."""

    days: tuple[tuple[int, bool, str], ...]
    dots: tuple[tuple[int, float], ...]
    count: int

    @property
    def picture(self) -> Markup:
        """The inside of the SVG."""
        days = [{"day": day, "label": label} for day, _, label in self.days if label]
        weekends = [{"day": day, "end": day + 1} for day, weekend, _ in self.days if weekend]
        # A gap after each dot: one path of points, however many there are.
        places = [at for day, hour in self.dots for at in ((day + 0.5, hour), (day, None))]
        dots = [{"n": n, "day": day, "hour": hour} for n, (day, hour) in enumerate(places)]
        return Markup(_DOTS.svg({"days": days, "weekends": weekends, "dots": dots}, number=len(self.days)))


def bars(actual: float, typical: float, told: tuple[str, str]) -> Markup:
    """Two bars on one scale, with their values as they are told: what was seen, and what was to be expected."""
    rows = [
        {"of": "seen", "what": f"実績{OR}actual", "value": max(actual, 0.0), "told": told[0]},
        {"of": "usual", "what": f"見込み{OR}expected", "value": max(typical, 0.0), "told": told[1]},
    ]
    return Markup(_BARS.svg({"bars": rows}, most=max(actual, typical, 1e-9)))


def timeline(moments: Sequence[datetime]) -> Timeline | None:
    """Whole weeks that hold all moments; None without any."""
    if not moments:
        return None
    first = _monday(min(moments).date())
    weeks = (_monday(max(moments).date()) - first).days // 7 + 1
    days = tuple(_day(n, first + timedelta(days=n), crowded=weeks > 1) for n in range(7 * weeks))
    quarters = sorted({((at.date() - first).days, at.hour * 4 + at.minute // 15) for at in moments})
    return Timeline(days, tuple((day, quarter / 4) for day, quarter in quarters), len(moments))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(number: int, day: date, *, crowded: bool) -> tuple[int, bool, str]:
    return number, day.weekday() >= 5, "" if crowded and day.weekday() else f"{day.month}/{day.day}"


def named(name: str) -> Any:
    """Data that a picture fills."""
    import altair as alt

    return alt.InlineData(name=name, values=[])


def _bars_chart() -> Chart:
    import altair as alt

    scale = alt.Scale(domainMin=0, domainMax={"expr": "most"}, range=[50, 240], nice=False)
    row = alt.Y(
        "of:N", sort=None, axis=None, scale=alt.Scale(domain=["seen", "usual"], paddingInner=0.35, paddingOuter=0.1)
    )
    base = alt.Chart(named("bars")).encode(y=row)
    colour = alt.Color("of:N", legend=None, scale=alt.Scale(domain=["seen", "usual"], range=[SEAL, GREY]))
    bar = base.mark_bar().encode(x=alt.X("value:Q", axis=None, scale=scale), color=colour)
    words = base.mark_text(align="left", x=0, baseline="middle").encode(text="what:N")
    told = base.mark_text(align="left", dx=6, baseline="middle", fontWeight="bold", fontSize=12, color=INK)
    return alt.layer(bar, words, told.encode(x=alt.X("value:Q", axis=None, scale=scale), text="told:N")).add_params(
        alt.param(name="most", value=1)
    ).properties(width=BARS[0], height=BARS[1], padding=0)  # fmt: skip


def _dots_chart() -> Chart:
    import altair as alt

    across = alt.Scale(domainMin=0, domainMax={"expr": "number"}, nice=False)
    down = alt.Scale(domain=[24, 0], nice=False)
    axis = alt.Axis(
        values=[0, 6, 12, 18, 24], labelExpr="datum.value + ':00'", title=None, grid=True, labelOverlap=False
    )
    x, y = alt.X("day:Q", scale=across, axis=None), alt.Y("hour:Q", scale=down, axis=axis)
    days = alt.Chart(named("days")).encode(x=x)
    weekend = (
        alt.Chart(named("weekends")).encode(x=x).mark_rect(color=DEEP, stroke=GREY, strokeWidth=0.6).encode(x2="end:Q")
    )
    office = (
        alt.Chart(alt.InlineData(values=[{}]))
        .mark_rect(color=BLUE, fillOpacity=PALE, stroke=BLUE, strokeWidth=0.8, strokeDash=[4, 3])
        .encode(y=alt.YDatum(OFFICE[0], scale=down, axis=axis), y2=alt.datum(OFFICE[1]))
    )
    rules = days.mark_rule(color=LINE)
    labels = days.mark_text(align="left", dx=4, y="height", dy=12).encode(text="label:N")
    dots = alt.Chart(named("dots")).mark_line(
        color=SEAL, strokeWidth=6, strokeCap="round", opacity=DOT, invalid="break-paths-show-path-domains"
    ).encode(x=x, y=y, order="n:Q")  # fmt: skip
    width, height = DOTS[0] - LEFT - 4, DOTS[1] - TOP - FOOT
    return alt.layer(weekend, office, rules, labels, dots).add_params(alt.param(name="number", value=7)).properties(
        width=width, height=height, padding={"left": LEFT, "top": TOP, "right": 4, "bottom": FOOT}
    )  # fmt: skip


_BARS, _DOTS = Drawing(_bars_chart), Drawing(_dots_chart)
