"""The coverage statement of a week: what was delivered, what was not, and what could not be seen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from pipelines.ingest.ledger import read_ledger
from pipelines.lake import Lake

_AGENCIES = """
    SELECT (SELECT count(*) FROM agency_now) AS in_table,
           count(*) FILTER (e.agency_code IS NOT NULL) AS expected,
           coalesce(list(e.agency_code ORDER BY e.agency_code) FILTER (n.agency_code IS NULL), []) AS silent,
           coalesce(list(n.agency_code ORDER BY n.agency_code) FILTER (n.agency_code IS NOT NULL AND a.agency_code IS NULL), []) AS unknown
    FROM (SELECT DISTINCT agency_code FROM recent_agency_week WHERE monday < $monday) e
    FULL JOIN (SELECT DISTINCT agency_code FROM recent_agency_week WHERE monday = $monday) n ON n.agency_code = e.agency_code
    LEFT JOIN agency_now a ON a.agency_code = coalesce(n.agency_code, e.agency_code)
"""
_GRADES = """
    SELECT count(*) AS requests,
           count(*) FILTER (channel IS NULL AND requester_user IS NULL AND subject_key IS NULL) AS grade_a,
           count(*) FILTER ((channel IS NOT NULL OR requester_user IS NOT NULL OR subject_key IS NOT NULL) AND subject_key_national IS NULL) AS grade_b,
           count(*) FILTER (subject_key_national IS NOT NULL) AS grade_c,
           count(DISTINCT requester_agency) AS agencies,
           count(DISTINCT requester_agency) FILTER (requester_user IS NOT NULL) AS agencies_with_officials
    FROM week_log
"""


@dataclass(frozen=True)
class Coverage:
    """Counts of rows and agencies; `left_out` has what could not be judged, with the reason, in two languages."""

    week: str
    delivered: int
    loaded: int
    duplicate: int
    quarantined: dict[str, int]
    refused: list[dict[str, str]]
    agencies: dict[str, int | list[str]]
    grades: dict[str, int]
    scored: dict[str, int] = field(default_factory=dict)
    not_scored: list[dict[str, str]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)

    def to_json(self) -> str:
        """As text, keys in a fixed order."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def coverage_of(lake: Lake, week: Week, engine: DuckDBEngine) -> Coverage:
    """The statement for a week; the engine has its history open (`recent_agency_week`, `agency_now`).

    Rows are counted over the files that touch the week, refused files over all of the ledger: nobody can say to
    which week a file belonged that could not be read.
    """
    engine.view("week_log", [lake.log(week)])
    entries = read_ledger(lake)
    mine = [entry for entry in entries if str(week) in entry.weeks.split(",")]
    agencies = engine.arrow(_AGENCIES, {"monday": week.monday}).to_pylist()[0]
    grades = engine.arrow(_GRADES).to_pylist()[0]
    return Coverage(
        str(week), sum(e.rows for e in mine), int(grades["requests"]), sum(e.duplicate for e in mine),
        {**_aside(lake, week, engine), "conflicting": sum(e.conflicting for e in mine)},
        [{"file": e.file, "reason": e.reason} for e in entries if e.status == "refused"],
        agencies, grades, left_out=_unseen(grades),
    )  # fmt: skip


def _aside(lake: Lake, week: Week, engine: DuckDBEngine) -> dict[str, int]:
    files = [
        lake.root / "quarantine" / f"{e.delivery_id}.parquet"
        for e in read_ledger(lake)
        if str(week) in e.weeks.split(",")
    ]
    files = [file for file in files if file.exists()]
    if not files:
        return {}
    engine.view("week_aside", files)
    query = "SELECT reason, count(*) AS n FROM week_aside WHERE reason NOT LIKE 'request_id comes again%' GROUP BY reason ORDER BY reason"
    return {row["reason"]: row["n"] for row in engine.arrow(query).to_pylist()}


def _unseen(grades: dict[str, int]) -> list[dict[str, str]]:
    found = []
    if grades["grade_a"]:
        found.append({
            "what_ja": f"職員・対象者単位の分析（{grades['grade_a']:,}件は記録区分Aのため機関単位でのみ確認）",
            "what_en": f"officials and people ({grades['grade_a']:,} requests are of grade A and were judged by agency only)",
            "why_ja": "利用者ID及び対象者の仮名が提供されていない", "why_en": "no user and no subject was delivered",
        })  # fmt: skip
    if not grades["grade_c"]:
        found.append({
            "what_ja": "機関をまたぐ同一人物の照会", "what_en": "one person across agencies",
            "why_ja": "全国共通の仮名が提供されていない", "why_en": "no key across agencies was delivered",
        })  # fmt: skip
    return found
