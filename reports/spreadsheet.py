"""`cases.csv`: one row a case, for spreadsheets. UTF-8 with a byte order mark, so that Excel reads the Japanese."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from features.catalogue import Bilingual
from reports.material import Case, Material

COLUMNS = (
    "week", "rank", "case_id", "severity", "confidence", "expected_equals", "agency_code", "agency", "entity", "users",
    "subjects", "title_ja", "title_en", "story_ja", "story_en", "reasons_ja", "against_ja", "counterfactual_ja", "rules_ja",
    "questions_ja", "continues", "request_ids", "model_version", "joined_ja",
)  # fmt: skip


def write_csv(material: Material, target: Path) -> None:
    """Write the cases in the order of their rank. People are shortened; rules go by label, an id might tell too much."""
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        rows.writerows([harmless(value) for value in (str(material.week), *_values(case))] for case in material.cases)


def harmless(value: str) -> str:
    """A cell that a spreadsheet does not take for a formula (CSV injection, OWASP)."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else value


def _values(case: Case) -> tuple[str, ...]:
    return (
        str(case.rank), case.case_id, f"{case.severity:.1f}", f"{case.confidence:.2f}", f"{case.expected_equals:.3g}",
        case.agency_code, case.agency, case.entity, " ".join(case.users), " ".join(case.people), case.title.ja, case.title.en,
        case.story.ja, case.story.en, _japanese(reason.text for reason in case.reasons), _japanese(case.against),
        case.counterfactual.ja, _japanese(rule for rule, _ in case.rules), _japanese(case.questions), case.continues or "",
        " ".join(case.request_ids), case.model_version,
        " / ".join(f"{each.official}：{_japanese(each.shared)}" for each in case.joined),
    )  # fmt: skip


def _japanese(texts: Iterable[Bilingual]) -> str:
    return " / ".join(text.ja for text in texts)
