"""What speaks against a case: facts of that case first, each read off the week's tables, then what its kind is innocent of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from features.catalogue import attribute_of, statistics
from models.cases import wording
from models.cases.evidence import MANY_ACCOUNTS, Evidence
from models.cases.reasons import cell_of
from models.cases.telling import moments_of
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, TELLING
from models.statistics import WeekStatistics
from models.statistics.unnamed_sittings import A_MINUTE

FEW = 3
"""So few requests behind a case may be a slip of the hand."""
SHORT_HISTORY = 4
"""Of fewer earlier weeks it is told how many there are."""
TOGETHER = 5
"""From so many requests on it is told that all are of one day."""


@dataclass(frozen=True)
class Surroundings:
    """What the cases are told beside: officials' week totals, rule hits, the cases of earlier weeks, and whether there is a
    register of cases at all."""

    totals: pd.DataFrame
    earlier_weeks: Mapping[tuple[str, str], int]
    unexplained_share: Mapping[str, float]
    rules: Mapping[str, tuple[str, ...]]
    earlier_cases: Mapping[tuple[str, str], str] = field(default_factory=dict)
    register: bool = True

    def weeks_known(self, agency: str, least: int) -> int:
        """How many earlier weeks of an agency are known: as many as of any official there, or what the model learned from."""
        return max((weeks for (code, _), weeks in self.earlier_weeks.items() if code == agency), default=least)


def against(
    finding: Any,
    proof: Evidence,
    reasons: Sequence[Mapping[str, object]],
    readings: WeekStatistics,
    around: Surroundings,
    history: int,
    equals: float,
) -> list[wording.Text]:
    """The facts that weaken a case; `history` in weeks, `equals` how many cases at least so rare a quiet week holds."""
    texts = [*_of_the_pace(finding, proof), *_of_the_evidence(proof, equals)]
    texts += _of_others(finding, str(reasons[0]["feature"]), readings)
    if finding.requester_user is not None:
        texts += _of_the_official(finding, around, history)
    texts += _of_the_agency(finding, around)
    innocent = wording.of_statistic(finding.statistic, "innocent")
    return [*texts, innocent.filled(excuse=wording.of_rule(finding.rule, "innocent"))]


def _of_the_pace(finding: Any, proof: Evidence) -> Iterator[wording.Text]:
    """Whether a sitting was faster than anybody reads: few requests at once pass as one of a person, whatever made them."""
    moments = moments_of(finding)
    if moments and (seconds := (moments[1] - moments[0]).total_seconds()) * A_MINUTE / 60.0 < proof.requests - 1:
        yield wording.sentence("at_once").filled(requests=wording.number(proof.requests), seconds=int(seconds) + 1)


def _of_the_evidence(proof: Evidence, equals: float) -> Iterator[wording.Text]:
    if 0 < proof.requests <= FEW:
        yield wording.sentence("few").filled(requests=proof.requests)
    elif proof.requests >= TOGETHER and proof.days == 1:
        yield wording.sentence("one_day").filled(requests=wording.number(proof.requests))
    if proof.explained:
        told = {"requests": proof.requests, "explained": proof.explained}
        yield wording.sentence("explained").filled(**{name: wording.number(n) for name, n in told.items()})
    if equals >= 1.0:
        yield wording.sentence("by_chance").filled(equals=wording.number(equals))


def _of_others(finding: Any, first: str, readings: WeekStatistics) -> Iterator[wording.Text]:
    """Who else shows the same this week: a cause that they share is no official's doing."""
    if finding.statistic in (OFFICIAL, ONE_ATTRIBUTE):
        scans = readings.scans
        same = scans[(scans.agency_code == finding.agency_code) & (scans.window == 1) & (scans.attribute == first)]
        same = same[(same.value >= TELLING) & (same.requester_user != finding.requester_user)]
        if others := same.requester_user.nunique():
            yield wording.sentence("colleagues").filled(officials=others, attribute=wording.of_attribute(first))
    elif finding.entity == "agency" and finding.statistic in readings.others:
        same = readings.others[finding.statistic]
        same = same[(same.value >= TELLING) & (same.agency_code != finding.agency_code)]
        if finding.cell and "cell" in same:
            same = same[same.cell == finding.cell]
        if others := same.agency_code.nunique():
            yield wording.sentence("agencies").filled(agencies=others, label=_called(finding))


def _called(finding: Any) -> wording.Text:
    return wording.of_statistic(finding.statistic, "label").filled(cell=cell_of(finding))


def _of_the_official(finding: Any, around: Surroundings, history: int) -> Iterator[wording.Text]:
    official = (finding.agency_code, finding.requester_user)
    if official not in around.totals.index:
        return
    own = around.totals.loc[official]
    explained = int(own.n_visits - own.n_unexplained)
    # What is listed of a terminal are requests under other accounts: how many of the official's own have a reason says nothing of them.
    if finding.statistic != MANY_ACCOUNTS and (around.register or explained):
        yield wording.sentence("tried").filled(visits=int(own.n_visits), explained=explained)
    if history < SHORT_HISTORY:
        yield wording.sentence("newcomer").filled(weeks=history)


def _of_the_agency(finding: Any, around: Surroundings) -> Iterator[wording.Text]:
    """How often reasons are missing there, where the case speaks of missing reasons."""
    speaks = statistics()[finding.statistic].of_reasons or (
        finding.statistic == ONE_ATTRIBUTE and finding.attribute and attribute_of(finding.attribute)[1]
    )
    if not around.register and finding.requester_user is not None:
        yield wording.sentence("no_register")
    elif speaks and wording.number(100 * around.unexplained_share.get(finding.agency_code, 0.0)) != "0":
        yield wording.sentence("habit").filled(
            share=wording.number(100 * around.unexplained_share[finding.agency_code])
        )
