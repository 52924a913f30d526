"""The coverage statement of a week: what was delivered, what was not, and what could not be seen."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from features.catalogue import query
from features.contract.columns import DELIVERED, LINKAGE_LOG, NAMES
from features.engines.duckdb import DuckDBEngine, quoted
from features.weeks import Week
from pipelines.ingest.ledger import Entry, Ledger
from pipelines.lake import Lake

_AGENCIES = Path(__file__).with_name("coverage.sql")
NULL_WORDS = ("null", "nan", "none", "nil", "nat", "n/a", "na", "#n/a", "<na>", "(null)", "\\n")
EXPECTED_WEEKS = 8
"""An agency is expected to ask if it did in one of so many weeks before."""
_GRADES = """
    SELECT count(*) AS requests,
           count(*) FILTER (channel IS NULL AND requester_user IS NULL AND subject_key IS NULL AND subject_key_national IS NULL) AS grade_a,
           count(*) FILTER ((channel IS NOT NULL OR requester_user IS NOT NULL OR subject_key IS NOT NULL) AND subject_key_national IS NULL) AS grade_b,
           count(*) FILTER (subject_key_national IS NOT NULL) AS grade_c,
           count(DISTINCT requester_agency) AS agencies,
           count(DISTINCT requester_agency) FILTER (requester_user IS NOT NULL) AS agencies_with_officials
    FROM week_log
"""


@dataclass(frozen=True)
class Exempt:
    """What a rule let pass, by which of the things that it allows: the requests, and the agencies, most of them first."""

    rule: str
    allowance: str
    requests: int
    agencies: list[str]


@dataclass(frozen=True)
class Coverage:
    """What stands behind a week's report.

    Rows: `delivered` = `loaded` + `copies` + `duplicate` + all `quarantined`. `loaded` are requests, `copies` the
    further copies of their records, `quarantined` is by reason. A row whose time cannot be counts in every week that
    its file touches. `columns` is the share of requests that have a value. `left_out` has what could not be judged,
    with the reason, in two languages; scoring adds to it, and `scored` and `not_scored`. `null_words` counts by column
    words that other programs write for "no value" and that are values here; `copies_disagree` the requests whose
    copies contradict each other, by the pair of agencies; `exempt` what rules let pass; `drift` whether the week is like those that
    its model learned from; `retrain` whether a new model is advised, and why; `shadow` how the list of the shadow differs.
    """

    week: str
    delivered: int
    loaded: int
    copies: int
    duplicate: int
    quarantined: dict[str, int]
    refused: list[dict[str, str]]
    agencies: dict[str, int | list[str]]
    grades: dict[str, int]
    columns: dict[str, float]
    unknown_values: int
    ignored_columns: list[str]
    null_words: dict[str, int] = field(default_factory=dict)
    copies_disagree: list[dict[str, str | int]] = field(default_factory=list)
    scored: dict[str, int] = field(default_factory=dict)
    not_scored: list[dict[str, str]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    exempt: list[Exempt] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    retrain: dict[str, Any] = field(default_factory=dict)
    shadow: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """As text, keys in a fixed order."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def coverage_of(lake: Lake, week: Week, engine: DuckDBEngine) -> Coverage:
    """The statement for a week; the engine has its history open (`recent_agency_week`, `agencies`)."""
    engine.view("week_log", [lake.log(week)])
    days = {
        "monday": week.monday,
        "next_monday": week.shift(1).monday,
        "first_monday": week.shift(-EXPECTED_WEEKS).monday,
    }
    agencies = engine.arrow(_AGENCIES.read_text(encoding="utf-8"), days).to_pylist()[0]
    grades = engine.arrow(_GRADES).to_pylist()[0]
    ledger = Ledger.read(lake)
    outcomes, reasons = _rows(ledger, week)
    touching = [entry for entry in ledger.entries() if str(week) in entry.weeks.split(",")]
    return Coverage(
        str(week), sum(outcomes.values()), int(grades["requests"]), outcomes["loaded"] - int(grades["requests"]),
        outcomes["duplicate"], dict(sorted(reasons.items())), _refused(ledger, week), agencies, grades, _columns(engine),
        sum(entry.unknown_values for entry in touching),
        sorted({column for entry in touching for column in entry.ignored_columns.split(",") if column}),
        null_words=_null_words(engine), copies_disagree=_disagreements(lake, week, engine), left_out=_unseen(grades),
        exempt=_exempt(engine),
    )  # fmt: skip


