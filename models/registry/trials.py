"""A search as runs of MLflow: one for the search, a nested one for each trial. They are also where a search that was cut short finds
what it has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

from models.search import Trial

PARENT = "mlflow.parentRunId"
"""The tag by which MLflow nests runs."""
KEY, NUMBER, KIND, FAILED = "search.key", "search.number", "search.kind", "search.failed"
TRIAL, HELD = "trial", "held"
"""Kinds of nested runs: judged on the weeks of the search, or on those that it did not see."""
MOST = 50_000
"""Runs that are asked for at once: more than anybody tries."""


class TrialRuns:
    """The runs of one search, known by its key: what it was asked, on which data, by which program."""

    def __init__(
        self, client: MlflowClient, experiment: str, artifacts: str | None, key: str, tags: Mapping[str, str]
    ) -> None:
        self._client = client
        self._tags = dict(tags)
        found = client.get_experiment_by_name(experiment)
        self._experiment = (
            client.create_experiment(experiment, artifact_location=artifacts) if found is None else found.experiment_id
        )
        before = self._asked(f"tags.`{KEY}` = '{key}'")
        self._concluded = bool(before) and before[0].info.status == "FINISHED"
        self._parent = before[0] if before else self._opened(f"search {key[:12]}", {KEY: key})
        # What a kill left open is tried again and stays as what it is: a trial that came to nothing.
        for run in self._asked(self._nested() + " and attributes.status = 'RUNNING'"):
            client.set_terminated(run.info.run_id, "KILLED")

    def done(self, kind: str = TRIAL) -> list[Trial]:
        """The trials of a kind that came to an end, in their order."""
        runs = self._asked(f"{self._nested()} and tags.`{KIND}` = '{kind}' and attributes.status != 'KILLED'")
        return sorted((_read(run) for run in runs), key=lambda trial: trial.number)

    def record(self, trial: Trial, seconds: float, kind: str = TRIAL) -> None:
        """Log a trial that has ended."""
        self._concluded = False
        run = self._opened(
            f"{kind} {trial.number}", {PARENT: self._parent.info.run_id, KIND: kind, NUMBER: str(trial.number)}
        )
        self._logged(run, trial.parameters, {**trial.figures, "seconds": seconds}, {FAILED: trial.failed})
        self._client.set_terminated(run.info.run_id, "FAILED" if trial.failed else "FINISHED")

    def conclude(self, best: Trial, figures: Mapping[str, float], trials: int) -> None:
        """Log the best of so many trials' parameters, and all `figures`, with the search itself, unless they are there."""
        if self._concluded:
            return
        # As tags: with more trials another may be the best, and a parameter of a run never changes.
        tags = {f"best.{name}": str(value) for name, value in best.parameters.items()}
        self._logged(self._parent, {}, figures, tags | {"best.number": str(best.number)}, trials)
        self._client.set_terminated(self._parent.info.run_id)

    def _opened(self, name: str, tags: Mapping[str, str]) -> Any:
        return self._client.create_run(self._experiment, run_name=name, tags={**self._tags, **tags})

    def _logged(
        self,
        run: Any,
        parameters: Mapping[str, Any],
        figures: Mapping[str, float],
        tags: Mapping[str, str],
        step: int = 0,
    ) -> None:
        self._client.log_batch(
            run.info.run_id, [Metric(name, value, run.info.start_time, step) for name, value in figures.items()],
            [Param(name, str(value)) for name, value in parameters.items()],
            [RunTag(name, value) for name, value in tags.items()],
        )  # fmt: skip

    def _asked(self, question: str) -> list[Any]:
        return list(self._client.search_runs([self._experiment], question, max_results=MOST))

    def _nested(self) -> str:
        return f"tags.`{PARENT}` = '{self._parent.info.run_id}'"


def _read(run: Any) -> Trial:
    parameters = {name: yaml.safe_load(value) for name, value in run.data.params.items()}
    figures = {name: value for name, value in run.data.metrics.items() if name != "seconds"}
    return Trial(int(run.data.tags[NUMBER]), parameters, figures, run.data.tags.get(FAILED, ""))
