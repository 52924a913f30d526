"""Cases: findings that belong together, as one thing that an inspector can read, ask about and answer for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from features.weeks import Week
from models.bundle import Champion
from models.cases import wording
from models.cases.against import Surroundings, against
from models.cases.contributions import parts_of
from models.cases.evidence import Evidence
from models.cases.joined import JOINED, TEXTS, entities_of, joined_rows
from models.cases.reasons import reasons_of
from models.cases.telling import story_of, title_of, without_what
from models.ranking.scores import FULL_HISTORY_WEEKS, score_of
from models.statistics import WeekStatistics

REASON = pa.struct([
    ("feature", pa.string()), ("actual", pa.float64()), ("typical", pa.float64()), ("text_ja", pa.string()),
    ("text_en", pa.string()), ("contribution", pa.float64()),
])  # fmt: skip
STRINGS = pa.list_(pa.string())
__all__ = ["SCHEMA", "Surroundings", "case_table", "entities_of", "told_expected"]
SCHEMA = pa.schema([
    ("case_id", pa.string()), ("week", pa.string()), ("rank", pa.int32()), ("severity", pa.float64()),
    ("confidence", pa.float64()), ("agency_code", pa.string()), ("entity", pa.string()), ("entity_id", pa.string()),
    ("users", STRINGS), ("subjects", STRINGS), ("title_ja", pa.string()), ("title_en", pa.string()),
    ("reasons", pa.list_(REASON)), ("rules", STRINGS), ("request_ids", STRINGS), ("n_requests", pa.int32()), ("continues", pa.string()),
    ("finding", pa.string()), ("expected_equals", pa.float64()), ("story_ja", pa.string()), ("story_en", pa.string()),
    ("against", pa.list_(TEXTS)), ("counterfactual_ja", pa.string()), ("counterfactual_en", pa.string()),
    ("model_version", pa.string()), ("joined", pa.list_(JOINED)),
])  # fmt: skip


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
        _case(
            rank,
            finding,
            proof,
            reasons_of(finding, findings, readings, part, people=_names_people(proof.leading)),
            readings,
            around,
            champion,
            week,
        )
        for rank, (finding, proof, part) in enumerate(zip(chosen.itertuples(), evidence, parts, strict=True), start=1)
    ]
    joined = joined_rows(evidence, findings, readings, champion)
    return pa.Table.from_pylist(
        [_with_joined(row, others, around) for row, others in zip(rows, joined, strict=True)], schema=SCHEMA
    )


def _with_joined(
    row: dict[str, object], joined: Sequence[Mapping[str, object]], around: Surroundings
) -> dict[str, object]:
    """The case with those who join it: it goes on from an earlier case about any of them."""
    case = {**row, "joined": joined}
    if not joined:
        return case
    earlier = (around.earlier_cases[who] for who in entities_of(case) if who in around.earlier_cases)
    added = wording.sentence("joined_without")
    return case | {
        "continues": next(earlier, None),
        "counterfactual_ja": f"{row['counterfactual_ja']}{added.ja}",
        "counterfactual_en": f"{row['counterfactual_en']} {added.en}",
    }


def _case(
    rank: int,
    finding: Any,
    proof: Evidence,
    reasons: Sequence[Mapping[str, object]],
    readings: WeekStatistics,
    around: Surroundings,
    champion: Champion,
    week: Week,
) -> dict[str, object]:
    f = finding
    entity, entity_id, statistic = f.entity, f.entity_id, f.statistic
    official = None if f.requester_user is None else (f.agency_code, f.requester_user)
    title, story = title_of(f, reasons, around.register), story_of(f, proof.leading, reasons, around.register)
    without = without_what(f, proof.leading, reasons)
    learned = int(champion.bundle.parameters["weeks"])
    history = around.earlier_weeks.get(official, 0) if official else around.weeks_known(f.agency_code, learned)
    equals = told_expected(f.log_expected, learned)
    weak = against(f, proof, reasons, readings, around, history, equals)
    return {
        "case_id": hashlib.sha256(f"{week}|{entity}|{entity_id}|{statistic}".encode()).hexdigest()[:16],
        "week": str(week), "rank": rank, "severity": float(score_of(np.array([f.log_expected]))[0]),
        "confidence": float(min(history / FULL_HISTORY_WEEKS, 1.0)), "agency_code": f.agency_code,
        "entity": entity, "entity_id": entity_id, "users": list(proof.users) or ([official[1]] if official else []),
        "subjects": list(proof.subjects[:200]), "title_ja": title.ja, "title_en": title.en,
        "reasons": list(reasons), "rules": _rules(proof, around),
        "request_ids": list(proof.request_ids), "n_requests": proof.requests, "continues": around.earlier_cases.get((entity, entity_id)),
        "finding": statistic, "expected_equals": equals,
        "story_ja": story.ja, "story_en": story.en, "against": [{"text_ja": t.ja, "text_en": t.en} for t in weak],
        "counterfactual_ja": without.ja, "counterfactual_en": without.en, "model_version": champion.version,
    }  # fmt: skip


def _names_people(proof: Evidence) -> bool:
    """Whether those who are looked up are named, as far as evidence tells."""
    return bool(proof.subjects) or not proof.request_ids


def told_expected(log_expected: float, weeks: int) -> float:
    """The number of equals in a quiet week as it is told: `weeks` of history cannot tell what comes more seldom than once in
    them."""
    return float(max(np.exp(min(log_expected, 50.0)), 1.0 / weeks))


def _rules(proof: Evidence, around: Surroundings) -> list[str]:
    return sorted({rule for request in proof.request_ids for rule in around.rules.get(request, ())})
