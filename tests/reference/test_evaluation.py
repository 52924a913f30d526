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
    ours = evaluate(cases, events, capacities=(5, 10))
    for capacity in (5, 10):
        read = [c for c in cases if c.rank <= capacity]
        recall = sum(any(plainly_found(c, e) for c in read) for e in planted) / len(planted)
        false = sum(not any(plainly_found(c, e) for e in planted) for c in read)
        assert ours.recall[capacity] == pytest.approx(recall)
        assert ours.false_alarms[capacity] == false
