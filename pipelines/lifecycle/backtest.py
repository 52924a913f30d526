"""`shirabe backtest`: through time, a model for each week from the weeks before it, judged on that week; never a random split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.errors import TooLittleHistoryError
from features.weeks import Week
from models.evaluation import CAPACITIES, Case, Evaluation, evaluate
from models.evaluation.ablation import NOTHING, cases_without
from models.training import train
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of
from pipelines.parameters import Parameters
from pipelines.steps.facts import prepare
from pipelines.steps.history import history_engine, readings
from pipelines.steps.inputs import learned_weeks
from pipelines.steps.stages import Tell


@dataclass(frozen=True)
class Backtest:
    """The weeks that were judged, how many cases each has, and what was found of what was planted (None without a truth)."""

    weeks: tuple[Week, ...]
    cases: tuple[int, ...]
    judged: Evaluation | None


def backtest(lake: Lake, parameters: Parameters, weeks: int, truth: Path | None, tell: Tell) -> Backtest:
    """Train before each of the last `weeks` weeks and judge it; nothing is registered, no table is written.

    TooLittleHistoryError if fewer than `train.at_least_weeks` lie before all of them.
    """
    loaded = lake.weeks()
    chosen = [week for week in loaded[-weeks:] if loaded.index(week) >= parameters.train.at_least_weeks]
    if not chosen:
        raise TooLittleHistoryError(
            f"{len(loaded)} week(s) are loaded, none of the last {weeks} has {parameters.train.at_least_weeks} before it; "
            "deliver earlier weeks, or lower train.at_least_weeks in a parameter file"
        )
    prepare(lake, chosen[-1], parameters, tell)
    cases: list[Case] = []
    for number, week in enumerate(chosen, start=1):
        tell(f"{week} by a model of the weeks before", number, len(chosen), 0.0)
        cases += _judged(lake, week, parameters)
    found = evaluate(cases, events_of(lake, truth), [str(week) for week in chosen], CAPACITIES) if truth else None
    capacity = parameters.score.capacity
    counts = tuple(sum(case.week == str(week) and case.rank <= capacity for case in cases) for week in chosen)
    return Backtest(tuple(chosen), counts, found)


def _judged(lake: Lake, week: Week, parameters: Parameters) -> list[Case]:
    history = [readings(lake, each, parameters) for each in learned_weeks(lake, week, parameters)]
    bundle = train(history, parameters.train.seed, {}, str(week), sizes=parameters.train.detectors.sizes())
    now = readings(lake, week, parameters)
    with history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        return cases_without(engine, week, now, bundle, NOTHING, max(CAPACITIES[-1], parameters.score.capacity))


def lines(done: Backtest) -> list[str]:
    """The backtest as a table."""
    text = [f"{week}: {count} cases" for week, count in zip(done.weeks, done.cases, strict=True)]
    if done.judged is not None:
        text += [f"recall at {k:>3}: {recall:.2f}" for k, recall in done.judged.recall.items()]
        text += [
            f"average precision {done.judged.average_precision:.2f}, median evidence purity {done.judged.purity:.2f}"
        ]
    return text
