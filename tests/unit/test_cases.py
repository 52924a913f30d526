"""Which findings become cases: the rarest, one for each official, person and agency, and no more than can be read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models.cases import listing
from models.cases.evidence import NOTHING, Evidence
from models.cases.listing import choose
from models.ranking.scores import score_of
from models.weekly import RULE_HITS, _surroundings

FOUND = [
    ("official_week", "user", "A/u1", -4.0),
    ("many_officials", "subject", "A/s1", -3.0),
    ("same_person", "user", "A/u1", -2.5),
    ("official_week", "user", "A/u2", -2.0),
    ("agency_quiet", "agency", "A", -1.0),
    ("rule_violation", "agency", "A", -0.5),
    ("official_week", "user", "B/u1", 0.5),
]
"""Findings of a week, strangest first: statistic, entity, its id, the logarithm of the expected equals."""


def chosen(capacity: int, rows: list[tuple[str, str, str, float]] = FOUND) -> list[tuple[str, str]]:
    findings = pd.DataFrame(rows, columns=["statistic", "entity", "entity_id", "log_expected"])
    found = choose(findings, capacity)
    assert found.index.tolist() == list(range(len(found)))
    return list(zip(found.statistic, found.entity_id, strict=True))


def test_each_official_person_and_agency_has_one_case_led_by_the_rarest_finding() -> None:
    assert chosen(50) == [
        ("official_week", "A/u1"),
        ("many_officials", "A/s1"),
        ("official_week", "A/u2"),
        ("agency_quiet", "A"),
        ("official_week", "B/u1"),
    ]


@pytest.mark.parametrize("capacity", [0, 1, 3, 5, 6])
def test_capacity_cuts_the_same_list_and_a_further_finding_takes_no_place(capacity: int) -> None:
    assert chosen(capacity) == chosen(50)[:capacity]


def test_an_official_is_not_swallowed_by_a_person_or_an_agency_of_the_same_name() -> None:
    same = [
        ("agency_quiet", "agency", "X", -9.0),
        ("official_week", "user", "X", -1.0),
        ("many_officials", "subject", "X", -0.5),
    ]
    assert len(chosen(50, same)) == 3


@pytest.mark.parametrize("level", [-9.0, -0.7, 3.0])
def test_a_sitting_without_an_official_is_a_case_beside_the_rarest_count_of_its_agency(level: float) -> None:
    rows = sorted([*FOUND, ("unnamed_sitting", "agency", "A", level)], key=lambda row: row[3])
    of_agency = [statistic for statistic, entity_id in chosen(50, rows) if entity_id == "A"]
    assert sorted(of_agency) == ["agency_quiet", "unnamed_sitting"]


def proof(*requests: str) -> Evidence:
    return Evidence(requests, (), (), 1, 1, 1)


EVIDENCE = {
    "A/u1": proof("R1", "R2", "R3"),
    "A/s1": proof("R2", "R3"),  # says again what A/u1 says
    "A/u2": proof("R3"),  # an official's own
    "A": NOTHING,
    "B/u1": proof("R4", "R5"),
    "B/s1": proof("R5", "R6"),  # adds a request
}


@pytest.mark.parametrize(("capacity", "ids"), [(50, ["A/u1", "A/u2", "A", "B/u1", "B/s1"]), (2, ["A/u1", "A/u2"])])
def test_a_case_about_a_person_whose_requests_all_lie_in_one_above_gives_its_place_to_the_next(
    monkeypatch: pytest.MonkeyPatch, capacity: int, ids: list[str]
) -> None:
    def gathered(_: object, chosen: pd.DataFrame, *__: object) -> list[Evidence]:
        return [EVIDENCE[entity_id] for entity_id in chosen.entity_id]

    monkeypatch.setattr(listing, "gather", gathered)
    monkeypatch.setattr(listing, "together", lambda _, __, evidence: list(evidence))
    rows = [*FOUND, ("many_officials", "subject", "B/s1", 1.0)]
    findings = pd.DataFrame(rows, columns=["statistic", "entity", "entity_id", "log_expected"])
    nothing: Any = None
    chosen, evidence = listing.listed(nothing, findings, nothing, nothing, capacity)
    assert list(chosen.entity_id) == ids
    assert evidence == [EVIDENCE[entity_id] for entity_id in ids]


@pytest.mark.parametrize(("sitting", "statistics"), [
    (proof("R7", "R8", "R9"), ["agency_item", "unnamed_sitting"]),
    (proof("R6", "R7", "R8"), ["agency_item", "unnamed_sitting"]),  # in part: each points to the other on the page
    (proof("R5", "R6"), ["agency_item"]),
])  # fmt: skip
def test_a_sitting_whose_rows_are_all_in_the_count_above_is_no_case_of_its_own(
    monkeypatch: pytest.MonkeyPatch, sitting: Evidence, statistics: list[str]
) -> None:
    by_statistic = {"agency_item": proof("R4", "R5", "R6"), "unnamed_sitting": sitting}
    monkeypatch.setattr(listing, "gather", lambda _, chosen, *__: [by_statistic[name] for name in chosen.statistic])
    monkeypatch.setattr(listing, "together", lambda _, __, evidence: list(evidence))
    findings = pd.DataFrame(
        {"statistic": list(by_statistic), "entity": "agency", "entity_id": "A", "log_expected": [-2.0, -1.0]}
    )
    nothing: Any = None
    found, _ = listing.listed(nothing, findings, nothing, nothing, 50)
    assert list(found.statistic) == statistics


def test_a_case_goes_on_from_the_strangest_of_the_latest_week_about_the_same_agency() -> None:
    def week_of(*cases: str) -> pa.Table:
        rows = [{"case_id": each, "agency_code": "A", "entity": "agency", "entity_id": "A"} for each in cases]
        return pa.Table.from_pylist(rows)

    history = pd.DataFrame(columns=["agency_code", "requester_user", "earlier_weeks", "n_visits", "n_unexplained"])
    around = _surroundings(history, RULE_HITS.empty_table(), [week_of("old"), week_of("count", "sitting")])
    assert around.earlier_cases == {("agency", "A"): "count"}


def test_a_week_without_findings_has_no_cases() -> None:
    assert chosen(50, []) == []


def test_severity_falls_with_the_expected_equals_and_stays_between_0_and_100() -> None:
    severity = score_of(np.array([-700.0, -4.0, 0.0, 4.0, 700.0]))
    assert (np.diff(severity) < 0).all()
    assert severity[[0, 2, 4]] == pytest.approx([100.0, 50.0, 0.0])
