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
from models.cases.contributions import parts_of
from models.cases.evidence import OF_REQUESTS, Evidence
from models.cases.reasons import cell_of, label_of, reasons_of
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, OVER_TIME, RULE_VIOLATION
from models.ranking.scores import FULL_HISTORY_WEEKS, score_of
from models.statistics import WeekStatistics
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

    def weeks_known(self, agency: str, least: int) -> int:
        """How many earlier weeks of an agency are known: as many as of any official there, or what the model learned from."""
        return max((weeks for (code, _), weeks in self.earlier_weeks.items() if code == agency), default=least)


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
    parts = parts_of(chosen, readings, champion)
    rows = [
        _case(rank, finding, proof, reasons_of(finding, findings, readings, part), around, champion, week)
        for rank, (finding, proof, part) in enumerate(zip(chosen.itertuples(), evidence, parts, strict=True), start=1)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _case(
    rank: int,
    finding: Any,
    proof: Evidence,
    reasons: Sequence[Mapping[str, object]],
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
        "cell": cell_of(finding),
        "actual": wording.number(f.actual),
        "typical": wording.number(f.typical),
    }
    title, story = _title(finding, reasons, around), _story(finding, proof, around).filled(**counts)
    without = without_what(proof, f.requester_user is not None or f.subject_key is not None, statistic)
    learned = int(champion.bundle.parameters["weeks"])
    history = around.earlier_weeks.get(official, 0) if official else around.weeks_known(f.agency_code, learned)
    return {
        "case_id": hashlib.sha256(f"{week}|{entity}|{entity_id}|{statistic}".encode()).hexdigest()[:16],
        "week": str(week), "rank": rank, "severity": float(score_of(np.array([f.log_expected]))[0]),
        "confidence": float(min(history / FULL_HISTORY_WEEKS, 1.0)), "agency_code": f.agency_code,
        "entity": entity, "entity_id": entity_id, "users": list(proof.users) or ([official[1]] if official else []),
        "subjects": list(proof.subjects[:200]), "title_ja": title.ja, "title_en": title.en,
        "reasons": list(reasons), "rules": _rules(proof, around),
        "request_ids": list(proof.request_ids), "continues": around.earlier_cases.get((entity, entity_id)),
        "finding": statistic, "expected_equals": told_expected(f.log_expected, learned),
        "story_ja": story.ja, "story_en": story.en, "against": _against(statistic, f.agency_code, official, around, history),
        "counterfactual_ja": without.ja, "counterfactual_en": without.en, "model_version": champion.version,
    }  # fmt: skip


def told_expected(log_expected: float, weeks: int) -> float:
    """The number of equals in a quiet week as it is told: `weeks` of history cannot tell what comes more seldom than once in
    them."""
    return float(max(np.exp(min(log_expected, 50.0)), 1.0 / weeks))


def _title(finding: Any, reasons: Sequence[Mapping[str, object]], around: Surroundings) -> wording.Text:
    """What a case is called: its statistic's label, or that of the attribute that leads an official's week, so that the title is
    of the number beside it; without a register of cases nothing is called unexplained."""
    first = str(reasons[0]["feature"])
    if finding.statistic == OFFICIAL and first != LEAD:
        return wording.of_statistic(ONE_ATTRIBUTE, "label").filled(attribute=wording.of_attribute(first))
    if finding.statistic in (OFFICIAL, OVER_TIME) and not around.register:
        return wording.sentence("unregistered_title")
    return label_of(finding)


def _story(finding: Any, proof: Evidence, around: Surroundings) -> wording.Text:
    if finding.requester_user is not None and not proof.subjects and proof.visits:
        return wording.sentence("nobody_named")
    if statistics()[finding.statistic].of_reasons and not around.register:
        return wording.sentence("unregistered")
    return wording.of_statistic(finding.statistic, "story")


def without_what(proof: Evidence, of_visits: bool, statistic: str) -> wording.Text:
    """What would have had to be otherwise: no visits are named where requests are the evidence, or where there is none."""
    if not proof.request_ids:
        return wording.sentence("without_fall")
    if statistic in (RULE_VIOLATION, *OF_REQUESTS) or not of_visits:
        return wording.sentence("without_requests").filled(requests=len(proof.request_ids))
    return wording.sentence("counterfactual").filled(visits=proof.visits)


def _rules(proof: Evidence, around: Surroundings) -> list[str]:
    return sorted({rule for request in proof.request_ids for rule in around.rules.get(request, ())})


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
