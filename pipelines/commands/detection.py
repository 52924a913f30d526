"""`shirabe train`, `score`, `report` and `weekly`: from the lake to a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from features.errors import LakeBusyError, ShirabeError
from features.weeks import Week
from pipelines.commands.options import (
    CAPACITY,
    DATA,
    ENGINE,
    FORCE,
    LAKE,
    MAPPING,
    MASTER,
    ONE_WEEK,
    PARAMS,
    read_week,
    speaking,
)
from pipelines.logs import EventLog

if TYPE_CHECKING:
    from pipelines.steps.stages import Reported, Scored, Stages
    from pipelines.steps.weekly import WeeklyDone, WeeklyPlan


@click.command()
@LAKE
@click.option(
    "--until",
    callback=read_week,
    help="Learn from the weeks before this one; default: from all that are loaded.",
)
@ENGINE
@MASTER
@PARAMS
@speaking
def train(
    log: EventLog, *, lake: Path, until: Week | None, engine: str | None, master: str | None, params: Path | None
) -> None:
    """Train detectors on earlier weeks and register them in MLflow: the challenger, or the first champion."""
    from pipelines.lake.locks import sole_run

    stages = _stages(lake, params, log, engine=engine, master=master)
    with sole_run(stages.lake, existing=True), log.progress(1):
        done = stages.train(until)
    role = "champion" if done.champion else "challenger"
    text = f"model version {done.version} is the {role}{' already' if done.already else ''}, "
    text += f"trained on {done.weeks} weeks"
    if not done.champion:
        text += "; the champion stays until `shirabe promote challenger`"
    log.result("trained", text, version=done.version, role=role)


@click.command()
@LAKE
@ONE_WEEK
@CAPACITY
@FORCE
@ENGINE
@MASTER
@PARAMS
@speaking
def score(
    log: EventLog,
    *,
    lake: Path,
    week: Week,
    capacity: int | None,
    force: bool,
    engine: str | None,
    master: str | None,
    params: Path | None,
) -> None:
    """Score one week with the registered champion."""
    from pipelines.lake.locks import sole_run

    stages = _stages(lake, params, log, capacity, engine, master)
    with sole_run(stages.lake, existing=True), log.progress(2):
        done = stages.score(week, force=force, with_new_champion=True)
    _tell_scored(log, done)


@click.command()
@LAKE
@ONE_WEEK
@PARAMS
@speaking
def report(log: EventLog, lake: Path, week: Week, params: Path | None) -> None:
    """Write the weekly report of a scored week."""
    from pipelines.lake.locks import sole_run

    stages = _stages(lake, params, log)
    with sole_run(stages.lake, existing=True), log.progress(1):
        done = stages.report(week)
    _tell_reported(log, week, done)


@click.command()
@DATA
@LAKE
@ONE_WEEK
@CAPACITY
@MAPPING
@FORCE
@click.option(
    "--dry-run",
    is_flag=True,
    help="Say what would be done, and change nothing; ends as the run would, as far as one can say.",
)
@ENGINE
@MASTER
@PARAMS
@speaking
def weekly(
    log: EventLog,
    *,
    data: Path,
    lake: Path,
    week: Week,
    capacity: int | None,
    mapping: Path | None,
    force: bool,
    dry_run: bool,
    engine: str | None,
    master: str | None,
    params: Path | None,
) -> int:
    """Ingest, score and report one week; train first if there is no champion. What a scheduler runs."""
    from pipelines.commands.loading import ending, tell_ingested
    from pipelines.steps.weekly import STEPS, plan_weekly, run_weekly

    stages = _stages(lake, params, log, capacity, engine, master)
    if dry_run:
        return _tell_plan(log, plan_weekly(stages, data, week, mapping, force=force))
    log.at_end = partial(_leave_word, lake, week)
    with log.progress(STEPS):
        done = run_weekly(stages, data, week, mapping=mapping, force=force, tell=partial(tell_ingested, log))
    tell_weekly(log, done)
    return ending(done.ingested)


def _leave_word(lake: Path, week: Week, exit_code: int) -> Mapping[str, Any]:
    from datetime import UTC, datetime

    from pipelines.lake import Lake
    from pipelines.steps.status import write_status

    kinds = {kind.exit_code: kind.__name__.removesuffix("Error") for kind in ShirabeError.__subclasses__()}
    named = None if exit_code == 0 else kinds.get(exit_code, "Unexpected")
    if exit_code == LakeBusyError.exit_code or not lake.is_dir():  # the run that holds the lake will leave its own
        return {"exit_code": exit_code, "reason": named}
    return write_status(Lake(lake), week, exit_code, named, datetime.now(UTC))


def _stages(
    lake: Path,
    params: Path | None,
    log: EventLog,
    capacity: int | None = None,
    engine: str | None = None,
    master: str | None = None,
) -> Stages:
    from pipelines.lake import Lake
    from pipelines.parameters import Parameters
    from pipelines.steps.stages import Stages

    parameters = Parameters.read(params).with_capacity(capacity).with_engine(engine, master)
    return Stages(Lake(lake), parameters, log)


def tell_weekly(log: EventLog, done: WeeklyDone) -> None:
    """Say what a weekly run did after its delivery, of which was told at once."""
    for week in done.changed_weeks:
        log.result(
            "reported_week_changed",
            f"{week} was reported and has changed since; `shirabe weekly --week {week}` makes a new revision",
            week=str(week),
        )
    if done.nothing_done:
        log.result(
            "nothing_to_do",
            f"nothing to do: {done.week} is reported and nothing has changed: {done.reported.page}",
            week=str(done.week),
            page=str(done.reported.page),
        )
    else:
        _tell_scored(log, done.scored)
        _tell_reported(log, done.week, done.reported)
    if done.advice:
        log.result("retrain", done.advice, week=str(done.week))
    if done.trained is not None:
        text = f"model version {done.trained.version} was trained as the challenger; nothing promotes it but two people"
        log.result("trained", text, version=done.trained.version, role="challenger")


def _tell_scored(log: EventLog, done: Scored) -> None:
    if done.already:
        text = f"{done.week} is scored already and nothing that it depends on has changed"
    elif done.changed:
        text = f"scored {done.week} again, because these changed: {', '.join(done.changed)}"
    else:
        text = f"scored {done.week}"
    log.result("scored", text, week=str(done.week), changed=list(done.changed), already=done.already)


def _tell_reported(log: EventLog, week: Week, done: Reported) -> None:
    text = f"the report of {week}"
    if done.revision > 1:
        text += f", revision {done.revision},"
    text += f" {'was' if done.already else 'is'} written: {done.page}"
    log.result("reported", text, week=str(week), revision=done.revision, page=str(done.page))


def _tell_plan(log: EventLog, plan: WeeklyPlan) -> int:
    for step in plan.steps:
        log.result("would", f"would {step}")
    if plan.end is not None:
        raise plan.end
    return 0
