"""Why a case stands out: the finding that leads it and what that is put together of, each with what it is worth."""

from __future__ import annotations

from typing import Any

import pandas as pd

from models.cases import wording
from models.cases.contributions import LEARNED, Parts
from models.ranking.agencies import AGENCY
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, TELLING
from models.statistics import WeekStatistics
from models.statistics.agency_counts import counted_statistics
from models.statistics.unexplained import LEAD, VOLUME
from models.statistics.unnamed_sittings import UNNAMED_SITTING

Reason = dict[str, object]
"""A row of `reasons` in the table of cases."""
OF_ATTRIBUTES = (OFFICIAL, ONE_ATTRIBUTE)
"""Findings about an official's week whose reasons are the attributes of his visits."""
MOST_REASONS = 5
"""A reader keeps about so many in mind while he decides."""
LEAST = 0.01
"""A reason worth less than a hundredth of the rarity is not told."""


def reasons_of(
    finding: Any, findings: pd.DataFrame, readings: WeekStatistics, parts: Parts, *, people: bool = True
) -> list[Reason]:
    """Why it stands out: the finding, or what it is put together of, then what else is told of the same official, person or
    agency, nothing twice in other words. What the case would not fall without is worth 0; what it is worth sums to 1.
    `people`: whether the log names those who are looked up.
    """
    if finding.statistic in (OFFICIAL, AGENCY):
        told = (
            _attribute_reasons(finding, readings, people)
            if finding.statistic == OFFICIAL
            else _count_reasons(finding, readings)
        )
        lead = _once([{**reason, "contribution": parts.shares.get(str(reason["feature"]), 0.0)} for reason in told])
        lead.sort(key=lambda reason: -float(str(reason["contribution"])))
        # What makes no difference is no reason; what stays is told beside what detectors add.
        lead = [r for r in lead if float(str(r["contribution"])) >= LEAST][: MOST_REASONS - 1] or lead[:1]
        lead += _learned_reason(parts)
        further = []
    else:
        lead = [{**_reason_of_finding(finding), "contribution": 1.0}]
        further = _attribute_reasons(finding, readings, people) if finding.requester_user is not None else []
        if finding.statistic == ONE_ATTRIBUTE:
            lead = [{**r, "contribution": 1.0} for r in further if r["feature"] == finding.attribute][:1] or lead
            further = [r for r in further if r["feature"] != finding.attribute]
    own = findings[(findings.entity == finding.entity) & (findings.entity_id == finding.entity_id)]
    beside = [f for f in own.itertuples() if f.statistic not in (*OF_ATTRIBUTES, AGENCY, finding.statistic)]
    beside = [f for n, f in enumerate(beside) if not any(_says_again(f, other) for other in (finding, *beside[:n]))]
    kept = _once([*lead, *(_reason_of_finding(f) for f in beside), *further])[:MOST_REASONS] or [
        _reason_of_finding(finding)
    ]
    total = sum(float(str(r["contribution"])) for r in kept)
    return [{**r, "contribution": float(str(r["contribution"])) / total if total else 1.0 / len(kept)} for r in kept]


def _says_again(finding: Any, other: Any) -> bool:
    """Whether two counts of an agency are of the same requests: as many of them, in cells that share a code (an item under a
    procedure, and the procedure)."""
    if not finding.cell or not other.cell or other.statistic == AGENCY:
        return False
    return bool(finding.actual == other.actual and set(finding.cell.split("/")) & set(other.cell.split("/")))


def _once(reasons: list[Reason]) -> list[Reason]:
    """Where all of an official's visits lack a reason, their number is told once, with what both are worth."""
    named = {reason["feature"]: reason for reason in reasons}
    lead, volume = named.get(LEAD), named.get(VOLUME)
    if lead is None or volume is None or not all(_alike(lead, volume, name) for name in ("actual", "typical")):
        return reasons
    both = {**lead, "contribution": float(str(lead["contribution"])) + float(str(volume["contribution"]))}
    return [both if reason is lead else reason for reason in reasons if reason is not volume]


def _alike(reason: Reason, other: Reason, name: str) -> bool:
    return wording.number(float(str(reason[name]))) == wording.number(float(str(other[name])))


