"""The card of each registered version: made by training, and made anew when there is something else to say of it.

It lies beside the promotion record, and as an artefact with the version's run in MLflow. Equal contents write nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.weeks import Week
from models.bundle import Bundle, Champion
from models.detectors import DETECTORS
from models.evaluation import Evaluation
from models.evaluation.power import scenarios
from models.evaluation.power.table import interval, read
from pipelines.lake import Lake
from pipelines.lake.scored import weeks_scored_by
from pipelines.parameters import Parameters
from pipelines.steps.facts import engine_for
from reports.card import Beside, Card, Found, Stratum, kind_label, page, size_label
from reports.names import Names
from reports.power import Told, told
from reports.statement import Unseen, read_statement

if TYPE_CHECKING:
    from models.registry import Registry

_LEARNED, _RATES = (Path(__file__).with_name(f"card_{name}.sql") for name in ("learned", "rates"))
OVERALL = "all"
"""Stands for every kind of planted misuse together."""


def renew(models: Registry, lake: Lake, model: Champion, parameters: Parameters) -> Path:
    """Write the version's card, in the lake and in MLflow, unless both have it; returns its place in the lake."""
    text = page(_card(lake, model, parameters))
    place = lake.card(model.version)
    if not place.exists() or place.read_text(encoding="utf-8") != text:
        with lake.replacing(place) as draft:
            draft.write_text(text, encoding="utf-8")
    models.write_card(
        model.version, place, place.relative_to(lake.root).as_posix(), hashlib.sha256(text.encode()).hexdigest()
    )
    return place


def keep_evaluation(lake: Lake, version: str, weeks: Sequence[Week], found: Evaluation) -> None:
    """Keep what `shirabe evaluate` found of a version's weeks: for each kind and capacity how many of how many."""
    rows = [
        asdict(_found(kind, capacity, sum(found.planted.values()) if kind == OVERALL else found.planted[kind], share))
        for kind, recall in {OVERALL: found.recall, **found.recall_of_kind}.items()
        for capacity, share in recall.items()
        if found.events
    ]
    text = json.dumps({"weeks": [str(week) for week in weeks], "found": rows}, indent=1) + "\n"
    place = lake.truth_figures(version)
    if not place.exists() or place.read_text(encoding="utf-8") != text:
        with lake.replacing(place) as draft:
            draft.write_text(text, encoding="utf-8")


def _found(kind: str, capacity: int, planted: int, share: float) -> Found:
    listed = round(share * planted)
    return Found(kind, capacity, planted, listed, *interval(listed, planted))


def _card(lake: Lake, model: Champion, parameters: Parameters) -> Card:
    bundle, version = model.bundle, model.version
    scored = weeks_scored_by(lake, version)
    learned = _learned(lake, model, parameters)
    measured, week, missed = _power(lake, version)
    kept = lake.truth_figures(version)
    judged = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"weeks": [], "found": []}
    return Card(
        version=version, until=str(bundle.parameters.get("until", "")), fingerprint=bundle.fingerprint,
        weeks=[{"week": w, "rows": learned["rows"].get(w, "－"), "fingerprint": f} for w, f in sorted(bundle.data_fingerprints.items())],
        learned=[row | {"label": kind_label(row["kind"])} for row in learned["kinds"]],
        parameters=dict(sorted(bundle.parameters.items())), detectors=_labels(bundle.detectors), agency_detectors=_labels(bundle.agencies.detectors),
        scales=len(bundle.tails), features=len(bundle.feature_names), scored=[str(each) for each in scored],
        rates=_rates(lake, version, scored, parameters), measured=measured, power_week=week, missed=missed,
        found=[Found(**row) for row in judged["found"]], found_weeks=judged["weeks"], beside=_beside(lake, version),
        unseen=_unseen(lake, scored),
    )  # fmt: skip


def _labels(detectors: Mapping[str, Any]) -> list[Bilingual]:
    return [Bilingual(ja=row.label_ja, en=row.name) for row in DETECTORS if row.name in detectors]


