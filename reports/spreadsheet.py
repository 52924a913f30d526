"""`cases.csv`: one row a case, for spreadsheets. UTF-8 with a byte order mark, so that Excel reads the Japanese."""

from __future__ import annotations

import csv
from pathlib import Path

from reports.material import Case, Material

COLUMNS = (
    "rank", "case_id", "severity", "confidence", "agency_code", "agency", "entity", "users", "subjects", "title_ja",
    "story_ja", "reasons_ja", "against_ja", "rules", "expected_equals", "continues", "requests", "model_version",
)  # fmt: skip


def write_csv(material: Material, target: Path) -> None:
    """Write the cases in the order of their rank."""
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        rows.writerows([harmless(value) for value in _values(case)] for case in material.cases)


def _values(case: Case) -> list[str]:
    return [
        str(case.rank), case.case_id, f"{case.severity:.1f}", f"{case.confidence:.2f}", case.agency_code, case.agency,
        case.entity, " ".join(case.users), " ".join(case.subjects_shown), case.title_ja, case.story_ja,
        " / ".join(reason["text_ja"] for reason in case.reasons), " / ".join(a["text_ja"] for a in case.against),
        " ".join(case.rules), f"{case.expected_equals:.3g}", case.continues or "", " ".join(case.request_ids),
        case.model_version,
    ]  # fmt: skip


def harmless(value: str) -> str:
    """A cell that a spreadsheet does not take for a formula (CSV injection, OWASP)."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
