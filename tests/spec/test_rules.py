"""Golden rows for every rule: a request that breaks it, and near misses that do not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from features.catalogue import Rule, query, rules
from features.contract.columns import LINKAGE_LOG
from features.contract.reference import REFERENCE
from features.engines.duckdb import DuckDBEngine
from features.rules import run_rules
from tests.spec.golden import NINE, YEAR, request, table


@dataclass(frozen=True)
class Golden:
    """Requests, reference rows, and the ids of those that break the rule."""

    rule: str
    requests: list[dict[str, Any]]
    hits: set[str]
    reference: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


LAW = {
    "requester_kind": "city",
    "affair_code": "JM1",
    "procedure_code": "JT1",
    "item_code": "TM1",
    "basis": "19-8",
    "valid_from": YEAR,
}


def to_and_fro(official: int) -> list[dict[str, Any]]:
    """An official asks at T1, two minutes later at T2, and at T1 again."""
    return [
        request(10 * official + n, requester_user=f"u{official}", requested_at=NINE + timedelta(minutes=2 * n),
                requester_terminal="T2" if n == 1 else "T1")
        for n in range(3)
    ]  # fmt: skip


MANY = [request(n) for n in range(1, 40)]
GOLDEN = [
    Golden("authority_missing", [*MANY, request(50, item_code="TM9")], {"R50"}, {"authority": [LAW]}),
    Golden(
        "authority_missing",  # where half of what an agency's officials ask is not in the table, the table is incomplete
        [request(n, item_code="TM9" if n % 2 else "TM1", requester_user=f"u{n}") for n in range(20)], set(), {"authority": [LAW]},
    ),
    Golden(
        "authority_missing",  # of one official it is his doing, however small the agency
        [request(n, item_code="TM9" if n % 2 else "TM1") for n in range(4)], {"R1", "R3"}, {"authority": [LAW]},
    ),
    Golden(
        "authority_missing",  # what three cities ask for is rather missing in the table
        [request(n, item_code="TM9", requester_agency=a) for n, a in enumerate("ABC")], set(), {"authority": [LAW]},
    ),
    Golden(
        "authority_not_in_force", [request(1), request(2, item_code="TM2")], {"R2"},
        {"authority": [LAW, LAW | {"item_code": "TM2", "valid_from": date(2026, 11, 10)}]},
    ),
    Golden(
        "authority_not_in_force", [request(1)], set(),  # in force on its first and its last day
        {"authority": [LAW | {"valid_from": date(2026, 11, 9), "valid_to": date(2026, 11, 9)}]},
    ),
    Golden(
        "authority_not_in_force", [request(1)], {"R1"},  # no longer
        {"authority": [LAW | {"valid_to": date(2026, 11, 8)}]},
    ),
    Golden(
        "authority_not_in_force", [request(1), request(2, item_code="TM2")], {"R2"},  # since when is not said
        {"authority": [LAW | {"valid_from": None}, LAW | {"item_code": "TM2", "valid_from": None, "valid_to": date(2026, 11, 8)}]},
    ),
    Golden(
        "account_outside_posting",  # neither a posting since an unknown day nor an absence alone is a posting that has not begun
        [*MANY, request(50, requester_user="old"), request(51, requester_user="ill"), request(52, requester_user="left")], {"R52"},
        {"accounts": [{"requester_user": "u1", "agency_code": "A", "valid_from": YEAR},
                      {"requester_user": "old", "agency_code": "A", "valid_from": None},
                      {"requester_user": "ill", "agency_code": "A", "valid_from": None, "absent_from": date(2026, 10, 1)},
                      {"requester_user": "left", "agency_code": "A", "valid_from": None, "valid_to": date(2026, 11, 8)}]},
    ),
    Golden(
        "account_outside_posting", [*MANY, request(50, requester_user="new")], {"R50"},
        {"accounts": [{"requester_user": "u1", "agency_code": "A", "valid_from": YEAR},
                      {"requester_user": "new", "agency_code": "A", "valid_from": date(2026, 12, 1)}]},
    ),
    Golden(
        "account_outside_posting", [*MANY, request(50, requester_user="left")], {"R50"},
        {"accounts": [{"requester_user": "u1", "agency_code": "A", "valid_from": YEAR},
                      {"requester_user": "left", "agency_code": "A", "valid_from": YEAR, "valid_to": date(2026, 11, 8)}]},
    ),
    Golden(
        "account_during_absence", [request(1), request(2, requester_user="u2")], {"R2"},
        {"accounts": [{"requester_user": "u1", "agency_code": "A", "valid_from": YEAR, "absent_from": date(2026, 11, 10), "absent_to": date(2026, 11, 12)},
                      {"requester_user": "u2", "agency_code": "A", "valid_from": YEAR, "absent_from": date(2026, 11, 9), "absent_to": date(2026, 11, 9)}]},
    ),
    Golden(
        "account_during_absence", [request(1)], {"R1"},
        {"accounts": [{"requester_user": "u1", "agency_code": "A", "valid_from": YEAR, "absent_from": date(2026, 11, 2)}]},
    ),
    Golden(
        "two_terminals_at_once",
        [request(1, requested_at=NINE), request(2, requested_at=NINE + timedelta(minutes=2), requester_terminal="T2"),
         request(3, requested_at=NINE + timedelta(minutes=4)), request(4, requested_at=NINE + timedelta(hours=3), requester_terminal="T2")],
        {"R2"},
    ),
    Golden(
        "two_terminals_at_once",  # the terminal that he uses less is the odd one, whichever came first
        [request(1, requested_at=NINE, requester_terminal="T2"), request(2, requested_at=NINE + timedelta(minutes=2)),
         request(3, requested_at=NINE + timedelta(minutes=4), requester_terminal="T2"),
         *[request(n, requested_at=NINE + timedelta(hours=n)) for n in range(4, 8)]],
        {"R1", "R3"},
    ),
    Golden(
        "two_terminals_at_once",  # of two that he uses alike the one in the middle is, on the way there and on the way back
        [request(1, requested_at=NINE), request(2, requested_at=NINE + timedelta(minutes=2), requester_terminal="T2"),
         request(3, requested_at=NINE + timedelta(minutes=4)), request(4, requested_at=NINE + timedelta(minutes=6), requester_terminal="T2")],
        {"R2", "R3"},
    ),
    Golden(
        "two_terminals_at_once",  # there and back has to be within ten minutes
        [request(1, requested_at=NINE), request(2, requested_at=NINE + timedelta(minutes=5), requester_terminal="T2"),
         request(3, requested_at=NINE + timedelta(minutes=10))],
        set(),
    ),
    Golden(
        "two_terminals_at_once",  # another account, another agency, a terminal that is not noted: nobody went anywhere
        [request(1, requested_at=NINE), request(2, requested_at=NINE + timedelta(minutes=2), requester_terminal="T2", requester_user="u2"),
         request(3, requested_at=NINE + timedelta(minutes=3), requester_terminal="T2", requester_agency="B"),
         request(4, requested_at=NINE + timedelta(minutes=4), requester_terminal=None), request(5, requested_at=NINE + timedelta(minutes=5))],
        set(),
    ),
    Golden("two_terminals_at_once", [turn for n in range(3) for turn in to_and_fro(n)], set()),  # where three do so, terminals are shared
    Golden("two_terminals_at_once", [turn for n in range(2) for turn in to_and_fro(n)], {"R1", "R11"}),  # two are not a habit
    Golden(
        "two_terminals_at_once",  # nor are three of more than thirty
        [*(turn for n in range(3) for turn in to_and_fro(n)), *[request(100 + n, requester_user=f"v{n}") for n in range(28)]],
        {"R1", "R11", "R21"},
    ),
    Golden(
        "answered_though_withheld",
        [request(1, result="withheld", items_returned=3), request(2, result="withheld", items_returned=0), request(3, items_returned=3)],
        {"R1"},
    ),
    Golden(
        "case_of_another",
        [*[request(n, case_ref="C1") for n in range(1, 40)], request(50, case_ref="C1", affair_code="JM2"), request(51)],
        {"R50"},
        {"cases": [{"case_ref": "C1", "agency_code": "A", "affair_code": "JM1", "subject_key": "s1", "opened": date(2026, 11, 1)}]},
    ),
    Golden(
        "case_of_another",
        [*[request(n, case_ref="C1") for n in range(1, 80)], request(90, case_ref="C2"), request(91, case_ref="C3")],
        {"R90", "R91"},
        {"cases": [{"case_ref": "C1", "agency_code": "A", "affair_code": "JM1", "opened": date(2026, 11, 1)},
                   {"case_ref": "C2", "agency_code": "A", "affair_code": "JM1", "opened": date(2026, 12, 10)},
                   {"case_ref": "C3", "agency_code": "A", "affair_code": "JM1", "opened": date(2026, 9, 1), "closed": date(2026, 10, 1)}]},
    ),
]  # fmt: skip


def hits_of(golden: Golden) -> list[dict[str, Any]]:
    return [hit for hit in marked(golden) if hit["exempt"] is None]


def exemptions_of(golden: Golden) -> set[tuple[str, str]]:
    return {(hit["request_id"], hit["exempt"]) for hit in marked(golden) if hit["exempt"] is not None}


def marked(golden: Golden) -> list[dict[str, Any]]:
    """What the rule finds, with what it lets pass."""
    with DuckDBEngine() as engine:
        engine.connection.register("request", table(LINKAGE_LOG, golden.requests))
        for name, columns in REFERENCE.items():
            engine.connection.register(name, table(columns, golden.reference.get(name, [])))
        engine.table(
            "agency_now",
            "SELECT 'A' AS agency_code, 'city' AS kind UNION ALL SELECT 'B', 'city' UNION ALL SELECT 'C', 'city' UNION ALL SELECT 'P', 'pension'",
        )
        run_rules(engine, "2026-W46", frozenset(golden.reference))
        found = "SELECT request_id, detail_ja, detail_en, exempt FROM rule_hits WHERE rule_id = $rule"
        return engine.arrow(found, {"rule": golden.rule}).to_pylist()


def details(golden: Golden) -> list[str]:
    return [hit["detail_ja"] for hit in hits_of(golden)]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g.rule)
def test_golden(golden: Golden) -> None:
    hits = hits_of(golden)
    assert {hit["request_id"] for hit in hits} == golden.hits
    assert len(hits) == len(golden.hits), "a request breaks a rule once"
    for hit in hits:
        assert not re.search(r"\{|－", hit["detail_ja"] + hit["detail_en"]), "the date or row that decides is told"


PASSED = {
    "authority_missing": {"agencies_alike", "share_alike"},
    "account_outside_posting": {"most_outside"},
    "case_of_another": {"most_misfits"},
    "two_terminals_at_once": {"share_of_officials"},
}
"""What lets pass whole agencies; other numbers of `allows` are conditions of these."""


def test_what_a_rule_lets_pass_is_kept_with_the_name_of_what_lets_it_pass() -> None:
    outdated = Golden(
        "account_outside_posting", [request(n, requester_user=f"u{n}") for n in range(1, 9)], set(),
        {"accounts": [{"requester_user": f"u{n}", "agency_code": "A", "valid_from": date(2027, 1, 1)} for n in range(1, 9)]},
    )  # fmt: skip
    misfits = Golden(
        "case_of_another", [request(n, case_ref="C1", affair_code="JM2") for n in range(1, 5)], set(),
        {"cases": [{"case_ref": "C1", "agency_code": "A", "affair_code": "JM1", "opened": YEAR}]},
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for golden in (*GOLDEN, outdated, misfits):
        found.setdefault(golden.rule, set()).update(exempt for _, exempt in exemptions_of(golden))
    assert {rule: names for rule, names in found.items() if names} == PASSED
    assert {rule.name for rule in rules() if rule.allows} == set(PASSED)
    assert {request for request, _ in exemptions_of(outdated)} == {f"R{n}" for n in range(1, 9)}


DECIDES = {
    ("authority_not_in_force", "not_yet"): "施行日は",
    ("authority_not_in_force", "no_longer"): "廃止されており",
    ("account_outside_posting", "ended"): "で終了しており",
    ("account_outside_posting", "not_begun"): "に始まり",
    ("account_during_absence", "dated"): "から2026-11-",
    ("account_during_absence", "without_end"): "終期の記録なし",
    ("case_of_another", "affair"): "別の事務（",
    ("case_of_another", "not_opened"): "受付日は2026-",
    ("case_of_another", "closed"): "に終了しており",
}
"""What a hit of each clause says in Japanese."""


def test_every_clause_is_met_by_golden_rows_and_told_apart() -> None:
    told = "\n".join(detail for golden in GOLDEN for detail in details(golden))
    assert {(rule.name, clause) for rule in rules() for clause in rule.clauses} == set(DECIDES)
    assert not [key for key, words in DECIDES.items() if words not in told]


def test_every_rule_has_golden_rows() -> None:
    assert {golden.rule for golden in GOLDEN} == {rule.name for rule in rules()}


def test_a_rule_without_its_table_is_left_out_and_named() -> None:
    with DuckDBEngine() as engine:
        engine.connection.register("request", table(LINKAGE_LOG, [request(1)]))
        engine.table("agency_now", "SELECT 'A' AS agency_code, 'city' AS kind")
        left_out = {rule.rule: rule.lacks for rule in run_rules(engine, "2026-W46", frozenset())}
    assert left_out["authority_missing"] == ("authority",)
    assert "two_terminals_at_once" not in left_out


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_reader_is_told_the_days_and_minutes_that_the_query_allows(rule: Rule) -> None:
    allowed = re.findall(r"INTERVAL '(\d+)' (?:DAY|MINUTE)", query("rules", rule.name))
    assert not [number for number in allowed if number not in rule.detail.ja]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_every_exemption_is_declared_with_its_reason(rule: Rule) -> None:
    sql = query("rules", rule.name)
    assert set(re.findall(r"\$(\w+)", sql)) == set(rule.allows)
    code = re.sub(r"--.*|INTERVAL '\d+'", "", sql)
    assert not re.findall(r"(?:>=|<=|<|>) *(?:[2-9]|\d+e-\d)", code), "a number that decides stands in the YAML"
    for allowance in rule.allows.values():
        assert "{" not in allowance.told().ja + allowance.told().en
