"""Small pictures as SVG: actual beside typical, and when the look-ups happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from reports.material import Row

WIDTH = 220


def bars(actual: float, typical: float) -> Markup:
    """Two bars on one scale: what was seen above, what was to be expected below."""
    most = max(actual, typical, 1e-9)
    seen, usual = (max(1.5, WIDTH * value / most) for value in (actual, typical))
    return Markup(
        '<svg class="bars" viewBox="0 0 {w} 18" width="{w}" height="18" aria-hidden="true">'
        '<rect class="seen" x="0" y="1" width="{a:.1f}" height="8" rx="1"/><rect class="usual" x="0" y="11" width="{t:.1f}" height="5" rx="1"/></svg>'
    ).format(w=WIDTH, a=seen, t=usual)


def timeline(rows: Sequence[Row]) -> Markup:
    """A dot a look-up: days across, hours down; the hours from 8 to 18 are shaded. Empty without rows."""
    if not rows:
        return Markup("")
    first, last = min(r.at for r in rows).date(), max(r.at for r in rows).date()
    first -= timedelta(days=first.weekday())
    days = max((last - first).days + 1, 7)
    width, height, left, top = 640, 132, 34, 8
    step, hour = (width - left - 6) / days, (height - top - 22) / 24
    parts = [
        Markup('<rect class="office" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
            left, top + 8 * hour, width - left - 6, 10 * hour
        )
    ]
    parts += [
        Markup('<text x="{}" y="{:.1f}" class="axis" text-anchor="end">{}時</text>').format(
            left - 4, top + h * hour + 3, h
        )
        for h in (0, 8, 18, 24)
    ]
    parts += [
        _tick(left + n * step, top, height, first + timedelta(days=n)) for n in range(0, days, 1 if days <= 10 else 7)
    ]
    parts += [
        _dot(left + ((r.at.date() - first).days + 0.5) * step, top + (r.at.hour + r.at.minute / 60) * hour)
        for r in rows
    ]
    return Markup('<svg class="timeline" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{inner}</svg>').format(
        w=width, h=height, label=f"{len(rows)}件の照会の日時", inner=Markup("").join(parts)
    )


def _tick(x: float, top: int, height: int, day: Any) -> Markup:
    return Markup(
        '<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/><text x="{3:.1f}" y="{4}" class="axis">{5}/{6}</text>'
    ).format(x, top, height - 20, x + 2, height - 7, day.month, day.day)


def _dot(x: float, y: float) -> Markup:
    return Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3.2"/>').format(x, y)
