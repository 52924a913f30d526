"""Two officials, or two accounts, in one sitting are one case; two who merely work in the same office are two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases import Surroundings, _with_joined, joined, listing
from models.cases.evidence import NOTHING, Evidence, Shared
from models.cases.joined import entities_of, matters_of
from models.cases.sittings import IN_TURN, MOST_OFFICIALS, PEOPLE, REQUESTS, SOON_MINUTES, TERMINAL, turns
from models.evaluation import Event
from models.evaluation.lists import ModelList
from models.evaluation.power import listing as power
from models.evaluation.power.ground import Place
from models.evaluation.power.planting import Sown

NINE = datetime(2026, 11, 9, 9, 0)
Row = dict[str, Any]
Listed = list[tuple[str, Evidence]]


def looked_up(user: str, minute: int, person: str | None, terminal: str | None = None, agency: str = "A") -> Row:
    return {
        "request_id": f"{user}-{minute:04d}", "requester_agency": agency, "requester_user": user, "subject_key": person,
        "requester_terminal": terminal or f"T-{user}", "requested_at": NINE + timedelta(minutes=minute),
    }  # fmt: skip


def evidence_of(rows: Sequence[Row], *earlier: str) -> Evidence:
    """Evidence of one official's rows of the week, and of requests of earlier weeks."""
    people = tuple(dict.fromkeys(row["subject_key"] for row in rows if row["subject_key"]))
    users = tuple(dict.fromkeys(row["requester_user"] for row in rows))
    ids = (*(row["request_id"] for row in rows), *earlier)
    return Evidence(ids, users, people, 1, len(rows), 1, len(ids))


def listed(
    monkeypatch: pytest.MonkeyPatch, rows: Sequence[Row], capacity: int = 50, more: Sequence[tuple[str, Evidence]] = ()
) -> Listed:
    """What is listed of officials, the strongest first as they come in the rows, then of people (`more`)."""
    users = list(dict.fromkeys((row["requester_agency"], row["requester_user"]) for row in rows))
    proofs = [evidence_of([r for r in rows if (r["requester_agency"], r["requester_user"]) == who]) for who in users]
    findings = pd.DataFrame(
        [("user", f"{agency}/{user}", agency, user) for agency, user in users]
        + [("subject", entity_id, entity_id.split("/")[0], None) for entity_id, _ in more],
        columns=["entity", "entity_id", "agency_code", "requester_user"],
    ).assign(statistic="official_week", log_expected=-1.0)
    every = [*proofs, *(proof for _, proof in more)]
    monkeypatch.setattr(listing, "gather", lambda _, chosen, *__: [every[place] for place in chosen.index])
    nothing: Any = None
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(rows))
        chosen, evidence = listing.listed(engine, findings, nothing, Week.parse("2026-W46"), capacity)
    return list(zip(chosen.entity_id, evidence, strict=True))


def in_turn_at_one_terminal(step: int = 5) -> list[Row]:
    """Two accounts that alternate at a terminal, each about people of its own."""
    return [looked_up(f"u{n % 2 + 1}", step * n, f"s{n}", "T1") for n in range(6)]


def about_the_same_people() -> list[Row]:
    """Two officials who ask about the same four people at their own terminals, on different days."""
    return [looked_up(user, 1440 * n + m, f"s{m}") for n, user in enumerate(("u1", "u2")) for m in range(4)]


def in_one_office() -> list[Row]:
    """Two officials who share an office: one person in common, and one terminal, which is handed over once."""
    first = [looked_up("u1", n, f"s{n}", "T1") for n in range(5)]
    return [*first, *(looked_up("u2", n + 6, f"s{n + 4}", "T1") for n in range(5))]


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        (in_turn_at_one_terminal(), Shared(TERMINAL, 5)),
        (about_the_same_people(), Shared(PEOPLE, 4)),
        ([looked_up(f"u{n % 2 + 1}", 50 * n, "s1") for n in range(6)], Shared(IN_TURN, 5)),
        ([looked_up(f"u{n % 2 + 1}", 9 * n, f"s{n // 2}") for n in range(4)], Shared(IN_TURN, 3)),
    ],
    ids=["two accounts at a terminal", "the same people", "one person in turn", "a household in turn"],
)
def test_one_sitting_is_one_case_with_every_row_of_both(
    monkeypatch: pytest.MonkeyPatch, rows: list[Row], shared: Shared
) -> None:
    ((entity_id, proof),) = listed(monkeypatch, rows)
    assert entity_id == "A/u1"
    assert proof.users == ("u1", "u2")
    assert sorted(proof.request_ids) == sorted(row["request_id"] for row in rows)
    assert proof.requests == len(rows)
    assert {request.split("-")[0] for request in proof.request_ids[:2]} == {"u1", "u2"}
    assert [(join.finding.requester_user, join.shared) for join in proof.joined] == [("u2", (shared,))]
    assert proof.leading == evidence_of([row for row in rows if row["requester_user"] == "u1"])


