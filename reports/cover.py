"""The cover: which report this is, whether it can be trusted this week, and what changed since the week before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.engines.duckdb import DuckDBEngine
from models.cases import entities_of
from reports.inputs import ReportInputs
from reports.names import Names
from reports.statement import drift_sentence
from reports.wording import wording

_CUT_OFF = (Path(__file__).parent / "cut_off.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Since:
    """How many cases are new, go on, and are gone since the week before, in a sentence; what the gone ones are called."""

    text: Bilingual
    gone: tuple[Bilingual, ...]


@dataclass(frozen=True)
class Cover:
    """`cut_off` is the time of the last request that was read (None without any); `trust` are six questions, each with its
    answer; `since` is None where the week before was not scored."""

    cut_off: datetime | None
    trust: tuple[tuple[Bilingual, Bilingual], ...]
    since: Since | None


def read_cover(inputs: ReportInputs, cases: Sequence[Mapping[str, Any]], names: Names) -> Cover:
    """Gather it from the week's tables."""
    coverage: dict[str, Any] = json.loads(inputs.coverage.read_text(encoding="utf-8"))
    return Cover(
        _cut_off(inputs.logs),
        (
            (wording().cover["missing"], _missing(coverage)),
            (wording().cover["set_aside"], _set_aside(coverage)),
            (wording().cover["grade"], _grade(coverage)),
            (wording().cover["judge"], _judge(inputs)),
            (wording().cover["retrain"], _retrain(coverage)),
            (wording().cover["drift"], _drift(coverage.get("drift") or {})),
        ),
        _since(inputs, cases, names),
    )


def _drift(drift: Mapping[str, Any]) -> Bilingual:
    """Whether the week is like those learned from, and where more is said of it if it is not."""
    told, where = drift_sentence(drift), wording().cover["drift_where"]
    more = drift.get("measured") and drift.get("messages")
    return Bilingual(ja=told.ja + where.ja, en=told.en + where.en) if more else told


def _cut_off(logs: Sequence[Path]) -> datetime | None:
    if not logs:
        return None
    with DuckDBEngine() as engine:
        engine.view("linkage_log", logs[:1])
        moment: datetime | None = engine.arrow(_CUT_OFF).to_pylist()[0]["cut_off"]
    return moment


def _said(name: str, **given: object) -> Bilingual:
    text = wording().cover[name]
    return Bilingual(ja=text.ja.format(**given), en=text.en.format(**given))


def _missing(coverage: Mapping[str, Any]) -> Bilingual:
    silent = len((coverage.get("agencies") or {}).get("silent") or [])
    unseen = len(coverage.get("left_out") or [])
    return _said("missing_some" if silent or unseen else "missing_none", silent=silent, unseen=unseen)


def _set_aside(coverage: Mapping[str, Any]) -> Bilingual:
    aside, refused = sum((coverage.get("quarantined") or {}).values()), len(coverage.get("refused") or [])
    return _said("set_aside_some" if aside or refused else "set_aside_none", aside=f"{aside:,}", refused=refused)


def _grade(coverage: Mapping[str, Any]) -> Bilingual:
    """How much of the log tells who asked: beyond grade A."""
    grades = coverage.get("grades") or {}
    requests, named = (
        int(grades.get("requests") or 0),
        int(grades.get("grade_b") or 0) + int(grades.get("grade_c") or 0),
    )
    if not requests:
        return _said("grade_unknown")
    if not named:
        return _said("grade_a_only")
    if named == requests:
        return _said("grade_all")
    return _said("grade_share", share=f"{min(100.0 * named / requests, 99.9):.1f}%")


def _judge(inputs: ReportInputs) -> Bilingual:
    aged = "unknown_age" if inputs.model_age_weeks is None else "aged"
    measured = "unmeasured" if inputs.power is None else "measured"
    week = "" if inputs.power is None else inputs.power.stem.removeprefix("week=")
    return _said(f"judge_{aged}_{measured}", weeks=inputs.model_age_weeks, week=week)


def _retrain(coverage: Mapping[str, Any]) -> Bilingual:
    """Whether a new model is advised."""
    advice = coverage.get("retrain") or {}
    if not advice:
        return _said("retrain_unknown")
    mend = "broken_source" in advice.get("reasons", ())
    return _said("retrain_mend" if mend else "retrain_advised" if advice.get("advised") else "retrain_not_advised")


def _since(inputs: ReportInputs, cases: Sequence[Mapping[str, Any]], names: Names) -> Since | None:
    if inputs.previous_cases is None:
        return None
    here = {who for case in cases for who in entities_of(case)}
    before = sorted(
        pq.read_table(inputs.previous_cases, partitioning=None).to_pylist(), key=lambda case: int(case["rank"])
    )
    gone = [case for case in before if here.isdisjoint(entities_of(case))]
    continued = sum(case["continues"] is not None for case in cases)
    called = tuple(
        _said(
            "gone",
            agency=names.agency(case["agency_code"]),
            ja=names.told(_title(case)).ja,
            en=names.told(_title(case)).en,
        )
        for case in gone
    )
    text = _said("since", week=inputs.week.shift(-1), new=len(cases) - continued, continued=continued, gone=len(gone))
    return Since(text, called)


def _title(case: Mapping[str, Any]) -> Bilingual:
    return Bilingual(ja=case["title_ja"], en=case["title_en"] or case["title_ja"])
