"""What a report shows, gathered from the week's tables: typed values, no markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.contract.identifiers import shorten_key
from features.weeks import Week
from models.ranking.scores import FULL_HISTORY_WEEKS
from reports.background import Background, read_backgrounds
from reports.case_weeks import WeekOfCase, read_weeks
from reports.cover import Cover, read_cover
from reports.evidence import Row, fetch
from reports.hits import HitGroup, outside_cases, within_cases
from reports.inputs import ReportInputs
from reports.known import Known, read_known
from reports.names import Names, names_in
from reports.nation import Nation, read_nation
from reports.power import Told
from reports.power import told as told_power
from reports.questions import questions_on
from reports.statement import Statement, read_statement
from reports.wording import told, wording

MOST_EVIDENCE = 50
"""Rows of a case on the page; all request ids are in `cases.csv`."""


@dataclass(frozen=True)
class Reason:
    """Why a case stands out: actual against typical, with its share of the case's strangeness."""

    text: Bilingual
    actual: float
    typical: float
    contribution: float


@dataclass(frozen=True)
class JoinedOfficial:
    """Another official in a case's sitting: how many `requests` of his are listed with it, what makes it one sitting, and why he
    stands out himself."""

    official: str
    requests: int
    shared: tuple[Bilingual, ...]
    reasons: tuple[Bilingual, ...]


@dataclass(frozen=True)
class Case:
    """A case as an inspector reads it; `related` has the rank of each other case about some of the same requests, and how many.
    People are shortened; `more` follows `shown` as evidence, each by time."""

    case_id: str
    rank: int
    severity: float
    confidence: float
    agency_code: str
    agency: str
    entity: str
    users: tuple[str, ...]
    people: tuple[str, ...]
    title: Bilingual
    story: Bilingual
    reasons: tuple[Reason, ...]
    against: tuple[Bilingual, ...]
    counterfactual: Bilingual
    rules: tuple[tuple[Bilingual, int], ...]
    questions: tuple[Bilingual, ...]
    expected_equals: float
    continues: str | None
    request_ids: tuple[str, ...]
    model_version: str
    shown: tuple[Row, ...]
    more: tuple[Row, ...]
    moments: tuple[datetime, ...]
    weeks: tuple[WeekOfCase, ...]
    background: Background
    related: tuple[tuple[int, int], ...] = ()
    n_requests: int = 0
    joined: tuple[JoinedOfficial, ...] = ()

    @property
    def history_weeks(self) -> int:
        """The weeks of history behind the case, at most FULL_HISTORY_WEEKS."""
        return round(self.confidence * FULL_HISTORY_WEEKS)

    @property
    def users_not_in_heading(self) -> tuple[str, ...]:
        """The officials whom the heading does not name: it names whom an official's case is about and who joins it."""
        named = {*self.users[:1], *(each.official for each in self.joined)} if self.entity == "user" else set()
        return tuple(user for user in self.users if user not in named)


@dataclass(frozen=True)
class Material:
    """Everything that a report shows."""

    week: Week
    revision: int
    changed: tuple[Bilingual, ...]
    model_version: str
    cases: tuple[Case, ...]
    hit_groups: tuple[HitGroup, ...]
    statement: Statement
    power: Told
    cover: Cover
    nation: Nation
    known: Known

    @property
    def first(self) -> tuple[Case, ...]:
        """The cases to be read first: so far down the list, fewer than half are expected to be chance."""
        return self.cases[: above_chance([case.expected_equals for case in self.cases])]

    @property
    def lower(self) -> tuple[Case, ...]:
        """The cases below them, for when there is time."""
        return self.cases[len(self.first) :]

    @property
    def continued(self) -> int:
        """Of the first, those that an earlier week had too."""
        return sum(case.continues is not None for case in self.first)

    @property
    def expected_without_misuse(self) -> float:
        """How many of the cases are expected to be here even if nobody misused anything."""
        return expected_by_chance([case.expected_equals for case in self.cases])


def above_chance(expected_equals: Sequence[float]) -> int:
    """How far down a ranked list at most half of its cases are expected to be chance: the last rank whose number of equals
    in a quiet week is no more than half of it."""
    return max((rank for rank, equals in enumerate(expected_equals, start=1) if equals <= rank / 2), default=0)


