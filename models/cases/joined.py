"""What a case tells of officials who join it, and whom a case is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from models.bundle import Champion
from models.cases import wording
from models.cases.contributions import parts_of
from models.cases.evidence import Evidence, Joined, Shared
from models.cases.reasons import reasons_of
from models.cases.sittings import IN_TURN, SAME_HOURS_MINUTES, SOON_MINUTES, TERMINAL
from models.ranking.findings import matters
from models.statistics import WeekStatistics

TEXTS = pa.struct([("text_ja", pa.string()), ("text_en", pa.string())])
JOINED = pa.struct([
    ("requester_user", pa.string()), ("finding", pa.string()), ("n_requests", pa.int32()), ("shared", pa.list_(TEXTS)),
    ("reasons", pa.list_(TEXTS)),
])  # fmt: skip
"""A row of `joined` in the table of cases."""


def joined_rows(
    evidence: Sequence[Evidence], findings: pd.DataFrame, readings: WeekStatistics, champion: Champion
) -> list[list[dict[str, object]]]:
    """For each case its `joined`: who, how many requests of his, what makes it one sitting, and why he stands out himself."""
    every = [join for proof in evidence for join in proof.joined]
    if not every:
        return [[] for _ in evidence]
    parts = iter(parts_of(pd.DataFrame([join.finding._asdict() for join in every]), readings, champion))

    def row(join: Joined) -> dict[str, object]:
        reasons = reasons_of(join.finding, findings, readings, next(parts), people=bool(join.proof.subjects))
        return {
            "requester_user": join.finding.requester_user, "finding": join.finding.statistic, "n_requests": join.proof.requests,
            "shared": [_texts(_told(shared)) for shared in join.shared],
            "reasons": [{name: reason[name] for name in ("text_ja", "text_en")} for reason in reasons],
        }  # fmt: skip

    return [[row(join) for join in proof.joined] for proof in evidence]


def entities_of(case: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Whom a row of the table `cases` is about, as pairs of `entity` and `entity_id`: the one that leads it, then those who join it.

    A table that was written before cases were joined has no column `joined`.
    """
    others = (f"{case['agency_code']}/{each['requester_user']}" for each in case.get("joined") or ())
    return (case["entity"], case["entity_id"]), *(("user", other) for other in others)


def matters_of(chosen: pd.DataFrame, evidence: Sequence[Evidence]) -> list[frozenset[tuple[str, str, str]]]:
    """What each case is about, as `matters` has it: that of the finding which leads it, and the officials who join it.

    Two lists of one week hold the same case where they share any of it: which official leads a sitting is a model's view.
    """
    joined = (((j.finding.entity, j.finding.entity_id, "") for j in proof.joined) for proof in evidence)
    return [frozenset((lead, *others)) for lead, others in zip(matters(chosen), joined, strict=True)]


def _told(shared: Shared) -> wording.Text:
    minutes = {TERMINAL: SOON_MINUTES, IN_TURN: SAME_HOURS_MINUTES}.get(shared.kind)
    return wording.sentence(f"joined_{shared.kind}").filled(number=wording.number(shared.number), minutes=minutes)


def _texts(text: wording.Text) -> dict[str, str]:
    return {"text_ja": text.ja, "text_en": text.en}
