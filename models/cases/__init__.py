"""Cases: findings that belong together, as one thing that an inspector can read, ask about and answer for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from features.catalogue import statistics
from features.weeks import Week
from models.bundle import Champion
from models.cases import wording
from models.cases.evidence import Evidence
from models.ranking.agencies import AGENCY
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, OVER_TIME, RULE_VIOLATION, TELLING
from models.ranking.scores import score_of
from models.statistics import WeekStatistics
from models.statistics.agency_counts import counted_statistics
from models.statistics.unexplained import LEAD

TEXTS = pa.struct([("text_ja", pa.string()), ("text_en", pa.string())])
REASON = pa.struct([
    ("feature", pa.string()), ("actual", pa.float64()), ("typical", pa.float64()), ("text_ja", pa.string()),
    ("text_en", pa.string()), ("contribution", pa.float64()),
])  # fmt: skip
STRINGS = pa.list_(pa.string())
SCHEMA = pa.schema([
    ("case_id", pa.string()), ("week", pa.string()), ("rank", pa.int32()), ("severity", pa.float64()),
    ("confidence", pa.float64()), ("agency_code", pa.string()), ("entity", pa.string()), ("entity_id", pa.string()),
    ("users", STRINGS), ("subjects", STRINGS), ("title_ja", pa.string()), ("title_en", pa.string()),
    ("reasons", pa.list_(REASON)), ("rules", STRINGS), ("request_ids", STRINGS), ("continues", pa.string()),
    ("finding", pa.string()), ("expected_equals", pa.float64()), ("story_ja", pa.string()), ("story_en", pa.string()),
    ("against", pa.list_(TEXTS)), ("counterfactual_ja", pa.string()), ("counterfactual_en", pa.string()),
    ("model_version", pa.string()),
])  # fmt: skip
OF_ATTRIBUTES = (OFFICIAL, ONE_ATTRIBUTE)
"""Findings about an official's week whose reasons are the attributes of his visits."""
MOST_REASONS = 5


@dataclass(frozen=True)
class Surroundings:
    """What the cases are told beside: officials' week totals, rule hits, the cases of earlier weeks, and whether there is a
    register of cases at all."""

    totals: pd.DataFrame
    earlier_weeks: Mapping[tuple[str, str], int]
    unexplained_share: Mapping[str, float]
    rules: Mapping[str, tuple[str, ...]]
    earlier_cases: Mapping[tuple[str, str], str]
    register: bool = True