def expected_by_chance(expected_equals: Sequence[float]) -> float:
    """Of a week's cases, how many are expected to be there even if nobody misused anything.

    `expected_equals` counts all findings at least as strange as a case, so those of the stranger cases are in
    that of the least strange one already: the largest is the number for the whole list, a sum would count them
    again and again (Benjamini and Hochberg 1995: expected false discoveries at a threshold).
    """
    return min(max(expected_equals, default=0.0), float(len(expected_equals)))


def gather(inputs: ReportInputs) -> Material:
    """Read the tables of the week."""
    cases = pq.read_table(inputs.cases, partitioning=None).to_pylist()
    names = names_in(inputs.agencies, inputs.codes, inputs.week)
    request_ids = [request for case in cases for request in case["request_ids"] or ()]
    rows = fetch(inputs.logs, request_ids, names)
    hits = within_cases(inputs.rule_hits, request_ids, names)
    weeks, behind = read_weeks(inputs.case_weeks), read_backgrounds(inputs, cases, names)
    known = read_known(inputs)
    ranked = sorted(cases, key=lambda case: int(case["rank"]))
    return Material(
        inputs.week, inputs.revision, tuple(told(name, wording().changed) for name in inputs.changed), inputs.model_version,
        _related([
            _case(case, names, rows, hits, inputs.evidence_rows, weeks.get(case["case_id"], ()), behind.get(case["case_id"], Background()), known)
            for case in ranked
        ]),
        outside_cases(inputs.rule_hits, request_ids, names), read_statement(inputs.coverage, names),
        told_power(inputs.power, str(inputs.week)), read_cover(inputs, ranked, names),
        read_nation(inputs.logs[0], inputs.agencies, cases, inputs.week, names), known,
    )  # fmt: skip


def _case(
    case: Mapping[str, Any],
    names: Names,
    rows: Mapping[str, Row],
    hits: Mapping[str, list[Bilingual]],
    most: int,
    weeks: tuple[WeekOfCase, ...],
    background: Background,
    known: Known,
) -> Case:
    ids = tuple(case["request_ids"] or ())
    evidence = [rows[request] for request in ids if request in rows]
    told_most = min(most, MOST_EVIDENCE)
    return Case(
        case["case_id"], case["rank"], case["severity"], case["confidence"], case["agency_code"],
        names.agency(case["agency_code"]), case["entity"], tuple(case["users"] or ()),
        tuple(shorten_key(key) for key in case["subjects"] or ()), names.told(_text(case, "title")), names.told(_text(case, "story")),
        tuple(Reason(names.told(_text(r, "text")), r["actual"], r["typical"], r["contribution"]) for r in case["reasons"] or ()),
        tuple(_text(a, "text") for a in case["against"] or ()), _text(case, "counterfactual"),
        _broken(ids, hits), questions_on(case, known),
        case["expected_equals"], case["continues"], ids, case["model_version"],
        _by_time(evidence[:told_most]), _by_time(evidence[told_most:MOST_EVIDENCE]), tuple(sorted(r.at for r in evidence)), weeks, background,
        n_requests=max(case.get("n_requests") or 0, len(ids)),
        joined=tuple(_joined(each, names) for each in case.get("joined") or ()),
    )  # fmt: skip


def _joined(row: Mapping[str, Any], names: Names) -> JoinedOfficial:
    shared, reasons = (tuple(names.told(_text(each, "text")) for each in row[part]) for part in ("shared", "reasons"))
    return JoinedOfficial(row["requester_user"], row["n_requests"], shared, reasons)


def _related(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The same cases, each pointing to those about some of the same requests."""
    places: dict[str, list[int]] = {}
    for case in cases:
        for request in case.request_ids:
            places.setdefault(request, []).append(case.rank)
    shared = {
        case.rank: Counter(rank for request in case.request_ids for rank in places[request] if rank != case.rank)
        for case in cases
    }
    return tuple(replace(case, related=tuple(sorted(shared[case.rank].items()))) for case in cases)


def _broken(ids: Sequence[str], hits: Mapping[str, list[Bilingual]]) -> tuple[tuple[Bilingual, int], ...]:
    """What the requests of a case break, each clause, date or row once with the number of requests, the most frequent first."""
    counted = Counter(told for request in ids for told in hits.get(request, ()))
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0].ja)))


def _by_time(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (row.at, row.request_id)))


def _text(values: Mapping[str, Any], name: str) -> Bilingual:
    return Bilingual(ja=values[f"{name}_ja"] or "", en=values[f"{name}_en"] or values[f"{name}_ja"] or "")