def _learned(lake: Lake, model: Champion, parameters: Parameters) -> dict[str, Any]:
    """Who asked in the weeks that were learned from, counted once: a late file does not change what a model has learned."""
    place = lake.card(model.version).with_name("learned.json")
    if place.exists():
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return found
    found = _counted(lake, model.bundle, parameters)
    with lake.replacing(place) as draft:
        draft.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _counted(lake: Lake, bundle: Bundle, parameters: Parameters) -> dict[str, Any]:
    logs = {week: lake.log(Week.parse(week)) for week in sorted(bundle.data_fingerprints)}
    there = {week: log for week, log in logs.items() if log.exists()}
    if not there or not lake.reference("agencies").exists():
        return {"rows": {}, "kinds": []}
    with engine_for(lake, parameters) as engine:
        engine.view("log", list(there.values()))
        engine.view("agencies", [lake.reference("agencies")])
        kinds = engine.arrow(_LEARNED.read_text(encoding="utf-8")).to_pylist()
    return {"rows": {week: f"{pq.read_metadata(log).num_rows:,}" for week, log in there.items()}, "kinds": kinds}


def _rates(lake: Lake, version: str, scored: Sequence[Week], parameters: Parameters) -> list[Stratum]:
    from scipy.stats import chi2

    tables = [table for week in scored for table in lake.score_tables(week)]
    cases = [lake.cases(week) for week in scored if lake.cases(week).exists()]
    if not tables or not cases or not lake.reference("agencies").exists():
        return []
    with engine_for(lake, parameters) as engine:
        engine.view("scored", tables)
        engine.view("cases", cases)
        engine.view("agencies", [lake.reference("agencies")])
        rows = engine.arrow(_RATES.read_text(encoding="utf-8")).to_pylist()
    found = []
    for row in rows:
        by, kind, size = row.pop("split"), row.pop("kind"), row.pop("size")
        low = float(chi2.ppf(0.025, 2 * row["cases"]) / 2) if row["cases"] else 0.0
        high = float(chi2.ppf(0.975, 2 * row["cases"] + 2) / 2)
        found.append(
            Stratum(by=by, label=kind_label(kind) if by == "kind" else size_label(size), low=low, high=high, **row)
        )
    return found


def _power(lake: Lake, version: str) -> tuple[Told | None, str, list[Bilingual]]:
    """The last result of `shirabe power` for this version, its week, and the kinds that are mostly missed."""
    for file in sorted(lake.root.glob("evaluation/power/week=*.parquet"), reverse=True):
        rows = read(file)
        if rows and rows[0].model_version == version:
            week = rows[0].week
            longest = [r for r in rows if r.level == "blatant" and r.capacity == max(row.capacity for row in rows)]
            poor = {row.kind for row in longest if row.high is not None and row.high < 0.5}
            result = told(file, week)
            return result, week, _labels_of(poor)
    return None, "", []


def _labels_of(kinds: set[str]) -> list[Bilingual]:
    return [kind.label for kind in scenarios() if kind.name in kinds]


def _beside(lake: Lake, version: str) -> list[Beside]:
    """Every comparison in which the version took part; whom the cases were about stays where it is."""
    found = []
    for file in sorted(lake.root.glob("evaluation/compare/*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        champion, other, weeks = content["champion"], content["other"], content["weeks"]
        if version not in (champion["version"], other["version"]):
            continue
        shared, lost = sum(week["shared"] for week in weeks), sum(len(week["lost"]) for week in weeks)
        recall = [(k, share, other["recall"][k]) for k, share in champion["recall"].items()]
        overlap = shared / (shared + lost) if shared + lost else 1.0
        found.append(Beside(champion["version"], other["version"], len(weeks), overlap, recall))
    return found


def _unseen(lake: Lake, scored: Sequence[Week]) -> tuple[Unseen, ...]:
    coverage = [lake.coverage(week) for week in scored if lake.coverage(week).exists()]
    return read_statement(coverage[-1], Names()).unseen if coverage else ()
