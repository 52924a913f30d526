"""Findings: what is strange in a week, all kinds on one scale, the expected number of equals a week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.catalogue import attribute_of, statistics
from models.ranking.agencies import AGENCY, agency_values
from models.ranking.calibration import CALIBRATION_WEEKS, Floats, Tail
from models.ranking.combination import attribute_rarities, behind, combined
from models.statistics import WeekStatistics, standalone
from models.statistics.frames import FINDINGS, checked
from models.statistics.unexplained import LEAD
from models.statistics.unnamed_sittings import UNNAMED_SITTING

Learned = Callable[[pd.DataFrame], Floats]
"""From the weeks of officials, or of agencies, to the learned detectors' rarity of each, nats."""
OFFICIAL = "official_week"
OVER_TIME = "unexplained_over_time"
ONE_ATTRIBUTE = "one_attribute"
RULE_VIOLATION = "rule_violation"
CASE = "case"
OF_OTHER_ROWS = (UNNAMED_SITTING,)
"""What is asked about apart from the rest of its agency's week: the requests of one sitting, where the other findings are of all the
week's. Behind the rarest of them it would not be read."""
TELLING = 1.5
"""An attribute less rare than about one in five, in nats, is no reason to name anyone."""
RARE = 1.0
"""Beside the official's week a statistic names someone only if at most so many equals a week are expected."""
RARE_WHERE_NOBODY_IS_NAMED = 8.0
"""The same in a log that names no official: there agencies are all that can be told of, and the list has room."""
MISUSED = 5.0
"""Of a week's cases so many may be misuse: what is promised of quiet weeks is learned from those below them."""


def weight_of(statistic: str) -> float:
    """What share of the inspectors' time a statistic may use: public cases were nearly all about officials."""
    return statistics()[statistic].weight


def nothing_learned(entities: pd.DataFrame) -> Floats:
    """No detector: nobody's week is rare to it."""
    return np.zeros(len(entities))


@dataclass(frozen=True)
class Fold:
    """Weeks that detectors were not trained on and scales not learned from, `held`, beside those that they were, `kept`."""

    kept: Sequence[WeekStatistics]
    held: Sequence[WeekStatistics]
    learned: Learned = nothing_learned
    of_agencies: Learned = nothing_learned


def asked_once(fold: Fold, held: WeekStatistics) -> Fold:
    """The fold with what its detectors say of one held week: searching for neighbours takes most of it."""
    officials, agencies = fold.learned(held.officials()), fold.of_agencies(held.agencies())
    return replace(fold, learned=lambda _: officials, of_agencies=lambda _: agencies)


def learn_tails(history: Sequence[WeekStatistics], folds: Sequence[Fold]) -> dict[str, Tail]:
    """The scale of every statistic, from earlier weeks: first each by itself, then what is combined of them.

    What is combined is scaled by weeks that neither the detectors nor the single scales have seen: a week to come has not
    been seen either. The scale of cases is what a reader is promised; it alone may have a heavy tail.
    """
    tails, weeks = own_tails(history), len(history)
    parts = [
        (own, held, asked_once(fold, held)) for fold in folds for own in [own_tails(fold.kept)] for held in fold.held
    ]
    of_agencies = [agency_values(held, own, asked.of_agencies)["value"].to_numpy() for own, held, asked in parts]
    tails[AGENCY] = Tail.of(np.concatenate(of_agencies), weeks, spared=1.0)
    combos = [_officials_values(held, own, asked.learned)[1] for own, held, asked in parts]
    tails[OFFICIAL] = Tail.of(np.concatenate(combos), weeks)
    together = {AGENCY: tails[AGENCY], OFFICIAL: tails[OFFICIAL]}
    ranked = [_ranked(held, own | together, asked.learned, asked.of_agencies) for own, held, asked in parts]
    strangest = [one_a_case(found).rarity.to_numpy() for found in ranked]
    tails[CASE] = Tail.of(np.concatenate(strangest), weeks, spared=MISUSED, heavy=True)
    return tails


def own_tails(history: Sequence[WeekStatistics]) -> dict[str, Tail]:
    """The scale of every attribute, statistic and rule by itself."""
    weeks = len(history)
    officials = pd.concat([reading.officials() for reading in history]).fillna(0.0)
    tails = {column: Tail.of(officials[column].to_numpy(), weeks) for column in officials.columns}
    # An attribute that names someone by itself must be rarer than all that the weeks before held, misuse or not.
    tails |= {f"{ONE_ATTRIBUTE}:{c}": Tail.of(officials[c].to_numpy(), weeks, spared=0.0) for c in _single(officials)}
    for name in standalone():
        values = np.concatenate([reading.others[name]["value"].to_numpy(dtype=float) for reading in history])
        tails[name] = Tail.of(values, weeks, spared=1.0)
    broken = pd.concat([reading.violations for reading in history])
    for rule in sorted(set(broken.rule_id)):
        tails[f"rule:{rule}"] = Tail.of(broken.value[broken.rule_id == rule].to_numpy(), weeks)
    return tails


