"""What a weekly run leaves for those who watch over it: `status.json`, and the same in Prometheus' text format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.lake import Lake
from pipelines.lake.revisions import reported_revision
from pipelines.lake.stamps import Stamp
from pipelines.steps import inputs
from reports.material import expected_by_chance

METRICS = {
    "revision": "Revision of the last reported week.",
    "cases": "Cases of the last reported week.",
    "expected_by_chance": "How many of them a week without any misuse would show.",
    "delivered": "Requests delivered for the last reported week.",
    "loaded": "Of these, loaded.",
    "duplicate": "Of these, delivered before.",
    "quarantined": "Of these, set aside.",
    "refused": "Files refused.",
    "champion_age_weeks": "Weeks between the last that the model learned from and the last reported.",
    "drift_alarms": "What is unlike the weeks that the model learned from: measures of a kind of agency.",
    "retrain_advised": "Whether a new model is advised: 1 or 0.",
    "exit_code": "How the last weekly run ended; 0 is done.",
}


@dataclass(frozen=True)
class Status:
    """The last reported week of a lake (None: there is none), and how the last weekly run ended."""

    asked_week: str
    exit_code: int
    reason: str | None
    finished: str
    week: str | None = None
    revision: int | None = None
    cases: int | None = None
    expected_by_chance: float | None = None
    delivered: int | None = None
    loaded: int | None = None
    duplicate: int | None = None
    quarantined: int | None = None
    refused: int | None = None
    champion_age_weeks: int | None = None
    drift_alarms: int | None = None
    retrain_advised: int | None = None

    def metrics(self) -> str:
        """In Prometheus' text format; what is not known is left out."""
        facts = asdict(self)
        values = {name: (text, facts[name]) for name, text in METRICS.items() if facts[name] is not None}
        finished = datetime.fromisoformat(self.finished).timestamp()
        values["finished_timestamp_seconds"] = ("When the last weekly run ended.", finished)
        if self.week is not None:
            monday = datetime.fromisoformat(f"{Week.parse(self.week).monday}T00:00:00+09:00").timestamp()
            values["week_start_timestamp_seconds"] = ("When the last reported week began.", monday)
        return "".join(
            f"# HELP shirabe_{name} {text}\n# TYPE shirabe_{name} gauge\nshirabe_{name} {value}\n"
            for name, (text, value) in values.items()
        )


def write_status(lake: Lake, asked: Week, exit_code: int, reason: str | None, finished: datetime) -> Mapping[str, Any]:
    """Put both files in their places, whole, and return what they say."""
    reported = [week for week in lake.weeks() if reported_revision(lake, week)]
    known = _of_week(lake, reported[-1]) if reported else {}
    status = Status(str(asked), exit_code, reason, finished.isoformat(timespec="seconds"), **known)
    for name, text in (
        ("status.json", json.dumps(asdict(status), indent=1) + "\n"),
        ("metrics.prom", status.metrics()),
    ):
        with lake.replacing(lake.root / name) as draft:
            draft.write_text(text, encoding="utf-8")
    return asdict(status)


def _of_week(lake: Lake, week: Week) -> dict[str, Any]:
    table = pq.ParquetFile(lake.cases(week)).read()
    expected = table["expected_equals"].to_pylist() if "expected_equals" in table.column_names else []
    coverage = json.loads(lake.coverage(week).read_text(encoding="utf-8"))
    return {
        "week": str(week),
        "revision": reported_revision(lake, week),
        "cases": table.num_rows,
        "expected_by_chance": expected_by_chance(expected),
        **{name: coverage.get(name) for name in ("delivered", "loaded", "duplicate")},
        "quarantined": sum(coverage.get("quarantined", {}).values()),
        "refused": len(coverage.get("refused", ())),
        "champion_age_weeks": model_age(lake, week),
        "retrain_advised": int(coverage["retrain"]["advised"]) if coverage.get("retrain") else None,
        "drift_alarms": _alarms(coverage.get("drift") or {}),
    }


def _alarms(drift: Mapping[str, Any]) -> int | None:
    """None where nothing was measured."""
    return int(drift["alarms"]) if drift.get("measured") else None


def model_age(lake: Lake, week: Week) -> int | None:
    """Weeks between the last that the model of a week learned from and the week; None where it is not known. Told by the stamps of training, so that no model store needs to be asked."""
    scored = Stamp.read(lake.stamp("score", week))
    version = scored.inputs.get(inputs.MODEL) if scored else None
    for file in lake.root.glob("stamps/train/week=*.json"):
        trained = Stamp.read(file)
        if trained is not None and version and trained.outcome["version"] == version:
            until = Week.parse(file.stem.removeprefix("week="))
            return (week.monday - until.monday).days // 7 + 1
    return None