def _rows(ledger: Ledger, week: Week) -> tuple[Counter[str], Counter[str]]:
    """Rows by outcome and, if they were set aside, by reason: those of the week, and those without a week in files
    that touch it."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    mine = ledger.rows.filter(pc.field("week") == str(week))
    touching = ledger.rows.filter(pc.field("week").is_null() & pc.field("file").isin(mine["file"].unique().to_pylist()))
    for count in (*mine.to_pylist(), *touching.to_pylist()):
        outcomes[count["outcome"]] += count["rows"]
        if count["reason"]:
            reasons[count["reason"]] += count["rows"]
    return outcomes, reasons


def _refused(ledger: Ledger, week: Week) -> list[dict[str, str]]:
    """Refused files that may have held rows of the week: those of which nobody can say, too. A file that was
    delivered again under its name, and then taken, is no longer missing."""
    taken = set(ledger.deliveries.filter(pc.field("status") != "refused")["file"].to_pylist())
    entries = (entry for entry in ledger.entries("refused") if entry.file not in taken)
    return [{"file": entry.file, "reason": entry.reason} for entry in entries if _may_hold(entry, week)]


def _may_hold(entry: Entry, week: Week) -> bool:
    if entry.weeks:
        return str(week) in entry.weeks.split(",")
    try:
        first, last = date.fromisoformat(entry.period_from), date.fromisoformat(entry.period_to)
    except ValueError:
        return True
    return first < week.shift(1).monday and last >= week.monday


def _columns(engine: DuckDBEngine) -> dict[str, float]:
    optional = [column.name for column in DELIVERED if column.name in NAMES and not column.required]
    counts = ", ".join(f"count({name}) AS {name}" for name in optional)
    row = engine.arrow(f"SELECT count(*) AS requests, {counts} FROM week_log").to_pylist()[0]
    requests = row.pop("requests")
    return {name: round(count / requests, 4) if requests else 0.0 for name, count in row.items()}


def _null_words(engine: DuckDBEngine) -> dict[str, int]:
    listed = ", ".join(map(quoted, NULL_WORDS))
    texts = [column.name for column in LINKAGE_LOG if column.kind == "VARCHAR"]
    counts = ", ".join(
        f"count(*) FILTER (length({name}) <= 6 AND lower({name}) IN ({listed})) AS {name}" for name in texts
    )
    row = engine.arrow(f"SELECT {counts} FROM week_log").to_pylist()[0]
    return {name: count for name, count in row.items() if count}


def _disagreements(lake: Lake, week: Week, engine: DuckDBEngine) -> list[dict[str, str | int]]:
    file = lake.facts("copy_differences", week)
    if not file.exists():
        return []
    engine.view("week_differences", [file])
    pairs: list[dict[str, str | int]] = engine.arrow("""
        SELECT l.requester_agency AS requester, l.provider_agency AS provider, count(DISTINCT l.request_id) AS requests
        FROM week_differences d JOIN week_log l USING (request_id)
        WHERE NOT starts_with(d.difference, 'missing_')
        GROUP BY ALL ORDER BY requests DESC, requester, provider""").to_pylist()  # fmt: skip
    return pairs


def _exempt(engine: DuckDBEngine) -> list[Exempt]:
    rows = engine.arrow(query("results", "rule_exemptions")).to_pylist()
    passed = groupby(rows, key=lambda row: (row["rule_id"], row["allowance"]))
    return [
        Exempt(rule, allowance, sum(row["n"] for row in mine), [row["agency_code"] for row in mine])
        for (rule, allowance), group in passed
        for mine in [list(group)]
    ]


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
