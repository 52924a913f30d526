"""Requests that break a rule outside the cases: counted by rule, the first of them named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.catalogue import Bilingual, Rule, rules
from features.engines.duckdb import DuckDBEngine
from reports.names import Names

SHOWN = 10
"""Hits of a rule that the page names; all are in the table `rule_hits`."""
_SQL = (Path(__file__).parent / "hits.sql").read_text(encoding="utf-8")
_WITHIN = (Path(__file__).parent / "hits_of_cases.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Hit:
    """A request that breaks a rule."""

    request_id: str
    agency: str
    official: str
    detail: Bilingual


@dataclass(frozen=True)
class HitGroup:
    """The hits of one rule outside the cases; `first` are at most `SHOWN` of them."""

    label: Bilingual
    ground: Bilingual | None
    count: int
    agencies: int
    first: tuple[Hit, ...]


def within_cases(rule_hits: Path, in_cases: Iterable[str], names: Names) -> dict[str, list[Bilingual]]:
    """What is told of each request of a case that breaks rules, by request id: the rule, and the clause, date or row that
    decides."""
    held = pa.table({"request_id": pa.array(sorted(set(in_cases)), pa.string())})
    with DuckDBEngine() as engine:
        engine.view("rule_hits", [rule_hits])
        engine.connection.register("in_cases", held)
        rows = engine.arrow(_WITHIN).to_pylist()
    found: dict[str, list[Bilingual]] = {}
    for row in rows:
        label = label_of(row["rule_id"])
        told = Bilingual(ja=f"{label.ja}：{row['detail_ja'] or ''}", en=f"{label.en}: {row['detail_en'] or ''}")
        found.setdefault(row["request_id"], []).append(names.told(told))
    return found


def outside_cases(rule_hits: Path, in_cases: Iterable[str], names: Names) -> tuple[HitGroup, ...]:
    """The hits of requests that no case holds, a group for each rule, rules by name."""
    held = pa.table({"request_id": pa.array(sorted(set(in_cases)), pa.string())})
    with DuckDBEngine() as engine:
        engine.view("rule_hits", [rule_hits])
        engine.connection.register("in_cases", held)
        rows = engine.arrow(_SQL, {"shown": SHOWN}).to_pylist()
    declared = {rule.name: rule for rule in rules()}
    groups = groupby(rows, key=lambda row: str(row["rule_id"]))
    return tuple(_group(rule_id, declared.get(rule_id), list(mine), names) for rule_id, mine in groups)


def label_of(rule_id: str) -> Bilingual:
    """What a rule is called; its id where it is no longer declared."""
    labels = {rule.name: rule.label for rule in rules()}
    return labels.get(rule_id, Bilingual(ja=rule_id, en=rule_id))


def _group(rule_id: str, rule: Rule | None, rows: list[dict[str, Any]], names: Names) -> HitGroup:
    first = tuple(
        Hit(row["request_id"], names.agency(row["agency_code"]), row["requester_user"] or "",
            names.told(Bilingual(ja=row["detail_ja"] or "", en=row["detail_en"] or "")))
        for row in rows
    )  # fmt: skip
    return HitGroup(label_of(rule_id), rule.ground if rule else None, rows[0]["hits"], rows[0]["agencies"], first)
