"""Compares cases with the truth of a simulated world, exactly as the results contract defines it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from features.weeks import Week
from models.cases.evidence import Evidence

CAPACITIES = (10, 20, 50, 100)
"""How many cases a week may be read: a short list, what inspectors can read, and twice that."""
FIRST = 50
"""So many of a case's request ids count as its evidence."""
MOST_USERS = 20
"""A case of more officials names nobody."""


@dataclass(frozen=True)
class Case:
    """What a case says, as far as truth can judge it: whom it names and its first request ids."""

    week: str
    rank: int
    agency_code: str
    entity: str
    users: frozenset[str]
    subjects: frozenset[str]
    requests: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """A planted event in one week: its agencies, officials, people and requests (none where records are missing)."""

    scenario_id: str
    scenario: str
    hard_negative: bool
    week: str
    agencies: frozenset[str]
    users: frozenset[str]
    subjects: frozenset[str]
    requests: frozenset[str]
    difficulty: str = ""
    """How well it is hidden, in the truth's own words; empty where it does not say."""


@dataclass(frozen=True)
class Hit:
    """A case that finds an event, and the share of its first request ids that belong to it."""

    case: Case
    event: Event
    purity: float


@dataclass(frozen=True)
class Evaluation:
    """Figures of one ranking. An event that spans several weeks counts once, as found if it is in any of them."""

    recall: Mapping[int, float]
    recall_of_kind: Mapping[str, Mapping[int, float]]
    true_share: Mapping[int, float]
    false_alarms: Mapping[int, int]
    hard_negative_share: Mapping[int, float]
    purity: float
    average_precision: float
    events: int
    missed: tuple[str, ...]
    planted: Mapping[str, int] = field(default_factory=dict)
    """Events by kind."""


def read_events(truth: pd.DataFrame) -> list[Event]:
    """The events of a truth table, one a scenario and week."""
    events = []
    for (scenario_id, week), rows in truth.groupby(["scenario_id", "week"], sort=True):
        agencies, users, subjects, requests = (
            frozenset(rows[c].dropna()) for c in ("agency_code", "requester_user", "subject_key", "request_id")
        )
        named = rows.difficulty.dropna() if "difficulty" in rows else rows.scenario.head(0)
        events.append(Event(
            str(scenario_id), str(rows.scenario.iloc[0]), bool(rows.hard_negative.iloc[0]), str(week), agencies, users,
            subjects, requests, "" if named.empty else str(named.iloc[0]),
        ))  # fmt: skip
    return events


def read_cases(table: pd.DataFrame) -> list[Case]:
    """The cases of one or more weeks."""
    return [
        Case(
            r.week,
            int(r.rank),
            r.agency_code,
            r.entity,
            frozenset(r.users),
            frozenset(r.subjects),
            tuple(r.request_ids)[:FIRST],
        )
        for r in table.itertuples()
    ]


def cases_of_findings(chosen: pd.DataFrame, proofs: Sequence[Evidence], week: Week) -> list[Case]:
    """The chosen findings of a week with their evidence, ranked in their order, as what truth can judge of them."""
    return [
        Case(str(week), rank, f.agency_code, f.entity, frozenset(proof.users or _named(f.requester_user)),
             frozenset(proof.subjects), proof.request_ids[:FIRST])
        for rank, (f, proof) in enumerate(zip(chosen.itertuples(), proofs, strict=True), start=1)
    ]  # fmt: skip


def _named(official: object) -> tuple[str, ...]:
    return () if official is None or pd.isna(official) else (str(official),)


def finds(case: Case, event: Event) -> bool:
    """Whether a case finds an event: same week, agency, an official or person of it, and a request among the first."""
    if case.week != event.week or case.agency_code not in event.agencies:
        return False
    if not event.requests:
        return case.entity == "agency"
    if not event.requests & set(case.requests):
        return False
    named = bool(event.users & case.users) or bool(event.subjects & case.subjects)
    return (named and len(case.users) <= MOST_USERS) or not (event.users or event.subjects)