@pytest.mark.parametrize(
    "rows",
    [
        in_one_office(),
        in_turn_at_one_terminal(step=SOON_MINUTES + 1),
        [looked_up(f"u{n % 2 + 1}", 61 * n, "s1") for n in range(6)],
        [looked_up(f"u{n // 2 + 1}", n, f"s{n % 2}") for n in range(4)],
        [looked_up(f"u{n % 2 + 1}", n, None) for n in range(6)],
        [row | {"requester_agency": row["requester_user"]} for row in in_turn_at_one_terminal()],
        [looked_up(u, 1440 * n + m, f"s{m + 2 * n}") for n, u in enumerate(("u1", "u2")) for m in range(5)],
        [looked_up(f"u{n % 2 + 1}", 600 * (n // 2) + n, f"s{n}", "T1") for n in range(8)],
    ],
    ids=["an office", "a terminal later", "a person later", "a household handed over", "nobody named", "two agencies", "some people", "a hand-over a day"],
)  # fmt: skip
def test_what_is_merely_in_common_leaves_two_cases(monkeypatch: pytest.MonkeyPatch, rows: list[Row]) -> None:
    found = listed(monkeypatch, rows)
    assert [proof.users for _, proof in found] == [("u1",), ("u2",)]
    assert not any(proof.joined for _, proof in found)


def test_the_freed_place_goes_to_the_next_finding_and_the_order_is_always_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [*in_turn_at_one_terminal(), looked_up("u3", 0, "s90"), looked_up("u4", 0, "s91")]
    found = listed(monkeypatch, rows, 2)
    assert [entity_id for entity_id, _ in found] == ["A/u1", "A/u3"]
    assert str(found) == str(listed(monkeypatch, rows, 2))


def test_a_person_whose_requests_both_officials_made_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [looked_up(f"u{n % 2 + 1}", n, "s1", "T1") for n in range(6)]
    person = Evidence(tuple(row["request_id"] for row in rows), ("u1", "u2"), ("s1",), 1, 2, 1)
    adds = Evidence((*person.request_ids, "u9-0001"), ("u1", "u2", "u9"), ("s1",), 1, 3, 1)
    assert [who for who, _ in listed(monkeypatch, rows, more=[("A/s1", person)])] == ["A/u1"]
    assert [who for who, _ in listed(monkeypatch, rows, more=[("A/s1", adds)])] == ["A/u1", "A/s1"]


def test_a_case_is_joined_for_what_is_shared_with_its_leader_and_by_a_handful(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = [looked_up(f"u{n}", 1440 * n + m, f"s{n + m}") for n in range(3) for m in range(4)]
    assert [proof.users for _, proof in listed(monkeypatch, chain)] == [("u0", "u1"), ("u2",)]
    office = [looked_up(f"u{n}", 1440 * n + m, f"s{m}") for n in range(7) for m in range(4)]
    found = listed(monkeypatch, office)
    assert [len(proof.users) for _, proof in found] == [MOST_OFFICIALS, 2]
    assert {r for _, proof in found for r in proof.request_ids} == {row["request_id"] for row in office}


def test_requests_of_one_look_up_at_the_same_moment_are_one_turn() -> None:
    rows = [looked_up(user, 0, "s1") | {"request_id": f"{n}"} for n, user in enumerate(("u1", "u2") * 4)]
    assert turns(pd.DataFrame(rows), 5) == 1


def test_earlier_rows_come_after_the_weeks_and_rows_beyond_the_limit_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = about_the_same_people()
    ((_, proof),) = listed(monkeypatch, rows)
    own = [evidence_of([r for r in rows if r["requester_user"] == user], f"{user}-before") for user in ("u1", "u2")]
    monkeypatch.setattr("models.cases.sittings.MOST_ROWS", 9)
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(rows))
        chosen = pd.DataFrame({"entity": ["user"] * 2, "agency_code": ["A"] * 2, "requester_user": ["u1", "u2"]})
        merged, gone = listing.together(engine, chosen, own)
    assert gone is None
    assert merged is not None
    assert merged.request_ids == (*proof.request_ids, "u1-before")
    assert merged.requests == 10


def test_what_others_did_at_a_terminal_are_no_turns_of_whose_terminal_it_is() -> None:
    """Two accounts take turns at a terminal of `u0`; `u3` did other work. Who is named in the requests joins, for those."""
    rows = [*in_turn_at_one_terminal(), *(looked_up("u3", 4000 + n, f"s{90 + n}") for n in range(4))]
    proofs = [
        evidence_of([row for row in rows if row["requester_user"] in users])
        for users in (("u1", "u2"), ("u1",), ("u3",))
    ]
    chosen = pd.DataFrame({"entity": ["user"] * 3, "agency_code": ["A"] * 3, "requester_user": ["u0", "u1", "u3"]})
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(rows))
        lead, gone, apart = listing.together(engine, chosen, proofs)
    assert lead is not None
    assert [(join.finding.requester_user, join.shared) for join in lead.joined] == [("u1", (Shared(REQUESTS, 3),))]
    assert lead.requests == 6
    assert gone is None
    assert apart == proofs[2]


def test_a_finding_without_rows_joins_nobody() -> None:
    chosen = pd.DataFrame({"entity": ["user"] * 2, "agency_code": ["A"] * 2, "requester_user": ["u1", "u2"]})
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(in_one_office()))
        assert listing.together(engine, chosen, [NOTHING, NOTHING]) == [NOTHING, NOTHING]


def test_a_case_tells_who_joins_it_why_and_goes_on_from_any_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    ((_, proof),) = listed(monkeypatch, in_turn_at_one_terminal())
    reason = {"feature": "clock", "text_ja": "夜間の照会", "text_en": "at night", "contribution": 1.0}
    monkeypatch.setattr(joined, "parts_of", lambda rows, *_: [None] * len(rows))
    monkeypatch.setattr(joined, "reasons_of", lambda *_, **__: [reason])
    nothing: Any = None
    alone, ((told,)) = joined.joined_rows([NOTHING, proof], nothing, nothing, nothing)
    assert alone == []
    assert (told["requester_user"], told["n_requests"]) == ("u2", 3)
    assert told["reasons"] == [{"text_ja": "夜間の照会", "text_en": "at night"}]
    assert "同じ端末で" in str(told["shared"])
    assert f"{SOON_MINUTES}分以内の間隔で交互に照会しています（5度の交替）" in str(told["shared"])
    around = Surroundings(pd.DataFrame(), {}, {}, {}, {("user", "A/u2"): "earlier"})
    row: Row = {"agency_code": "A", "entity": "user", "entity_id": "A/u1", "continues": None,
                "counterfactual_ja": "これがなければ。", "counterfactual_en": "Without."}  # fmt: skip
    case = _with_joined(row, [told], around)
    assert case["continues"] == "earlier"
    assert str(case["counterfactual_ja"]).startswith("これがなければ。以上は、筆頭の職員に")
    assert _with_joined(row, [], around) == row | {"joined": []}


def test_a_case_is_about_all_whom_it_names_and_an_old_table_about_its_own() -> None:
    case = {"agency_code": "A", "entity": "user", "entity_id": "A/u1"}
    assert entities_of(case) == (("user", "A/u1"),)
    assert entities_of(case | {"joined": [{"requester_user": "u2"}]}) == (("user", "A/u1"), ("user", "A/u2"))


def test_power_ranks_and_spares_a_sitting_as_the_one_case_that_a_list_has_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = in_turn_at_one_terminal()
    proofs = [evidence_of([row for row in rows if row["requester_user"] == user]) for user in ("u1", "u2")]
    findings = pd.DataFrame({
        "entity": "user", "entity_id": ["A/u1", "A/u2"], "agency_code": "A", "requester_user": ["u1", "u2"],
        "statistic": "official_week", "log_expected": [-2.0, 2.0],
    })  # fmt: skip
    monkeypatch.setattr(power, "_found", lambda *_: findings)
    monkeypatch.setattr(listing, "gather", lambda _, chosen, *__: [proofs[place] for place in chosen.index])
    others = pd.DataFrame(
        {
            "entity": "user",
            "entity_id": [f"B/u{n}" for n in range(30)],
            "statistic": "official_week",
            "log_expected": 0.0,
        }
    )
    week, nothing = Week.parse("2026-W46"), cast("Any", None)
    event = Event(
        "power-0",
        "",
        False,
        str(week),
        frozenset("A"),
        frozenset({"u2"}),
        frozenset(),
        frozenset(proofs[1].request_ids),
    )
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(rows))
        clean = power.strangest(engine, week, nothing, nothing)
        sown = Sown("", "plain", Place("A", "u2", 9), event)
        assert power.ranks(engine, week, nothing, nothing, [sown], power.Strangest(others)) == [1]
    assert list(clean.findings.entity_id) == ["A/u1"]
    assert clean.entities == {"A/u1", "A/u2"}


def test_two_models_hold_one_sitting_whichever_official_leads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def list_of(*users: str) -> ModelList:
        shared = in_turn_at_one_terminal()
        rows = [row for user in users for row in shared if row["requester_user"] == user]
        found = listed(monkeypatch, [*rows, looked_up(f"by {users[0]}", 0, "s90")])
        chosen = pd.DataFrame({"entity": "user", "entity_id": [who for who, _ in found], "statistic": "official_week"})
        return ModelList([], [], matters_of(chosen, [proof for _, proof in found]), chosen, chosen)

    one, other = list_of("u1", "u2"), list_of("u2", "u1")
    assert one.about[0] == other.about[0] == {("user", "A/u1", ""), ("user", "A/u2", "")}
    assert one.lacking(other, 50) == other.lacking(one, 50) == [2]
    assert one.lacking(other, 1) == []
