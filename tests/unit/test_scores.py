"""Scores: what is counted of work without a reason ranks people and officials as far as a lacking reason tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.catalogue import statistics
from features.weeks import Week
from models.bundle import Bundle, Champion
from models.ranking.calibration import Tail
from models.ranking.combination import reasons_behind
from models.ranking.findings import CASE, OFFICIAL, nothing_learned
from models.ranking.scores import score_officials, score_others
from models.statistics import WeekStatistics
from models.statistics.frames import LACKING, MEASURED, OFTEN_LACKING, checked

WEEK = Week.parse("2026-W46")
OF_REASONS, OF_ALL = "many_officials", "person_access"
PLAIN = Tail((0.0,), (0.0,), 1.0)
"""A scale on which a value of so many nats is expected e to the minus so many times a week."""


def scores(name: str, lacking: dict[str, tuple[float, ...]]) -> pd.Series:
    """By agency, the score of a person of 3 nats there; `lacking` is the share without a reason beside each of its officials."""
    agencies = list(lacking)
    frame = pd.DataFrame({"agency_code": agencies, "entity_id": [f"{a}/p" for a in agencies], "value": 3.0})
    noted = [(a, f"u{n}", share) for a, shares in lacking.items() for n, share in enumerate(shares)]
    readings = WeekStatistics(
        WEEK, pd.DataFrame(), {name: checked(frame.assign(actual=3.0, typical=1.0, window=8), MEASURED)}, pd.DataFrame(),
        lacking=checked(pd.DataFrame(noted, columns=["agency_code", "requester_user", OFTEN_LACKING]), LACKING),
    )  # fmt: skip
    champion = Champion("1", Bundle((), {}, {name: PLAIN}, {}, {}, ""))
    return score_others(name, "subject", readings, champion, WEEK, 1.0).set_index("agency_code").score


def test_where_nobody_notes_a_reason_officials_without_one_make_nobody_strange() -> None:
    assert statistics()[OF_REASONS].of_reasons
    found = scores(OF_REASONS, {"A": (1.0, 1.0), "B": (0.0, 0.1), "C": ()})
    assert found["A"] < 1e-6
    assert found["C"] == pytest.approx(100.0 / (1.0 + np.exp(-3.0)))
    assert found["B"] == pytest.approx(100.0 / (1.0 + np.exp(-3.0) / 0.95))


@pytest.mark.parametrize(
    ("statistic", "stands_behind"), [("same_person", True), ("one_attribute", False), (OFFICIAL, False)]
)
def test_an_officials_findings_of_work_without_a_reason_stand_behind_too(statistic: str, stands_behind: bool) -> None:
    rows = [{"agency_code": agency, "requester_user": "u"} for agency in "AB"]
    scans = pd.DataFrame(rows).assign(attribute="volume", window=1, value=0.0, step=0, past=1.0, expected=1.0)
    lacking = pd.DataFrame(rows).assign(**{OFTEN_LACKING: [1.0, 0.0]})
    readings = WeekStatistics(WEEK, scans, {}, pd.DataFrame(), lacking=checked(lacking, LACKING))
    findings = pd.DataFrame(rows).assign(
        entity="user", entity_id=["A/u", "B/u"], statistic=statistic, log_expected=-3.0
    )
    champion = Champion("1", Bundle((), {}, {OFFICIAL: PLAIN, CASE: PLAIN}, {}, {}, ""))
    history = pd.DataFrame(rows).assign(earlier_weeks=8)
    found = score_officials(readings, findings, history, champion, nothing_learned, WEEK).set_index("agency_code").score
    assert found["B"] > 90.0
    assert (found["A"] < found["B"] - 20.0) == stands_behind


def test_what_counts_all_visits_does_not_ask_for_reasons() -> None:
    assert not statistics()[OF_ALL].of_reasons
    found = scores(OF_ALL, {"A": (1.0,), "B": (0.0,)})
    assert found["A"] == found["B"] > 90.0


def test_it_stands_behind_by_what_it_leaves_out_of_honest_work() -> None:
    assert reasons_behind(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.0, np.log(2.0), np.inf])
