"""Rules: a request breaks one, whatever the statistics say. Two files each; this module only runs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.catalogue import Rule, rules
from features.engines.duckdb import DuckDBEngine

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class LeftOut:
    """A rule that could not be run, and the reference tables that it lacks."""

    rule: str
    lacks: tuple[str, ...]


def run_rules(engine: DuckDBEngine, week: str, filled: frozenset[str]) -> list[LeftOut]:
    """Make the table `rule_hits` of the week that is open in the engine; returns the rules that could not be run.

    `filled` names the reference tables that hold rows.
    """
    engine.connection.execute(
        "CREATE OR REPLACE TEMP TABLE rule_hits (week VARCHAR, rule_id VARCHAR, request_id VARCHAR, agency_code VARCHAR, "
        "requester_user VARCHAR, detail_ja VARCHAR, detail_en VARCHAR, excusable BOOLEAN)"
    )
    left_out = []
    for rule in rules():
        lacks = tuple(sorted(set(rule.needs) - filled))
        if lacks:
            left_out.append(LeftOut(rule.name, lacks))
        else:
            _run(engine, rule, week)
    return left_out


def _run(engine: DuckDBEngine, rule: Rule, week: str) -> None:
    query = (FOLDER / f"{rule.name}.sql").read_text(encoding="utf-8")
    engine.connection.execute(
        "INSERT INTO rule_hits SELECT $week, $rule, r.request_id, r.requester_agency, r.requester_user, $ja, $en, $excusable "
        f"FROM request r SEMI JOIN ({query}) h ON h.request_id = r.request_id",
        {"week": week, "rule": rule.name, "ja": rule.detail.ja, "en": rule.detail.en, "excusable": rule.excusable},
    )
