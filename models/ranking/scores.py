"""Scores a week: from readings and the champion's scales to entity scores, findings and cases."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from features.catalogue import statistics
from features.weeks import Week
from models.bundle import Champion
from models.ranking.calibration import Floats
from models.ranking.combination import learned_rarity, reasons_behind
from models.ranking.findings import CASE, OFFICIAL, Learned, official_weeks, weight_of
from models.statistics import WeekStatistics

FULL_HISTORY_WEEKS = 12
"""Weeks of own history from which on the history no longer limits the confidence."""


def learned_by(champion: Champion) -> Learned:
    """The champion's detectors, as findings ask for them."""
    return partial(learned_rarity, names=champion.bundle.feature_names, detectors=champion.bundle.detectors)


def learned_of_agencies(champion: Champion) -> Learned:
    """The champion's detectors over agency-weeks."""
    agencies = champion.bundle.agencies
    return partial(learned_rarity, names=agencies.feature_names, detectors=agencies.detectors)


def learned_of(champion: Champion, readings: WeekStatistics) -> Learned:
    """The same for one week's officials, asked of the detectors once: searching for neighbours takes most of scoring."""
    found = learned_by(champion)(readings.officials())
    return lambda officials: found


def score_of(log_expected: Floats) -> Floats:
    """0-100 from the expected number of equals a week: 50 where one is expected, 99 where a hundredth is."""
    score: Floats = 100.0 / (1.0 + np.exp(np.clip(log_expected, -50.0, 50.0)))
    return score


def score_officials(
    readings: WeekStatistics,
    findings: pd.DataFrame,
    history_weeks: pd.DataFrame,
    champion: Champion,
    learned: Learned,
    week: Week,
) -> pd.DataFrame:
    """The `scores` rows of all officials active in the week; `history_weeks` has weeks seen before, a row an official.

    An official's score is that of the rarest finding about him, on the scale of cases; findings of work without a reason stand
    behind as those of people do.
    """
    frame = official_weeks(readings, champion.tails, learned)
    rarity = np.log(weight_of(OFFICIAL)) - frame.log_expected.to_numpy()
    frame = frame.assign(log_expected=champion.tails[CASE].log_expected(rarity))
    active = history_weeks.merge(
        frame[["agency_code", "requester_user", "log_expected"]],
        how="left",
        on=["agency_code", "requester_user"],
    )
    entity_id = active.agency_code + "/" + active.requester_user
    told = findings[findings.entity == "user"]
    told = told.assign(log_expected=told.log_expected + _set_back(told.statistic, told.agency_code, readings))
    rarest = told.groupby("entity_id").log_expected.min()
    found = entity_id.map(rarest).fillna(np.inf).to_numpy(dtype=float)
    log_expected = np.minimum(active.log_expected.fillna(np.log(max(len(active), 1))).to_numpy(), found)
    confidence = np.minimum(active.earlier_weeks / FULL_HISTORY_WEEKS, 1.0)
    return _scores(week, "user", entity_id, active.agency_code, log_expected, confidence, champion.version)


def score_others(
    name: str, entity: str, readings: WeekStatistics, champion: Champion, week: Week, confidence: float
) -> pd.DataFrame:
    """The `scores` rows of people or agencies from the statistic that speaks of them."""
    frame = readings.others[name]
    log_expected = champion.tails[name].log_expected(frame.value.to_numpy(dtype=float))
    log_expected = log_expected + _set_back(pd.Series(name, frame.index), frame.agency_code, readings)
    return _scores(
        week,
        entity,
        frame.entity_id,
        frame.agency_code,
        log_expected,
        pd.Series(confidence, index=frame.index),
        champion.version,
    )


def _set_back(statistic: pd.Series, agencies: pd.Series, readings: WeekStatistics) -> Floats:
    """By how many nats each value of a `statistic` `(n,)` stands behind, `(n,)`: one that speaks of work without a reason by as much as
    its lack says less than everything at the agency. Else each case that is handed on is strange where none is noted.

    The official's week asks itself how much a reason tells.
    """
    asks = statistic.map(lambda name: name != OFFICIAL and statistics()[name].of_reasons).to_numpy(dtype=bool)
    found: Floats = np.where(asks, reasons_behind(readings.lacking_at(agencies)), 0.0)
    return found


def _scores(
    week: Week,
    entity: str,
    entity_id: pd.Series,
    agency: pd.Series,
    log_expected: Floats,
    confidence: pd.Series,
    version: str,
) -> pd.DataFrame:
    frame = pd.DataFrame({
        "week": str(week), "entity": entity, "entity_id": entity_id.to_numpy(), "agency_code": agency.to_numpy(),
        "score": score_of(log_expected), "confidence": confidence.to_numpy(dtype=float), "model_version": version,
        "log_expected": log_expected,
    })  # fmt: skip
    frame = frame.sort_values(["log_expected", "entity_id"]).drop_duplicates("entity_id").reset_index(drop=True)
    n = max(len(frame), 1)
    frame["p_value"] = np.minimum(np.exp(np.clip(frame.log_expected, -50.0, 50.0)) / n, 1.0)
    frame["rank"] = np.arange(1, len(frame) + 1, dtype=np.int32)
    return frame[
        [
            "week",
            "entity",
            "entity_id",
            "agency_code",
            "score",
            "p_value",
            "rank",
            "confidence",
            "model_version",
        ]
    ]