def choose(findings: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """The findings that lead a case, at most `capacity`: the rarest of each official, person and agency.

    An official's own case is never swallowed by one about a person or an agency; further findings about the same
    official become reasons of his case.
    """
    return findings.drop_duplicates(["entity", "entity_id"]).head(capacity).reset_index(drop=True)


def case_table(
    chosen: pd.DataFrame,
    evidence: Sequence[Evidence],
    findings: pd.DataFrame,
    readings: WeekStatistics,
    around: Surroundings,
    champion: Champion,
    week: Week,
) -> pa.Table:
    """The table `cases` of a week, ranked."""
    rows = [
        _case(rank, finding, proof, findings, readings, around, champion, week)
        for rank, (finding, proof) in enumerate(zip(chosen.itertuples(), evidence, strict=True), start=1)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _case(
    rank: int,
    finding: Any,
    proof: Evidence,
    findings: pd.DataFrame,
    readings: WeekStatistics,
    around: Surroundings,
    champion: Champion,
    week: Week,
) -> dict[str, object]:
    f = finding
    entity, entity_id, statistic = f.entity, f.entity_id, f.statistic
    official = None if f.requester_user is None else (f.agency_code, f.requester_user)
    counts = {
        "days": proof.days,
        "visits": proof.visits,
        "subjects": len(proof.subjects) or proof.visits,
        "officials": len(proof.users),
        "departments": proof.departments,
        "cell": _cell(finding),
        "actual": wording.number(f.actual),
        "typical": wording.number(f.typical),
    }
    reasons = reasons_of(finding, findings, readings)
    title, story = _title(finding, reasons, around), _story(finding, proof, around).filled(**counts)
    without = without_what(proof, f.requester_user is not None or f.subject_key is not None, statistic)
    history = around.earlier_weeks.get(official, 0) if official else 12
    return {
        "case_id": hashlib.sha256(f"{week}|{entity}|{entity_id}|{statistic}".encode()).hexdigest()[:16],
        "week": str(week), "rank": rank, "severity": float(score_of(np.array([f.log_expected]))[0]),
        "confidence": float(min(history / 12, 1.0)), "agency_code": f.agency_code,
        "entity": entity, "entity_id": entity_id, "users": list(proof.users) or ([official[1]] if official else []),
        "subjects": list(proof.subjects[:200]), "title_ja": title.ja, "title_en": title.en,
        "reasons": reasons, "rules": _rules(proof, around),
        "request_ids": list(proof.request_ids), "continues": around.earlier_cases.get((entity, entity_id)),
        "finding": statistic, "expected_equals": float(np.exp(np.clip(f.log_expected, -50, 50))),
        "story_ja": story.ja, "story_en": story.en, "against": _against(statistic, f.agency_code, official, around, history),
        "counterfactual_ja": without.ja, "counterfactual_en": without.en, "model_version": champion.version,
    }  # fmt: skip


def _title(finding: Any, reasons: Sequence[Mapping[str, object]], around: Surroundings) -> wording.Text:
    """What a case is called: its statistic's label, or that of the attribute that leads an official's week, so that the title is
    of the number beside it; without a register of cases nothing is called unexplained."""
    first = str(reasons[0]["feature"])
    if finding.statistic == OFFICIAL and first != LEAD:
        return wording.of_statistic(ONE_ATTRIBUTE, "label").filled(attribute=wording.of_attribute(first))
    if finding.statistic in (OFFICIAL, OVER_TIME) and not around.register:
        return wording.sentence("unregistered_title")
    return _label(finding)


def _story(finding: Any, proof: Evidence, around: Surroundings) -> wording.Text:
    if finding.requester_user is not None and not proof.subjects and proof.visits:
        return wording.sentence("nobody_named")
    if statistics()[finding.statistic].of_reasons and not around.register:
        return wording.sentence("unregistered")
    return wording.of_statistic(finding.statistic, "story")


def _cell(counted: Any) -> wording.Text:
    """What a row of a count, or a finding about one, counts, in words."""
    return wording.of_cell(counted.counted, counted.cell) if counted.cell else wording.Text("", "")


def _label(finding: Any) -> wording.Text:
    attribute = wording.of_attribute(finding.attribute) if finding.attribute else ""
    return wording.of_statistic(finding.statistic, "label").filled(attribute=attribute, cell=_cell(finding))


def without_what(proof: Evidence, of_visits: bool, statistic: str) -> wording.Text:
    """What would have had to be otherwise: no visits are named where requests are the evidence, or where there is none."""
    if not proof.request_ids:
        return wording.sentence("without_fall")
    if statistic == RULE_VIOLATION or not of_visits:
        return wording.sentence("without_requests").filled(requests=len(proof.request_ids))
    return wording.sentence("counterfactual").filled(visits=proof.visits)


def _rules(proof: Evidence, around: Surroundings) -> list[str]:
    return sorted({rule for request in proof.request_ids for rule in around.rules.get(request, ())})


def reasons_of(finding: Any, findings: pd.DataFrame, readings: WeekStatistics) -> list[dict[str, object]]:
    """Why it stands out: the finding itself, then the attributes of the official's visits, and further findings."""
    own = findings[(findings.entity == finding.entity) & (findings.entity_id == finding.entity_id)]
    others = [_reason_of_finding(f) for f in own.itertuples() if f.statistic not in OF_ATTRIBUTES]
    attributes = _attribute_reasons(finding, readings) if finding.requester_user is not None else []
    both = others + attributes if finding.statistic not in OF_ATTRIBUTES else attributes + others
    if finding.statistic == AGENCY:
        both = _count_reasons(finding, readings)
    kept = both[:MOST_REASONS] or [_reason_of_finding(finding)]
    total = sum(float(str(r["contribution"])) for r in kept) or 1.0
    return [{**r, "contribution": float(str(r["contribution"])) / total} for r in kept]


def _count_reasons(finding: Any, readings: WeekStatistics) -> list[dict[str, object]]:
    """What is told of an agency's week as a whole: each count that is more or less than expected, the most marked first."""
    told = []
    for declared in counted_statistics():
        own = readings.others[declared.name]
        for row in own[(own.agency_code == finding.agency_code) & (own.value >= TELLING)].itertuples():
            label = wording.of_statistic(declared.name, "label").filled(cell=_cell(row))
            unit = wording.of_statistic(declared.name, "unit")
            told.append(_reason(declared.name, label, unit, row.actual, row.typical, row.value))
    return sorted(told, key=lambda reason: -float(str(reason["contribution"])))


def _reason(
    feature: str, label: wording.Text, unit: wording.Text, actual: float, typical: float, weight: float
) -> dict[str, object]:
    unforeseen = wording.number(typical) == "0" and actual >= typical
    template = wording.sentence("unforeseen" if unforeseen else "reason" if actual >= typical else "below")
    text = template.filled(label=label, unit=unit, actual=wording.number(actual), typical=wording.number(typical))
    return {"feature": feature, "actual": float(actual), "typical": float(typical), "text_ja": text.ja, "text_en": text.en,
            "contribution": float(max(weight, 0.0))}  # fmt: skip


def _reason_of_finding(finding: Any) -> dict[str, object]:
    name = finding.statistic
    return _reason(
        name,
        _label(finding),
        wording.of_statistic(name, "unit"),
        finding.actual,
        finding.typical,
        finding.value,
    )


def _attribute_reasons(finding: Any, readings: WeekStatistics) -> list[dict[str, object]]:
    scans = readings.scans
    own = scans[
        (scans.agency_code == finding.agency_code)
        & (scans.requester_user == finding.requester_user)
        & (scans.window == 1)
        & (scans.value >= TELLING)
    ]
    best = own.sort_values("value", ascending=False).drop_duplicates("attribute")
    leads = best.attribute.isin([LEAD, finding.attribute])
    best = best.assign(weight=np.where(leads, best.value, best.value * 0.1))
    unit = wording.of_statistic(OFFICIAL, "unit")
    return [
        _reason(a.attribute, wording.of_attribute(_called(a)), unit, a.past, a.expected, a.weight)
        for a in best.sort_values("weight", ascending=False).itertuples()
    ]


def _called(scan: Any) -> str:
    """Work without a reason that was counted from a level on is called by another name."""
    return "unexplained_rare" if scan.attribute == LEAD and scan.step > 0 else str(scan.attribute)


def _against(
    statistic: str, agency: str, official: tuple[str, str] | None, around: Surroundings, history: int
) -> list[dict[str, str]]:
    texts = []
    if official is not None and official in around.totals.index:
        own = around.totals.loc[official]
        explained = int(own.n_visits - own.n_unexplained)
        if around.register or explained:
            texts.append(wording.sentence("tried").filled(visits=int(own.n_visits), explained=explained))
        if history < 4:
            texts.append(wording.sentence("newcomer").filled(weeks=history))
    if not around.register and official is not None:
        texts.append(wording.sentence("no_register"))
    elif agency in around.unexplained_share:
        texts.append(wording.sentence("habit").filled(share=wording.number(100 * around.unexplained_share[agency])))
    texts.append(wording.of_statistic(statistic, "innocent"))
    return [{"text_ja": t.ja, "text_en": t.en} for t in texts]
