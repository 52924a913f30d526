"""The figures of `shirabe evaluate` beside a second, plain implementation of the results contract."""

from __future__ import annotations

import random

import pytest

from models.evaluation import Case, Event, evaluate


def world(seed: int) -> tuple[list[Case], list[Event]]:
    chance = random.Random(seed)
    ids = [f"r{n}" for n in range(60)]
    events = [
        Event(f"e{n}", chance.choice("xyz"), chance.random() < 0.3, "2026-W01", frozenset({chance.choice("AB")}),
              frozenset({chance.choice(["u1", "u2", "u3"])}), frozenset({f"s{n}"}), frozenset(chance.sample(ids, 4)))
        for n in range(12)
    ]  # fmt: skip
    events.append(Event("silent", "silent", False, "2026-W01", frozenset({"A"}), frozenset(), frozenset(), frozenset()))
    cases = [
        Case("2026-W01", rank, chance.choice("AB"), chance.choice(["user", "agency"]),
             frozenset(chance.sample(["u1", "u2", "u3"], 1)) | (frozenset(map(str, range(25))) if chance.random() < 0.2 else frozenset()),
             frozenset(), tuple(chance.sample(ids, 8)))
        for rank in range(1, 16)
    ]  # fmt: skip
    return cases, events


def plainly_found(case: Case, event: Event) -> bool:
    if case.agency_code not in event.agencies:
        return False
    if len(event.requests) == 0:
        return case.entity == "agency"
    names_one = any(u in case.users for u in event.users) or any(s in case.subjects for s in event.subjects)
    return names_one and len(case.users) <= 20 and any(r in event.requests for r in case.requests[:50])


@pytest.mark.parametrize("seed", range(30))
def test_recall_and_false_alarms(seed: int) -> None:
    cases, events = world(seed)
    planted = [e for e in events if not e.hard_negative]
    ours = evaluate(cases, events, ["2026-W01"], capacities=(5, 10))
    for capacity in (5, 10):
        read = [c for c in cases if c.rank <= capacity]
        recall = sum(any(plainly_found(c, e) for c in read) for e in planted) / len(planted)
        false = sum(not any(plainly_found(c, e) for e in planted) for c in read)
        assert ours.recall[capacity] == pytest.approx(recall)
        assert ours.false_alarms[capacity] == false


def event(name: str, week: str) -> Event:
    return Event(name, "x", False, week, frozenset("A"), frozenset({name}), frozenset(), frozenset({f"r{name}"}))


def case_of(name: str, week: str, rank: int, users: int = 1) -> Case:
    named = frozenset({name, *map(str, range(users - 1))})
    return Case(week, rank, "A", "user", named, frozenset(), (f"r{name}",))


def test_an_event_in_a_scored_week_without_cases_is_missed() -> None:
    events = [event("u1", "2026-W01"), event("u2", "2026-W02"), event("u3", "2026-W03")]
    ours = evaluate([case_of("u1", "2026-W01", 1)], events, ["2026-W01", "2026-W02"])
    assert (ours.events, ours.recall[10], ours.missed, ours.average_precision) == (2, 0.5, ("u2",), 0.5)


def test_average_precision_divides_by_the_events_there_were_so_that_a_shorter_list_gains_nothing() -> None:
    events = [event(f"u{n}", "2026-W01") for n in range(4)]
    cases = [case_of(name, "2026-W01", rank) for rank, name in enumerate(["u0", "no", "u1", "u0", "u2"], start=1)]
    of_length = [evaluate(cases[:n], events, ["2026-W01"]).average_precision for n in range(6)]
    assert of_length == sorted(of_length)
    assert of_length[1] == pytest.approx(0.25)
    assert of_length[5] == pytest.approx((1 + 2 / 3 + 4 / 5) / 4)


@pytest.mark.parametrize(("users", "found"), [(20, 1.0), (21, 0.0)])
def test_a_case_of_more_than_twenty_officials_finds_none_of_them(users: int, found: float) -> None:
    ours = evaluate([case_of("u1", "2026-W01", 1, users)], [event("u1", "2026-W01")], ["2026-W01"])
    assert ours.recall[10] == found
