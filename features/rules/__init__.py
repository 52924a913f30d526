"""Rules: a request breaks one, whatever the statistics say. Two files each; this module only runs them."""

from __future__ import annotations

from dataclasses import dataclass

from features.catalogue import Rule, query, rules
from features.engines.engine import Engine

COLUMNS = ("week", "rule_id", "request_id", "agency_code", "requester_user", "detail_ja", "detail_en")


@dataclass(frozen=True)
class LeftOut:
    """A rule that could not be run, and the reference tables that it lacks."""

    rule: str
    lacks: tuple[str, ...]


def run_rules(engine: Engine, week: str, filled: frozenset[str]) -> list[LeftOut]:
    """Make the table `rule_hits` of the week that is open in the engine; returns the rules that could not be run.

    `filled` names the reference tables that hold rows. What would break a rule but for something that it allows stands there
    too, with the name of what lets it pass as `exempt`.
    """
    columns = ", ".join(f"CAST(NULL AS STRING) AS {column}" for column in COLUMNS)
    engine.table(
        "rule_hits",
        f"SELECT {columns}, CAST(NULL AS BOOLEAN) AS excusable, CAST(NULL AS STRING) AS exempt FROM request WHERE false",
    )
    left_out = []
    for rule in rules():
        lacks = tuple(sorted(set(rule.needs) - filled))
        if lacks:
            left_out.append(LeftOut(rule.name, lacks))
        else:
            _run(engine, rule, week)
    return left_out


def _run(engine: Engine, rule: Rule, week: str) -> None:
    sql = query("rules", rule.name)
    allowed = {name: allowance.value for name, allowance in rule.allows.items()}
    told = [*(["clause"] if rule.clauses else []), *rule.facts, *(["exempt"] if rule.allows else [])]
    broken = ", ".join(["h.request_id", *(f"MIN(h.{column}) AS {column}" for column in told)])
    engine.append(
        "rule_hits",
        "SELECT $week AS week, $rule AS rule_id, r.request_id, r.requester_agency AS agency_code, r.requester_user, "
        f"{_detail(rule, 'ja')} AS detail_ja, {_detail(rule, 'en')} AS detail_en, CAST($excusable AS BOOLEAN) AS excusable, "
        f"{'b.exempt' if rule.allows else 'CAST(NULL AS STRING)'} AS exempt "
        f"FROM request r JOIN (SELECT {broken} FROM ({sql}) h GROUP BY h.request_id) b ON b.request_id = r.request_id",
        {"week": week, "rule": rule.name, "excusable": rule.excusable} | _texts(rule) | allowed,
    )


def _texts(rule: Rule) -> dict[str, str]:
    """The texts of a rule as parameters: `ja` and `en`, and one more of each for every clause."""
    clauses = {
        f"{language}_{name}": getattr(text, language)
        for name, text in rule.clauses.items()
        for language in ("ja", "en")
    }
    return clauses if clauses else {"ja": rule.detail.ja, "en": rule.detail.en}


def _detail(rule: Rule, language: str) -> str:
    """SQL for what is told of a hit: the text of the clause that was broken, with the facts that decide in their places."""
    cases = " ".join(f"WHEN b.clause = '{name}' THEN ${language}_{name}" for name in rule.clauses)
    text = f"CASE {cases} END" if cases else f"${language}"
    for fact in rule.facts:
        text = f"REPLACE({text}, '{{{fact}}}', COALESCE(b.{fact}, '－'))"
    return text
