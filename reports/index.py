"""One page that leads to all reports of a lake: weeks and revisions, the newest first."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from features.weeks import Week
from reports.manifest import MANIFEST
from reports.page import standalone

PAGE, TABLE = "report.html", "cases.csv"


@dataclass(frozen=True)
class Published:
    """A revision of a week's report: where its page is, below the folder of reports; whether a later one replaced it."""

    week: Week
    revision: int
    page: str
    cases: int
    model: str
    superseded: bool


def index_page(reports: Path) -> str:
    """The page over all revisions published below a folder; the same reports give the same bytes."""
    return standalone("index.html.j2", published=published(reports))


def published(reports: Path) -> tuple[Published, ...]:
    """Every revision that has a manifest, the newest week and revision first."""
    found = [_read(reports, file) for file in reports.glob(f"week=*/**/{MANIFEST}")]
    latest = {week: max(r for w, r, *_ in found if w == week) for week, *_ in found}
    return tuple(
        Published(week, revision, page, cases, model, superseded=revision < latest[week])
        for week, revision, page, cases, model in sorted(found, key=lambda each: each[:2], reverse=True)
    )


def _read(reports: Path, manifest: Path) -> tuple[Week, int, str, int, str]:
    content = json.loads(manifest.read_text(encoding="utf-8"))
    folder = manifest.parent
    with (folder / TABLE).open(encoding="utf-8-sig", newline="") as rows:
        cases = sum(1 for _ in csv.reader(rows)) - 1
    page = (folder / PAGE).relative_to(reports).as_posix()
    return Week.parse(content["week"]), int(content["revision"]), page, cases, str(content["model"])