def evaluate(
    cases: Sequence[Case], events: Sequence[Event], weeks: Iterable[str], capacities: Sequence[int] = CAPACITIES
) -> Evaluation:
    """All figures of the results contract, over the scored `weeks`: an event in one without any case is missed."""
    scored = set(weeks)
    events = [event for event in events if event.week in scored]
    planted = {e.scenario_id: e.scenario for e in events if not e.hard_negative}
    hits = _hits(cases, events)
    best: dict[str, int] = {}
    true_cases: set[Case] = set()
    mistaken: set[Case] = set()
    for hit in hits:
        if hit.event.hard_negative:
            mistaken.add(hit.case)
        else:
            true_cases.add(hit.case)
            best[hit.event.scenario_id] = min(best.get(hit.event.scenario_id, 10**9), hit.case.rank)
    mistaken -= true_cases
    purities = [
        max(h.purity for h in hits if h.case == case and not h.event.hard_negative)
        for case in sorted(true_cases, key=lambda c: (c.week, c.rank))
    ]
    within = {k: [c for c in cases if c.rank <= k] for k in capacities}
    kinds = sorted(set(planted.values()))
    return Evaluation(
        {k: _share(r <= k for r in _ranks(planted, best)) for k in capacities},
        {kind: {k: _share(best.get(i, 10**9) <= k for i, s in planted.items() if s == kind) for k in capacities} for kind in kinds},
        {k: _share(c in true_cases for c in within[k]) for k in capacities},
        {k: sum(c not in true_cases for c in within[k]) for k in capacities},
        {k: _share(c in mistaken for c in within[k]) for k in capacities},
        float(np.median(purities)) if purities else float("nan"),
        _average_precision(cases, events),
        len(planted), tuple(sorted(i for i in planted if i not in best)),
        {kind: sum(each == kind for each in planted.values()) for kind in kinds},
    )  # fmt: skip


def _ranks(planted: Mapping[str, str], best: Mapping[str, int]) -> list[int]:
    return [best.get(scenario_id, 10**9) for scenario_id in planted]


def _share(true: Iterable[bool]) -> float:
    values = list(true)
    return sum(values) / len(values) if values else float("nan")


def _hits(cases: Sequence[Case], events: Sequence[Event]) -> list[Hit]:
    by_week: dict[str, list[Event]] = {}
    for event in events:
        by_week.setdefault(event.week, []).append(event)
    of_scenario: dict[str, set[str]] = {}
    for event in events:
        of_scenario.setdefault(event.scenario_id, set()).update(event.requests)
    found = []
    for case in cases:
        for event in by_week.get(case.week, []):
            if finds(case, event):
                inside = sum(request in of_scenario[event.scenario_id] for request in case.requests)
                found.append(Hit(case, event, inside / len(case.requests) if case.requests else 1.0))
    return found


def _average_precision(cases: Sequence[Case], events: Sequence[Event]) -> float:
    """Mean over the weeks with planted events of the average precision of the week's ranking."""
    planted = [event for event in events if not event.hard_negative]
    values = [
        _precision_of_week([c for c in cases if c.week == week], [e for e in planted if e.week == week])
        for week in sorted({event.week for event in planted})
    ]
    return float(np.mean(values)) if values else float("nan")


def _precision_of_week(cases: Sequence[Case], events: Sequence[Event]) -> float:
    """The precision where each event is first found, summed and divided by the events there were.

    Events that no case finds add nothing, so that a shorter list never has the better figure.
    """
    true_cases, total, missing = 0, 0.0, list(events)
    for place, case in enumerate(sorted(cases, key=lambda c: c.rank), start=1):
        true_cases += any(finds(case, event) for event in events)
        total += sum(finds(case, event) for event in missing) * true_cases / place
        missing = [event for event in missing if not finds(case, event)]
    return total / len(events)
