"""What a report asks the agency next: two to four questions, on what leads the case, and of nothing that the log does not hold."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from features.catalogue import attributes, rules, statistics
from models.cases.contributions import LEARNED
from models.cases.wording import FILE
from reports.known import Known
from reports.questions import MOST, questions, questions_on

COUNTED = yaml.safe_load(FILE.read_text(encoding="utf-8"))["counted"]
LED_BY = ("unexplained", "unexplained_terminal", LEARNED, *COUNTED, *(a.name for a in attributes()))
EVERYTHING, POLICE = Known(), Known(frozenset({"case_ref", "subject_key", "cases"}))


def case(finding: str, feature: str = "", broken: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"finding": finding, "reasons": [{"feature": feature or finding}], "rules": list(broken)}


LEADING = [case(name) for name, declared in statistics().items() if declared.leads and name != "rule_violation"]
LEADING += [case(finding, feature) for finding in ("official_week", "one_attribute") for feature in LED_BY]
LEADING += [case("rule_violation", broken=(rule.name,)) for rule in rules()]


@pytest.mark.parametrize("known", [EVERYTHING, POLICE], ids=["everything", "police"])
def test_every_case_asks_two_to_four_questions_each_once(known: Known) -> None:
    numbers = {str(each): len(questions_on(each, known)) for each in LEADING}
    assert not {each: n for each, n in numbers.items() if not 2 <= n <= MOST}
    assert all(len({q.ja for q in questions_on(each, known)}) == numbers[str(each)] for each in LEADING)


def test_every_finding_rule_and_attribute_has_questions_of_its_own() -> None:
    asked = questions()
    assert {name for name, s in statistics().items() if s.leads} <= {*asked.of_finding, "rule_violation"}
    assert {rule.name for rule in rules()} == set(asked.of_rule)
    assert {a.name for a in attributes()} | set(COUNTED) | {LEARNED} <= {
        *asked.of_attribute,
        "unexplained",
        "unexplained_rare",
    }


def test_two_leading_reasons_are_not_asked_about_alike() -> None:
    by_terminal, by_hour = (questions_on(case("official_week", name), EVERYTHING) for name in ("terminal", "clock"))
    assert "端末" in by_terminal[0].ja
    assert "時間外勤務" in by_hour[0].ja
    assert questions_on(case("official_week", "unexplained_terminal"), EVERYTHING) == by_terminal


def test_a_broken_rule_is_asked_about_and_two_rules_fill_one_letter() -> None:
    both = questions_on(case("rule_violation", broken=("authority_missing", "two_terminals_at_once")), EVERYTHING)
    assert len(both) == MOST
    assert "権限表" in both[0].ja
    assert "二つの端末" in both[2].ja


def test_references_are_not_asked_about_where_the_log_has_none() -> None:
    asked = questions_on(case("official_week", "unexplained"), POLICE)
    assert asked
    assert not [q for q in asked if "受付番号" in q.ja]


def test_an_unknown_finding_has_questions_too() -> None:
    assert questions_on(case("of tomorrow"), EVERYTHING) == questions().of_finding["other"]
