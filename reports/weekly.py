"""The weekly report: one self-contained page, the same on paper, a table for spreadsheets, and a manifest that proves all."""

from __future__ import annotations

import shutil
from pathlib import Path

from reports.inputs import ReportInputs
from reports.manifest import MANIFEST, write_manifest
from reports.material import gather
from reports.page import render
from reports.paper import Language, write_pdf
from reports.spreadsheet import write_csv

PAGE, TABLE = "report.html", "cases.csv"
PAPER = {Language.JAPANESE: "report.pdf", Language.ENGLISH: "report.en.pdf"}


def write_report(inputs: ReportInputs, target: Path) -> Path:
    """Write `report.html`, `report.pdf` (`report.en.pdf` too if wanted), `cases.csv` and, last, `manifest.json` into the folder `target`; returns the page's path.

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
    papers = [Language.JAPANESE] * inputs.pdf + [Language.ENGLISH] * (inputs.pdf and inputs.pdf_in_english)
    for language in papers:
        write_pdf(page.text, page.report_id, draft / PAPER[language], language)
    write_csv(material, draft / TABLE)
    write_manifest(draft, inputs.week, inputs.revision, inputs.model_version, inputs.inputs, page.report_id)
    target.mkdir(parents=True, exist_ok=True)
    for name in (PAGE, *(PAPER[language] for language in papers), TABLE, MANIFEST):
        (draft / name).replace(target / name)
    draft.rmdir()
    return target / PAGE
