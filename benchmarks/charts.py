"""What pictures cost: the weeks of cases by Vega-Lite and by matplotlib in one run, and the page of a report with and without.

`python -m benchmarks.charts [--cases 50]`
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from unittest import mock

from reports.case_weeks import WeekOfCase, WeeksChart, weeks_chart
from reports.material import Material, gather
from reports.page import render
from reports.paper import write_pdf
from reports.vega import Drawing


def course(seed: int, weeks: int = 26) -> WeeksChart:
    """The weeks of a case, the last far above its band."""
    monday = date(2026, 11, 9)
    rows = [
        WeekOfCase(monday - timedelta(weeks=n), "visits", 40.0 + seed if n == 0 else (n * 7 + seed) % 5, 2.0, 0.0, 5.0, 1.0 + seed % 2)
        for n in reversed(range(weeks))
    ]  # fmt: skip
    chart = weeks_chart(rows)
    assert chart is not None
    return chart


def by_vega(chart: WeeksChart) -> str:
    """The picture as reports have it."""
    return chart.picture


def by_matplotlib(chart: WeeksChart) -> str:
    """The same bars, band, dashes and circles as an SVG of matplotlib."""
    figure = import_module("matplotlib.figure").Figure(figsize=(7.2, 1.26))
    axes = figure.add_subplot()
    known = [(at, week) for at, week in enumerate(chart.weeks) if isinstance(week, WeekOfCase)]
    at = [place for place, _ in known]
    low, high = ([getattr(w, side) or 0.0 for _, w in known] for side in ("low", "high"))
    axes.bar(at, [h - b for b, h in zip(low, high, strict=True)], 1.0, low, color="#8c9aab", alpha=0.3)
    axes.bar(
        at,
        [w.actual for _, w in known],
        0.56,
        color=["#9a2a2a" if w.actual > h else "#fff" for (_, w), h in zip(known, high, strict=True)],
        edgecolor="#1a2433",
    )
    axes.hlines(
        [w.expected for _, w in known],
        [x - 0.3 for x in at],
        [x + 0.3 for x in at],
        colors="#1a2433",
        linestyles="dashed",
    )
    axes.plot(at, [w.peers for _, w in known], "o", mfc="#fff", mec="#1d4f7c", ms=3)
    axes.set_xticks(at[::3], [f"{w.monday.month}/{w.monday.day}" for _, w in known][::3])
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """The processor time of it, once: other work on the machine makes no difference."""
    start = time.process_time()
    work()
    return time.process_time() - start


def many(cases: int, folder: Path) -> Material:
    """The material of the tests' week, its eight cases again and again with other numbers, of 26 weeks each."""
    world = import_module("tests.functional.report_world")
    material: Material = gather(world.scored_week(folder))
    repeated = []
    for n in range(cases):
        case = material.cases[n % 8]
        reasons = tuple(replace(reason, actual=reason.actual + n) for reason in case.reasons)
        moments = tuple(at + timedelta(minutes=15 * n) for at in case.moments)
        weeks = tuple(week for week in course(n).weeks if isinstance(week, WeekOfCase)) if case.weeks else ()
        repeated.append(replace(case, rank=n + 1, related=(), reasons=reasons, moments=moments, weeks=weeks))
    return replace(material, cases=tuple(repeated))


def main(arguments: list[str]) -> int:
    """Print seconds of processor time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.charts", description=__doc__)
    parser.add_argument("--cases", type=int, default=50)
    cases = parser.parse_args(arguments).cases
    charts = [course(n) for n in range(cases + 1)]
    for name, draw in (("vega", by_vega), ("matplotlib", by_matplotlib)):
        first, rest = seconds(partial(draw, charts[0])), seconds(partial(list, map(draw, charts[1:])))
        sys.stdout.write(f"{name:12} first {first:6.2f} s, the next {cases} {rest:6.2f} s\n")
    with tempfile.TemporaryDirectory() as folder:
        material, target = many(cases, Path(folder)), Path(folder) / "report.pdf"
        drawn = seconds(partial(render, material))
        text = render(material).text
        with mock.patch.object(Drawing, "svg", lambda self, rows, **signals: ""):
            bare = seconds(partial(render, material))
            paper = render(material).text
        laid, plain = seconds(partial(write_pdf, text, "-", target)), seconds(partial(write_pdf, paper, "-", target))
    sys.stdout.write(
        f"page of {cases} cases {drawn:6.2f} s, without pictures {bare:6.2f} s, {len(text.encode()) / 1e6:.2f} MB\n"
    )
    sys.stdout.write(f"PDF of it {laid:6.2f} s, without pictures {plain:6.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