def official_weeks(readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned) -> pd.DataFrame:
    """One row an official active in the week, with the combined value and its expected number of equals."""
    rarities, value = _officials_values(readings, tails, learned)
    frame = rarities.assign(value=value, log_expected=tails[OFFICIAL].log_expected(value))
    return frame.reset_index()


def _officials_values(
    readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned
) -> tuple[pd.DataFrame, Floats]:
    officials = readings.officials()
    rarities, whole_behind = attribute_rarities(officials, tails), behind(tails, readings.lacking_of(officials))
    return rarities, combined(rarities, learned(officials), len(officials), whole_behind)


def find(
    readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned, of_agencies: Learned = nothing_learned
) -> pd.DataFrame:
    """All findings of the week, strangest first, as FINDINGS declares them; `log_expected` is of cases at least so strange a quiet week
    holds, all statistics together."""
    found = _ranked(readings, tails, learned, of_agencies)
    return checked(found.assign(log_expected=tails[CASE].log_expected(found.rarity.to_numpy())), FINDINGS)


def one_a_case(found: pd.DataFrame) -> pd.DataFrame:
    """Of findings, strangest first, the strangest of each official, person and agency, and an agency's sitting beside it."""
    return found.loc[~pd.Index(matters(found)).duplicated()]


