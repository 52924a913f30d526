"""What a report shows, gathered from the week's tables: typed values, no wording and no markup."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual, rules
from features.contract.identifiers import shorten_key
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

if TYPE_CHECKING:
    from reports.weekly import ReportInputs

MOST_EVIDENCE = 50
SHOWN_HITS = 10
_EVIDENCE = (Path(__file__).parent / "evidence.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """A row of the log as evidence. The subject is shortened; 不開示 flags are not read at all."""

    request_id: str
    at: datetime
    official: str
    terminal: str
    department: str
    subject: str
    procedure: str
    item: str
    provider: str
    result: str
    case_ref: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A row of the table `cases`, with its agency's name and its evidence."""

    values: dict[str, Any]
    agency: str
    evidence: tuple[Row, ...]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def subjects_shown(self) -> list[str]:
        """Shortened pseudonyms."""
        return [shorten_key(key) for key in self.subjects]


@dataclass(frozen=True)
class RuleGroup:
    """Hits of a rule outside the cases: how many, and the first of them."""

    rule: str
    label: Bilingual
    ground: Bilingual
    detail: Bilingual
    count: int
    agencies: int
    first: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Material:
    """Everything that a report shows."""

    week: Week
    revision: int
    changed: tuple[str, ...]
    model_version: str
    cases: tuple[Case, ...]
    rule_groups: tuple[RuleGroup, ...]
    coverage: dict[str, Any]
    evidence_rows: int

    @property
    def very_rare(self) -> int:
        """Cases of whose equals a quiet week is expected to hold less than one."""
        return sum(case.expected_equals < 1.0 for case in self.cases)

    @property
    def expected_false(self) -> float:
        """How many findings as rare as the rarest-but-last case a quiet week is expected to hold."""
        return min(max((case.expected_equals for case in self.cases), default=0.0), float(len(self.cases)))


def gather(inputs: ReportInputs) -> Material:
    """Read the tables of the week."""
    cases = pq.read_table(inputs.cases, partitioning=None).to_pylist()
    hits = pq.read_table(inputs.rule_hits, partitioning=None).to_pylist()
    names = _agency_names(inputs.agencies)
    by_request: dict[str, tuple[str, ...]] = {}
    for hit in hits:
        by_request[hit["request_id"]] = (*by_request.get(hit["request_id"], ()), hit["rule_id"])
    wanted = [r for case in cases for r in case["request_ids"][:MOST_EVIDENCE]]
    rows = _rows(inputs, wanted, names, by_request)
    shown = tuple(
        Case(
            c,
            names.get(c["agency_code"], c["agency_code"]),
            tuple(rows[r] for r in c["request_ids"][:MOST_EVIDENCE] if r in rows),
        )
        for c in cases
    )
    coverage = json.loads(inputs.coverage.read_text(encoding="utf-8"))
    groups = _groups(hits, {r for c in cases for r in c["request_ids"]}, names)
    return Material(
        inputs.week,
        inputs.revision,
        inputs.changed,
        inputs.model_version,
        shown,
        groups,
        coverage,
        inputs.evidence_rows,
    )


def _agency_names(agencies: Path) -> dict[str, str]:
    table = pq.read_table(agencies, columns=["agency_code", "name"], partitioning=None).to_pylist()
    return {row["agency_code"]: row["name"] or row["agency_code"] for row in table}


def _rows(
    inputs: ReportInputs, wanted: list[str], names: dict[str, str], hits: dict[str, tuple[str, ...]]
) -> dict[str, Row]:
    import pyarrow as pa

    if not wanted:
        return {}
    with DuckDBEngine() as engine:
        engine.view("linkage_log", inputs.logs)
        engine.connection.register("wanted", pa.table({"request_id": sorted(set(wanted))}))
        found = engine.arrow(_EVIDENCE).to_pylist()
    return {row["request_id"]: _row(row, names, hits) for row in found}


def _row(row: dict[str, Any], names: dict[str, str], hits: dict[str, tuple[str, ...]]) -> Row:
    return Row(
        row["request_id"], row["requested_at"], row["requester_user"] or "", row["requester_terminal"] or "",
        row["requester_department"] or "", shorten_key(row["subject_key"] or ""), row["procedure_code"], row["item_code"],
        names.get(row["provider_agency"], row["provider_agency"]), row["result"], row["case_ref"] or "",
        hits.get(row["request_id"], ()),
    )  # fmt: skip


def _groups(hits: list[dict[str, Any]], in_cases: set[str], names: dict[str, str]) -> tuple[RuleGroup, ...]:
    outside = [hit for hit in hits if hit["request_id"] not in in_cases]
    counts = Counter(hit["rule_id"] for hit in outside)
    groups = []
    for rule in rules():
        mine = [hit for hit in outside if hit["rule_id"] == rule.name]
        if mine:
            first = tuple(
                (h["request_id"], names.get(h["agency_code"], h["agency_code"]), h["requester_user"] or "")
                for h in mine[:SHOWN_HITS]
            )
            agencies = len({hit["agency_code"] for hit in mine})
            groups.append(
                RuleGroup(rule.name, rule.label, rule.ground, rule.detail, counts[rule.name], agencies, first)
            )
    return tuple(groups)
