"""The weekly report: one self-contained page, the same on paper, a table for spreadsheets, and a manifest that proves all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from features.weeks import Week
from reports.manifest import MANIFEST, write_manifest
from reports.material import gather
from reports.page import render
from reports.paper import write_pdf
from reports.spreadsheet import write_csv

PAGE, PAPER, TABLE = "report.html", "report.pdf", "cases.csv"


@dataclass(frozen=True)
class ReportInputs:
    """The tables of a scored week, the logs that hold its evidence (this week's first), and where they come from.

    `changed` names what changed since the earlier revision; `inputs` maps the name of everything that the tables
    depend on to its SHA-256; `evidence_rows` is the number of rows that a case shows unfolded;
    `power` is the result of `shirabe power` for the model, if there is one; `previous_cases` are those of the week before,
    if it was scored; `model_age_weeks` are the weeks since the last that the model
    learned from; `case_weeks` are the weeks behind the cases, if they were kept; `pdf`: the page on
    paper is made too.
    """

    week: Week
    revision: int
    changed: tuple[str, ...]
    cases: Path
    rule_hits: Path
    requests: Path
    coverage: Path
    logs: tuple[Path, ...]
    agencies: Path
    codes: Path
    model_version: str
    inputs: dict[str, str]
    evidence_rows: int
    power: Path | None = None
    case_weeks: Path | None = None
    previous_cases: Path | None = None
    model_age_weeks: int | None = None
    pdf: bool = True


def write_report(inputs: ReportInputs, target: Path) -> Path:
    """Write `report.html`, `report.pdf`, `cases.csv` and, last, `manifest.json` into the folder `target`; returns the page's path.

    The same inputs give the same bytes. A folder without a manifest is not published: a run that is killed in
    between is started afresh by the next one, which finds the draft under the same name. LayoutMissingError where the PDF
    cannot be made.
    """
    draft = target.parent / f".{target.name}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    material = gather(inputs)
    page = render(material)
    (draft / PAGE).write_text(page.text, encoding="utf-8")
    if inputs.pdf:
        write_pdf(page.text, page.report_id, draft / PAPER)
    write_csv(material, draft / TABLE)
    write_manifest(draft, inputs.week, inputs.revision, inputs.model_version, inputs.inputs, page.report_id)
    target.mkdir(parents=True, exist_ok=True)
    for name in (PAGE, *([PAPER] if inputs.pdf else []), TABLE, MANIFEST):
        (draft / name).replace(target / name)
    draft.rmdir()
    return target / PAGE