def matters(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    """What a case of each finding is about: entity, its id, and the statistic where that is a matter of its own (else "")."""
    return [
        (entity, entity_id, apart(statistic))
        for entity, entity_id, statistic in zip(found.entity, found.entity_id, found.statistic, strict=True)
    ]


def apart(statistic: str) -> str:
    """The statistic where its findings are a case of their own beside the others of the same agency, else ""."""
    return statistic if statistic in OF_OTHER_ROWS else ""


def _ranked(
    readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned, of_agencies: Learned
) -> pd.DataFrame:
    """The findings of all statistics on one scale: `rarity`, minus the logarithm of the expected equals of its own kind,
    with its declared weight."""
    parts = [_officials(readings, tails, learned), _over_time(readings, tails), _breaches(readings, tails)]
    parts.append(_attributes(readings, tails))
    parts.append(_agencies(readings, tails, of_agencies) if AGENCY in tails else pd.DataFrame())
    # A model knows no scale of statistics that were declared after it was trained: they wait for the next one.
    parts += [
        _other(name, frame, tails[name])
        for name, frame in readings.others.items() if statistics()[name].leads and name in tails
    ]  # fmt: skip
    found = pd.concat(
        [part for part in parts if len(part)] or [pd.DataFrame(columns=FINDINGS.names)], ignore_index=True
    )
    rare = RARE if len(readings.scans) else RARE_WHERE_NOBODY_IS_NAMED
    found = found[(found.statistic == OFFICIAL) | ((found.log_expected <= np.log(rare)) & (found.value > 0))]
    found = found.assign(rarity=np.log(found.statistic.map(weight_of).astype(float)) - found.log_expected.astype(float))
    return found.sort_values(["rarity", "entity_id", "statistic"], ascending=[False, True, True], ignore_index=True)


def _lead_counts(readings: WeekStatistics, window: int) -> pd.DataFrame:
    scans = readings.scans
    lead = scans[(scans.attribute == LEAD) & (scans.window == window)]
    return lead.sort_values("value", ascending=False).drop_duplicates(["agency_code", "requester_user"])


def _officials(readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned) -> pd.DataFrame:
    weeks = official_weeks(readings, tails, learned)
    now = readings.scans[readings.scans.window == 1]
    telling = now[now.value >= TELLING].set_index(["agency_code", "requester_user"]).index
    # Whoever cannot be told why he is named is not named.
    weeks = weeks[weeks.set_index(["agency_code", "requester_user"]).index.isin(telling)]
    lead = _lead_counts(readings, 1)[["agency_code", "requester_user", "past", "expected"]]
    found = weeks.merge(lead, how="left", on=["agency_code", "requester_user"])
    return found.assign(
        statistic=OFFICIAL, entity="user", entity_id=found.agency_code + "/" + found.requester_user, subject_key=None,
        window=1, actual=found.past.fillna(0), typical=found.expected.fillna(0.0),
    )  # fmt: skip


def _over_time(readings: WeekStatistics, tails: Mapping[str, Tail]) -> pd.DataFrame:
    """Work without a reason over several weeks, where this week takes part in it beyond the usual."""
    now = _lead_counts(readings, 1)
    takes_part = now[now.value >= 1.0].set_index(["agency_code", "requester_user"]).index
    parts, never = [], Tail.of([], CALIBRATION_WEEKS)
    for window in (4, 8):
        lead = _lead_counts(readings, window)
        lead = lead[lead.set_index(["agency_code", "requester_user"]).index.isin(takes_part)]
        # Two windows are two chances.
        tail = tails.get(f"{LEAD}:{window}", never)
        parts.append(lead.assign(log_expected=tail.log_expected(lead.value.to_numpy(dtype=float)) + np.log(2.0)))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(
        statistic=OVER_TIME,
        entity="user",
        entity_id=found.agency_code + "/" + found.requester_user,
        subject_key=None,
        actual=found.past,
        typical=found.expected,
    )


def _single(officials: pd.DataFrame) -> list[str]:
    """The columns of attributes that can name someone by themselves: this week's, other than work without a reason."""
    return [c for c in officials.columns if c.endswith(":1") and c != f"{LEAD}:1" and _stands_alone(c)]


def _stands_alone(column: str) -> bool:
    attribute, _ = attribute_of(column.removesuffix(":1"))
    return attribute is None or attribute.stands_alone


def _attributes(readings: WeekStatistics, tails: Mapping[str, Tail]) -> pd.DataFrame:
    """Officials of whom one attribute alone is so rare that it needs no other, though all their work may have a reason."""
    officials = readings.officials()
    columns, never = _single(officials), Tail.of([], CALIBRATION_WEEKS)
    if not columns:
        return pd.DataFrame()
    expected = pd.DataFrame(
        {c: tails.get(f"{ONE_ATTRIBUTE}:{c}", never).log_expected(officials[c].to_numpy(dtype=float)) for c in columns},
        index=officials.index,
    ).where(officials[columns] > 0, np.inf)
    # Each attribute is a chance of its own.
    best = pd.DataFrame({
        "attribute": expected.idxmin(axis=1).str.removesuffix(":1"), "log_expected": expected.min(axis=1) + np.log(len(columns))
    }).reset_index()  # fmt: skip
    now = readings.scans[readings.scans.window == 1].sort_values("value", ascending=False)
    now = now.drop_duplicates(["agency_code", "requester_user", "attribute"])
    found = best.merge(now, on=["agency_code", "requester_user", "attribute"])
    return found.assign(
        statistic=ONE_ATTRIBUTE, entity="user", entity_id=found.agency_code + "/" + found.requester_user, subject_key=None,
        actual=found.past, typical=found.expected,
    )  # fmt: skip


def _agencies(readings: WeekStatistics, tails: Mapping[str, Tail], learned: Learned) -> pd.DataFrame:
    """Agencies' weeks as a whole; a case speaks of the count that leads."""
    found = agency_values(readings, tails, learned)
    expected = tails[AGENCY].log_expected(found.value.to_numpy(dtype=float))
    return found.assign(
        statistic=AGENCY, entity="agency", requester_user=None, subject_key=None, window=1, log_expected=expected
    )


def _breaches(readings: WeekStatistics, tails: Mapping[str, Tail]) -> pd.DataFrame:
    """Officials and agencies whose requests break a rule that is rarely broken there; the rarest rule counts."""
    never = Tail.of([], CALIBRATION_WEEKS)
    log_expected = [
        float(tails.get(f"rule:{rule}", never).log_expected(np.array([value]))[0])
        for rule, value in zip(readings.violations.rule_id, readings.violations.value, strict=True)
    ]
    found = readings.violations.assign(log_expected=np.array(log_expected, dtype=float))
    found = found.sort_values(["log_expected", "rule_id"]).drop_duplicates(["agency_code", "requester_user"])
    named = found.requester_user.notna()
    return found.assign(
        statistic=RULE_VIOLATION, entity=np.where(named, "user", "agency"),
        entity_id=np.where(named, found.agency_code + "/" + found.requester_user.fillna(""), found.agency_code),
        subject_key=None, rule=found.rule_id, window=1, actual=found.n,
    )  # fmt: skip


def _other(name: str, frame: pd.DataFrame, tail: Tail) -> pd.DataFrame:
    found = frame.assign(
        statistic=name,
        entity=statistics()[name].entity,
        log_expected=tail.log_expected(frame.value.to_numpy(dtype=float)),
    )
    # What nobody is named for is the agency's to answer.
    return found.assign(entity=found.entity.mask((found.entity == "user") & found.requester_user.isna(), "agency"))
