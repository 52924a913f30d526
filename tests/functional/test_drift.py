"""Drift of a real week: read from the lake's kept tables, told in coverage, report, status and MLflow."""

from __future__ import annotations

import json

import pyarrow.compute as pc
import pyarrow.parquet as pq
from mlflow.tracking import MlflowClient

from models.drift import NATION, Settings
from models.drift.alarms import detect
from models.drift.causes import explained
from pipelines.parameters import Parameters
from pipelines.steps.drift import cells, figures, statement
from pipelines.steps.facts import engine_for
from pipelines.steps.training import registry
from reports.statement import drift_sentence
from tests.functional.conftest import Reported
from tests.unit.test_drift import learned, moved, week_of


def metrics(reported: Reported) -> dict[str, float]:
    """The metrics of the only run in the lake's store."""
    client = MlflowClient(f"sqlite:///{reported.lake.root / 'mlflow.db'}")
    [version] = client.search_model_versions("name = 'shirabe'")
    found: dict[str, float] = client.get_run(version.run_id).data.metrics
    return found


def test_counts_are_those_of_the_log(reported: Reported) -> None:
    with engine_for(reported.lake, Parameters()) as engine:
        found = cells(reported.lake, reported.week, engine)
    log = pq.read_table(reported.lake.log(reported.week), partitioning=None)
    agencies = pq.read_table(reported.lake.reference("agencies"), partitioning=None)
    kind = agencies["kind"].to_pylist()[0]
    codes = agencies.filter(pc.field("kind") == kind)["agency_code"].to_pylist()
    assert found.total(NATION, "count:all") == log.num_rows
    assert found.total(kind, "count:all") == sum(code in codes for code in log["requester_agency"].to_pylist()) > 0
    assert found.working_days == 5


def test_week_is_held_against_the_weeks_that_the_model_learned_from(reported: Reported) -> None:
    drift = json.loads(reported.lake.coverage(reported.week).read_text(encoding="utf-8"))["drift"]
    [model] = registry(reported.lake).registered()
    assert drift["compared"] and set(drift["compared"]) <= set(model.weeks)
    table = pq.read_table(reported.lake.drift(reported.week), partitioning=None)
    assert table.num_rows == drift["measured"]
    assert sum(table["alarm"].to_pylist()) == drift["alarms"]
    assert table.num_rows == 0 or set(table["model_version"].to_pylist()) == {model.version}


def test_report_status_and_mlflow_say_it(reported: Reported) -> None:
    drift = json.loads(reported.lake.coverage(reported.week).read_text(encoding="utf-8"))["drift"]
    page = (reported.lake.report(reported.week) / "report.html").read_text(encoding="utf-8")
    assert page.count(drift_sentence(drift).ja) == 2, "on the cover and with what was delivered"
    told = json.loads((reported.lake.root / "status.json").read_text(encoding="utf-8"))
    assert told["drift_alarms"] == (drift["alarms"] if drift["measured"] else None)
    assert metrics(reported)["drift.measured"] == drift["measured"]


def test_alarm_is_told_with_what_to_do() -> None:
    past, now = learned(3), week_of(3, 20, moved("attribute:terminal", 6))
    drift = explained(detect(now, past, Settings()), now, past)
    said = statement(drift, 52)
    [message] = said["messages"]
    assert (message["cause"], message["kinds"][-1]) == ("new_platform", "town")
    assert "shirabe train" in message["todo_ja"] and "shirabe train" in message["todo_en"]
    assert message["label_ja"] in drift_sentence(said).ja
    assert figures(drift)["drift.new_platform"] == said["alarms"]
