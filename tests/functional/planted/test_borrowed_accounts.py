"""A week in which somebody sits at his own terminal with the accounts of others: one case, from the log to the page."""

from __future__ import annotations

from tests.functional.planted.conftest import HOST, LENT, OF_LENT, Planted, ids


def test_the_case_is_of_whose_terminal_it_is_and_names_all(planted: Planted) -> None:
    (case,) = [case for case in planted.cases() if case["finding"] == "many_accounts"]
    assert case["entity_id"] == f"{OF_LENT}/{HOST}"
    assert set(case["users"]) == {HOST, *LENT}
    assert set(case["request_ids"]) == ids(planted.lent)
    assert f"ほかの職員{len(LENT)}名の利用者ID" in case["story_ja"]
    (terminal,) = {row["requester_terminal"] for row in planted.lent}
    assert f"端末（{terminal}）" in case["story_ja"]
    assert not [text for text in case["against"] if "自動照合した理由" in text["text_ja"]], (
        "they are of his own look-ups"
    )


def test_the_page_asks_who_sat_there(planted: Planted) -> None:
    assert "当該端末を使用していたのは誰か" in planted.page()
