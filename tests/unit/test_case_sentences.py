"""What a case says of itself: no number that its evidence does not bear out."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from features.catalogue import Rule, rules, statistics
from features.contract.columns import RESULTS
from models.cases import Surroundings, told_expected
from models.cases.evidence import NOTHING, Evidence, _of_rows
from models.cases.reasons import _once, _reason, _says_again, cell_of, label_of
from models.cases.telling import story_of, title_of, without_what
from models.cases.wording import Text, of_cell, quantity_of
from models.statistics.file_content import KINDS, PEOPLE

SIX = Evidence(tuple("abcdef"), ("u",), ("s",), 2, 3, 1, without_reason=True)
LED = [{"feature": "unexplained", "contribution": 0.6}]


def test_a_silent_agency_has_no_visits_without_which_it_would_not_be_here() -> None:
    assert "0" not in without_what(finding("agency_quiet", requester_user=None), NOTHING, LED).ja
    assert "照会がなければ" not in without_what(finding("agency_quiet", requester_user=None), NOTHING, LED).ja


@pytest.mark.parametrize(
    ("statistic", "of_visits", "told"),
    [
        ("official_week", True, "3回（人・日）"),
        ("rule_violation", True, "6件"),
        ("batch_off_hours", False, "6件"),
        ("joined_case", True, "6件"),
        ("file_insertion", True, "6件"),
    ],
)
def test_visits_are_told_of_officials_and_requests_of_all_else(statistic: str, of_visits: bool, told: str) -> None:
    assert told in without_what(finding(statistic, requester_user="u" if of_visits else None), SIX, LED).ja


def test_what_was_not_to_be_expected_exceeds_no_zero() -> None:
    text = str(_reason("x", Text("照会", "look-ups"), Text("件", "requests"), 4.0, 0.01)["text_ja"])
    assert "見込み0" not in text
    assert "見込まれない" in text


def test_two_are_not_many() -> None:
    assert not [name for name, declared in statistics().items() if "多数" in declared.label.ja]


def test_cells_are_told_in_words_and_codes_stand() -> None:
    assert of_cell("outcome", "no_record/JT1") == Text("該当なし・JT1", "no record, JT1")
    assert of_cell("day", "2").ja == "火曜日"
    assert of_cell("item", "JT1/TM1").en == "JT1, TM1"


def test_every_kind_of_people_of_a_file_or_case_has_words() -> None:
    assert not [kind for kind in KINDS if of_cell(PEOPLE, kind) == Text(kind, kind)]
    assert of_cell("people_of_case", "apart_in_turn").en == "their number, different providers, looked up in turn"


def test_that_something_is_withheld_is_not_read_off_a_case() -> None:
    assert of_cell("outcome", "withheld/JT1") == of_cell("outcome", "refused/JT1")
    assert "不開示" not in of_cell("outcome", "withheld").ja


def test_every_cell_of_a_kind_with_words_has_one() -> None:
    assert not [r for r in RESULTS if r != "provided" and of_cell("outcome", r) == Text(r, r)]


def finding(statistic: str, **values: Any) -> Any:
    usual = {
        "statistic": statistic,
        "attribute": None,
        "rule": None,
        "cell": None,
        "counted": None,
        "requester_user": "u1",
        "subject_key": None,
        "agency_code": "A",
        "actual": 6.0,
        "typical": 1.0,
        "entity": "user",
    }
    return SimpleNamespace(**usual | values)


def test_a_title_is_of_the_number_that_stands_beside_it() -> None:
    by_terminal = title_of(finding("official_week"), [{"feature": "terminal"}], True)
    assert "端末" in by_terminal.ja
    assert "説明のつかない" not in by_terminal.ja
    assert "説明のつかない" in title_of(finding("official_week"), LED, True).ja


@pytest.mark.parametrize("statistic", ["official_week", "unexplained_over_time"])
def test_without_a_register_of_cases_nothing_is_called_unexplained(statistic: str) -> None:
    assert "説明のつかない" not in title_of(finding(statistic), LED, False).ja
    assert "受付台帳が提供されていない" in story_of(finding(statistic), SIX, LED, False).ja


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_broken_rule_is_named_wherever_the_case_is_told(rule: Rule) -> None:
    broken = finding("rule_violation", rule=rule.name)
    told = (title_of(broken, LED, True), story_of(broken, SIX, LED, True), label_of(broken))
    assert all(rule.label.ja in text.ja and rule.label.en in text.en for text in told)
    nobody = Evidence(tuple("abcdef"), ("u",), (), 2, 3, 1)
    assert story_of(broken, nobody, LED, True) == told[1], "a rule is broken by requests, whomever they are about"


def test_people_are_not_told_of_where_the_log_names_none() -> None:
    nobody = Evidence(tuple("abcdef"), ("u",), (), 2, 3, 1)
    assert "名について" not in story_of(finding("official_week"), nobody, LED, True).ja
    assert "名について" in story_of(finding("official_week"), SIX, LED, True).ja


def test_every_statistic_of_reasons_says_so() -> None:
    """Whatever speaks of a missing reason must be told otherwise where no register could give one."""
    assert {name for name, s in statistics().items() if "理由" in s.story.ja and s.leads} <= {
        name for name, s in statistics().items() if s.of_reasons or name == "one_attribute"
    }


def test_no_number_is_told_that_the_weeks_learned_from_cannot_tell() -> None:
    assert told_expected(math.log(3.0), 8) == pytest.approx(3.0)
    assert told_expected(math.log(0.001), 8) == 1 / 8
    assert told_expected(-500.0, 3) == 1 / 3


def test_history_of_an_agency_is_that_of_its_officials_or_of_the_model() -> None:
    known = Surroundings(pd.DataFrame(), {("A", "u1"): 3, ("A", "u2"): 5, ("B", "u1"): 9}, {}, {}, {})
    assert known.weeks_known("A", 8) == 5
    assert known.weeks_known("C", 8) == 8


def test_what_is_listed_is_told_as_what_it_is() -> None:
    by_hour = [{"feature": "clock", "contribution": 0.57}]
    usual = Evidence(SIX.request_ids, SIX.users, SIX.subjects, 2, 3, 1)
    for proof, reasons, told in (
        (SIX, LED, "理由が確認できない照会を含む"),
        (SIX, by_hour, "そのうち業務上の理由が確認できないもの"),
        (usual, by_hour, "そのうち特にまれなもの"),
        (usual, LED, "そのうち特にまれなもの"),
    ):
        assert told in story_of(finding("official_week"), proof, reasons, True).ja
    assert "（寄与57%）" in without_what(finding("official_week"), SIX, by_hour).ja
    assert "抽出されません" not in without_what(finding("official_week"), SIX, by_hour).ja


@pytest.mark.parametrize("statistic", ["official_week", "batch_off_hours", "lost_answer"])
def test_without_evidence_or_people_no_number_is_made_up(statistic: str) -> None:
    user = None if statistic == "batch_off_hours" else "u1"
    assert "0" not in story_of(finding(statistic, requester_user=user), NOTHING, LED, True).ja
    nobody = Evidence(SIX.request_ids, (), (), 2, 6, 1)
    assert "名" not in story_of(finding(statistic, requester_user=user), nobody, LED, True).ja


def test_requests_beyond_those_named_are_counted() -> None:
    rows = pd.DataFrame([
        {"request_id": f"R{n}", "requester_user": None, "subject_key": f"s{n}", "day": n % 3, "department": "d"} for n in range(1500)
    ])  # fmt: skip
    proof = _of_rows(rows)
    assert (len(proof.request_ids), proof.requests, len(proof.subjects)) == (1000, 1500, 1500)
    assert "1,500件" in without_what(finding("batch_off_hours", requester_user=None), proof, LED).ja


@pytest.mark.parametrize(
    ("actual", "typical", "told"), [(3.0, 2.98, "同程度"), (3.0, 2.9, "上回って"), (2.9, 3.0, "下回って")]
)
def test_numbers_that_read_alike_are_neither_above_nor_below(actual: float, typical: float, told: str) -> None:
    assert told in str(_reason("x", Text("照会", "look-ups"), Text("件", "requests"), actual, typical)["text_ja"])


@pytest.mark.parametrize(
    ("typical", "told"), [(0.02, "ほぼ0件"), (0.0, "のは0件"), (0.3, "のは0.3件"), (12.0, "のは12件")]
)
def test_a_story_does_not_say_that_nothing_was_expected_where_little_was(typical: float, told: str) -> None:
    of_agency = finding("agency_procedure", requester_user=None, counted="procedure", cell="JT1", typical=typical)
    assert told in story_of(of_agency, SIX, LED, True).ja


@pytest.mark.parametrize("change", ["急減", "増加", "途絶", "欠落", "反復"])
def test_a_reason_counts_things_and_no_change_of_them(change: str) -> None:
    assert not [name for name in statistics() if change in quantity_of(name).ja]


def test_thousands_are_parted_in_sentences_as_in_tables() -> None:
    text = str(_reason("x", Text("照会", "look-ups"), Text("件", "requests"), 1522.0, 264.5)["text_ja"])
    assert "1,522件" in text
    assert "見込み264件" in text


def test_where_every_visit_lacks_a_reason_their_number_is_told_once() -> None:
    def told(name: str, actual: float, worth: float) -> dict[str, object]:
        return {"feature": name, "actual": actual, "typical": 3.4, "contribution": worth}

    alike = _once([told("unexplained", 9.0, 0.5), told("terminal", 9.0, 0.2), told("volume", 9.0, 0.3)])
    assert [(r["feature"], r["contribution"]) for r in alike] == [("unexplained", 0.8), ("terminal", 0.2)]
    assert len(_once([told("unexplained", 8.0, 0.5), told("volume", 9.0, 0.5)])) == 2


def test_the_same_requests_are_not_told_by_item_and_by_procedure() -> None:
    item = finding("agency_item", cell="JT1/TM1", actual=20.0)
    assert _says_again(finding("agency_procedure", cell="JT1", actual=20.0), item)
    assert not _says_again(finding("agency_procedure", cell="JT1", actual=21.0), item)
    assert not _says_again(finding("agency_procedure", cell="JT2", actual=20.0), item)
    assert not _says_again(finding("agency_new_combination", cell="item", actual=20.0), item)


def test_where_the_log_names_nobody_no_persons_are_counted() -> None:
    nobody = replace(SIX, subjects=())
    official = finding("official_week")
    for text in (story_of(official, nobody, LED, False), without_what(official, nobody, LED)):
        assert "人・日" not in text.ja
        assert "6件" in text.ja


def test_a_case_led_by_a_number_of_visits_is_not_called_rare_in_that_number() -> None:
    assert title_of(finding("official_week"), [{"feature": "volume"}], True).ja == "照会の総数の増加"
    assert title_of(finding("official_week"), [{"feature": "visit"}], True).ja == "全体としてまれな照会"


def test_of_an_agency_as_a_whole_it_is_said_what_the_code_is_of() -> None:
    whole = finding("agency_week", requester_user=None, counted="procedure", cell="JT1", actual=0.0)
    assert "事務手続別の照会「JT1」" in story_of(whole, NOTHING, LED, True).ja
    assert cell_of(finding("agency_week", counted="all", cell="all")).ja == "全照会"


@pytest.mark.parametrize(
    ("number", "told"), [("1", "1 day,"), ("11", "11 days,"), ("2.1", "2.1 days,"), ("2", "2 days,")]
)
def test_one_is_no_plural_in_english(number: str, told: str) -> None:
    assert Text("{days}日", "on {days} days, seen").filled(days=number).en == f"on {told} seen"