def label_of(finding: Any) -> wording.Text:
    """What a finding is called."""
    return _named(wording.of_statistic(finding.statistic, "label"), finding)


def _named(template: wording.Text, finding: Any) -> wording.Text:
    """With what the finding is of in its place: an attribute, a cell of a count, or a rule."""
    attribute = wording.of_attribute(finding.attribute) if finding.attribute else ""
    return template.filled(attribute=attribute, cell=cell_of(finding), rule=wording.of_rule(finding.rule, "label"))


def cell_of(counted: Any) -> wording.Text:
    """What a row of a count, or a finding about one, counts, in words."""
    if not counted.cell:
        return wording.Text("", "")
    if getattr(counted, "statistic", None) == UNNAMED_SITTING:
        return wording.of_shared(counted.counted, counted.cell)
    # Of an agency's week as a whole any count may lead: it is said which.
    told = wording.of_counted if getattr(counted, "statistic", None) == AGENCY else wording.of_cell
    return told(counted.counted, counted.cell)


def _count_reasons(finding: Any, readings: WeekStatistics) -> list[Reason]:
    """What is told of an agency's week as a whole: each count that is more or less than expected."""
    told = []
    for declared in counted_statistics():
        own = readings.others[declared.name]
        for row in own[(own.agency_code == finding.agency_code) & (own.value >= TELLING)].itertuples():
            label = wording.quantity_of(declared.name).filled(cell=cell_of(row))
            unit = wording.of_statistic(declared.name, "unit")
            told.append(_reason(declared.name, label, unit, row.actual, row.typical))
    return told


def _learned_reason(parts: Parts) -> list[Reason]:
    """What trained detectors add to the attributes or counts that they look at, where they add anything."""
    worth = parts.shares.get(LEARNED, 0.0)
    if worth < LEAST:
        return []
    text = wording.sentence("learned").filled(percentile=wording.number(min(parts.percentile, MOST_TOLD)))
    return [{"feature": LEARNED, "actual": parts.percentile, "typical": MEDIAN, "text_ja": text.ja, "text_en": text.en,
             "contribution": worth}]  # fmt: skip


MOST_TOLD = 99.9
"""Nothing is stranger than all weeks."""
MEDIAN = 50.0
"""The percentile of a usual week."""


def _reason(feature: str, label: wording.Text, unit: wording.Text, actual: float, typical: float) -> Reason:
    told = wording.number(actual), wording.number(typical)
    sentence = "reason" if actual >= typical else "below"
    # Numbers that read alike are neither above nor below.
    sentence = "level" if told[0] == told[1] else "unforeseen" if told[1] == "0" else sentence
    template = wording.sentence(sentence)
    text = template.filled(label=label, unit=unit, actual=told[0], typical=told[1])
    return {"feature": feature, "actual": float(actual), "typical": float(typical), "text_ja": text.ja, "text_en": text.en,
            "contribution": 0.0}  # fmt: skip


def _reason_of_finding(finding: Any) -> Reason:
    name = finding.statistic
    counted = _named(wording.quantity_of(name), finding)
    return _reason(name, counted, wording.of_statistic(name, "unit"), finding.actual, finding.typical)


def _attribute_reasons(finding: Any, readings: WeekStatistics, people: bool) -> list[Reason]:
    """The attributes that tell of the official's week, the rarest first, work without a reason before all others."""
    scans = readings.scans
    own = scans[
        (scans.agency_code == finding.agency_code)
        & (scans.requester_user == finding.requester_user)
        & (scans.window == 1)
        & (scans.value >= TELLING)
    ]
    best = own.sort_values("value", ascending=False).drop_duplicates("attribute")
    best = best.assign(leads=best.attribute == LEAD).sort_values(["leads", "value"], ascending=False)
    unit = wording.of_statistic(OFFICIAL, "unit") if people else wording.sentence("unit_without_people")
    return [_reason(a.attribute, wording.of_attribute(_called(a)), unit, a.past, a.expected) for a in best.itertuples()]


def _called(scan: Any) -> str:
    """Work without a reason that was counted from a level on is called by another name."""
    return "unexplained_rare" if scan.attribute == LEAD and scan.step > 0 else str(scan.attribute)
