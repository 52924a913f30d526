"""What speaks against a case: facts of that case, true of the tables, and other ones for another case."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from features.catalogue import Rule, rules
from models.cases import Surroundings
from models.cases.against import against
from models.cases.evidence import Evidence

FEW = Evidence(("R1", "R2"), ("u1",), ("s1",), 2, 2, 1, without_reason=True)
ONE_DAY = Evidence(tuple(f"R{n}" for n in range(40)), (), ("s1",), 1, 40, 1)
WIDE = Evidence(tuple(f"R{n}" for n in range(40)), ("u1",), ("s1", "s2"), 5, 40, 1, without_reason=True)


def finding(statistic: str, **values: Any) -> Any:
    usual = {"statistic": statistic, "entity": "user", "agency_code": "A", "requester_user": "u1", "attribute": None,
             "rule": None, "cell": None, "counted": None}  # fmt: skip
    return SimpleNamespace(**usual | values)


OF_AGENCY = finding("agency_procedure", entity="agency", requester_user=None, counted="procedure", cell="JT1")


def readings(colleagues: int = 0, agencies: int = 0) -> Any:
    """Two windows and two attributes; the official's own scan, and those of so many colleagues; agencies likewise."""
    scans = [("A", "u1", "clock", 1, 9.0), ("B", "v", "clock", 1, 9.0), ("A", "u9", "clock", 4, 9.0), ("A", "u8", "item", 1, 9.0),
             ("A", "u7", "clock", 1, 1.4), *(("A", f"c{n}", "clock", 1, 1.5) for n in range(colleagues))]  # fmt: skip
    cells = [("A", "JT1", 9.0), ("B", "JT2", 9.0), ("C", "JT1", 1.4), *((f"D{n}", "JT1", 1.5) for n in range(agencies))]
    return SimpleNamespace(
        scans=pd.DataFrame(scans, columns=["agency_code", "requester_user", "attribute", "window", "value"]),
        others={"agency_procedure": pd.DataFrame(cells, columns=["agency_code", "cell", "value"])},
    )


def around(visits: int = 30, unexplained: int = 4, share: float = 0.05, register: bool = True) -> Surroundings:
    totals = pd.DataFrame(
        [("A", "u1", visits, unexplained)], columns=["agency_code", "requester_user", "n_visits", "n_unexplained"]
    )
    return Surroundings(
        totals.set_index(["agency_code", "requester_user"]), {("A", "u1"): 9}, {"A": share}, {}, register=register
    )


def told(case: Any, proof: Evidence, first: str = "clock", **values: Any) -> str:
    given = {"readings": readings(), "around": around(), "history": 9, "equals": 0.2} | values
    texts = against(case, proof, [{"feature": first}], **given)
    assert len({text.en for text in texts}) == len(texts)
    return "\n".join(text.ja for text in texts)


def test_two_unlike_cases_share_no_word_of_it() -> None:
    one = set(told(finding("official_week"), FEW).split("\n"))
    other = set(told(OF_AGENCY, ONE_DAY, readings=readings(agencies=3)).split("\n"))
    assert not one & other
    assert min(len(one), len(other)) >= 3


@pytest.mark.parametrize(("proof", "sentence"), [(FEW, "2件にとどまり"), (ONE_DAY, "照会40件は全て同じ日"), (WIDE, "")])
def test_few_requests_and_those_of_one_day(proof: Evidence, sentence: str) -> None:
    text = told(finding("official_week"), proof)
    assert sentence in text
    assert ("とどまり" in text, "全て同じ日" in text) == ("とどまり" in sentence, "全て同じ日" in sentence)


def test_how_many_requests_behind_an_agencys_count_have_a_reason_is_told() -> None:
    assert "根拠となる照会40件のうち39件には、" in told(OF_AGENCY, replace(ONE_DAY, explained=39))
    assert "理由（受付中の案件" not in told(OF_AGENCY, ONE_DAY)


def test_colleagues_in_whom_the_same_is_seen_are_counted() -> None:
    assert "他の職員2名にも、今週、通常と異なる時間帯" in told(
        finding("official_week"), WIDE, readings=readings(colleagues=2)
    )
    assert "他の職員" not in told(finding("official_week"), WIDE)
    assert "他の職員" not in told(finding("same_person"), WIDE, readings=readings(colleagues=2))


def test_agencies_in_which_the_same_cell_is_seen_are_counted() -> None:
    assert "他の3機関にも" in told(OF_AGENCY, ONE_DAY, readings=readings(agencies=3))
    assert "機関にも" not in told(OF_AGENCY, ONE_DAY)


def test_what_is_explained_and_how_short_the_history_is() -> None:
    text = told(finding("official_week"), WIDE, history=2)
    assert "30回（人・日）のうち26回（人・日）" in text
    assert "2週分にとどまり" in text
    assert "週分にとどまり" not in told(finding("official_week"), WIDE, history=4)


@pytest.mark.parametrize(("statistic", "share", "says"), [
    ("official_week", 0.05, True), ("official_week", 0.0004, False), ("rule_violation", 0.05, False), ("lost_answer", 0.05, False),
])  # fmt: skip
def test_missing_reasons_speak_only_where_the_case_is_about_them(statistic: str, share: float, says: bool) -> None:
    assert ("%も理由の自動確認" in told(finding(statistic), WIDE, around=around(share=share))) == says


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_each_rule_has_an_excuse_of_its_own(rule: Rule) -> None:
    text = told(finding("rule_violation", rule=rule.name), WIDE)
    assert rule.innocent.ja in text
    assert not [other.name for other in rules() if other != rule and other.innocent.ja in text]
    assert "{" not in text


def test_equals_of_a_quiet_week_are_told_where_there_are_any() -> None:
    assert "不正のない週にも2.5件程度" in told(finding("official_week"), WIDE, equals=2.5)
    assert "不正のない週" not in told(finding("official_week"), WIDE, equals=0.9)


def test_without_a_register_that_is_said_of_officials() -> None:
    assert "台帳が提供されていない" in told(finding("official_week"), WIDE, around=around(register=False))
