"""The weekly run: ingest, train if needed, score, report. What a scheduler starts, again after a kill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from features.errors import ShirabeError
from features.weeks import Week
from pipelines.ingest.landing import Landing
from pipelines.ingest.loading import Ingested
from pipelines.ingest.mapping import LogMapping
from pipelines.lake.locks import sole_run
from pipelines.lake.revisions import reported_revision
from pipelines.steps.completeness import require_complete, require_loaded
from pipelines.steps.estimate import Estimate, estimate
from pipelines.steps.retrain import advice_on_file
from pipelines.steps.stages import Reported, Scored, Stages, Trained

STEPS = 4


@dataclass(frozen=True)
class WeeklyDone:
    """What a weekly run did; `advice` says why a new model is advised, empty if none is; `trained` is a challenger that was
    trained for that reason."""

    week: Week
    ingested: Ingested
    scored: Scored
    reported: Reported
    changed_weeks: tuple[Week, ...]
    advice: str = ""
    trained: Trained | None = None

    @property
    def nothing_done(self) -> bool:
        """Whether everything was there already."""
        told = not self.ingested.new_files and self.scored.already and self.reported.already
        return told and self.trained is None


@dataclass(frozen=True)
class WeeklyPlan:
    """What a weekly run would do, as far as one can say without reading the delivered files."""

    steps: tuple[str, ...]
    end: ShirabeError | None = None


def run_weekly(
    stages: Stages,
    data: Path,
    week: Week,
    *,
    mapping: Path | None = None,
    force: bool = False,
    tell: Callable[[Ingested], object] = lambda _: None,
) -> WeeklyDone:
    """Ingest what is new, score the week if anything that it depends on changed, and report it.

    `tell` hears of the delivery before a later step can fail.
    Raises LakeBusyError, TooLittleHistoryError, WeekIncompleteError and what the steps raise. A refused file
    does not stop the rest; it is in the result.
    """
    with sole_run(stages.lake):
        ingested = stages.ingest(data, mapping)
        tell(ingested)
        scored = stages.score(week, force=force)
        reported = stages.report(week)
        changed = tuple(w for w in stages.changed_reported_weeks() if w != week)
        advice = advice_on_file(stages.lake, week)
        trained = stages.train_advised(week)
    text = str(advice["text_en"]) if advice.get("advised") else ""
    return WeeklyDone(week, ingested, scored, reported, changed, text, trained)


def plan_weekly(
    stages: Stages, data: Path, week: Week, mapping: Path | None = None, *, force: bool = False
) -> WeeklyPlan:
    """Compare the delivered files and the lake, and change neither."""
    landing = Landing.of(data, LogMapping.read(mapping) if mapping else None, stages.lake)
    work = estimate(stages.lake, landing, week, stages.parameters)
    steps = [f"ingest: look at {work.files} delivered file(s) and load those that are new"]
    if work.requests:
        steps.append(f"take, as far as file footers tell: {work.sentence()}")
    revision = reported_revision(stages.lake, week)
    changed = stages.changed_since_scored(week)
    if not stages.was_scored(week):
        steps.append(f"score: {week} for the first time; train first if no model is there that has not seen it")
        steps.append(f"report: {week}")
    elif changed:
        steps.append(f"score: {week} again, because of: {', '.join(changed)}")
        steps.append(f"report: {week} as revision {revision + 1}" if revision else f"report: {week}")
    elif not revision:
        steps.append(f"report: {week}, which is scored")
    else:
        steps.append(f"nothing more, unless a new file touches it: {week} is reported (revision {revision})")
    if stages.parameters.retrain.by_itself:
        steps.append("train: a challenger, if a new model is advised and none waits; it is not promoted")
    needed = changed or not stages.was_scored(week)
    return WeeklyPlan(tuple(steps), _end(stages, work, week, force=force) if needed else None)


def _end(stages: Stages, work: Estimate, week: Week, *, force: bool) -> ShirabeError | None:
    """What would end the run, as far as the lake and the footers of files tell."""
    if work.delivered is None:
        return None
    lake, weeks = stages.lake, {*stages.lake.weeks(), *work.delivered}
    try:
        require_loaded(week, weeks)
        if not force and not work.delivered:
            require_complete(lake, week, stages.parameters.score.complete, keep=False)
        stages.require_history(week, weeks)
    except ShirabeError as error:
        return error
    return None
