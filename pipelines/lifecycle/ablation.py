"""`shirabe evaluate --ablation`: recall of the scored weeks without each part of the detection."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.errors import BadParametersError
from features.weeks import Week
from models.bundle import Bundle
from models.evaluation import Case, Evaluation, evaluate
from models.evaluation.ablation import ALL, NOTHING, Part, cases_without, learned_without, parts
from models.statistics import WeekStatistics
from models.training import train
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of, judged_weeks
from pipelines.parameters import Parameters
from pipelines.steps.history import history_engine, readings
from pipelines.steps.inputs import learned_weeks
from pipelines.steps.training import registry

CAPACITIES = (20, 50)


@dataclass(frozen=True)
class Loss:
    """Recall without a part, and how much less that is than with everything, by capacity."""

    part: Part
    recall: dict[int, float]
    lost: dict[int, float]


def ablate(
    lake: Lake, truth: Path, parameters: Parameters, tell: Callable[[str], None], only: Sequence[str] = ()
) -> list[Loss]:
    """Leave out every part in turn, or those of the names in `only`; the first result is that of everything, learned from the
    champion's weeks.

    `tell` is given a line of progress for each week. A name that no part has is a BadParametersError.
    """
    events = events_of(lake, truth)
    weeks = judged_weeks(lake, truth)
    until = learned_until(lake)
    history = learned_from(lake, until, parameters)
    seed = parameters.train.seed
    everything = train(history, seed, {}, str(until), sizes=parameters.train.detectors.sizes())
    left_out = [NOTHING, *_named(parts(history, everything), only)]
    bundles = {part: learned_without(history, everything, part, seed) for part in left_out}
    cases: dict[Part, list[Case]] = {part: [] for part in left_out}
    for week in weeks:
        tell(f"{week} without each of {len(left_out) - 1} parts")
        for part, found in cases_of(lake, week, bundles, parameters).items():
            cases[part] += found
    scored = [str(week) for week in weeks]
    judged = {part: evaluate(found, events, scored, CAPACITIES) for part, found in cases.items()}
    return [_loss(part, judgement, judged[NOTHING]) for part, judgement in judged.items()]


def _named(found: list[Part], only: Sequence[str]) -> list[Part]:
    names = sorted({part.name for part in found})
    if unknown := sorted(set(only) - set(names)):
        raise BadParametersError(f"--part {' '.join(unknown)}: nothing is called so; one of {', '.join(names)}")
    return [part for part in found if not only or part.name in only]


def learned_until(lake: Lake) -> Week:
    """The week before which the champion was trained."""
    return Week.parse(str(registry(lake).champion().bundle.parameters["until"]))


def learned_from(lake: Lake, until: Week, parameters: Parameters) -> list[WeekStatistics]:
    """The readings of the weeks that a champion of that week is trained on; their facts are there."""
    return [readings(lake, week, parameters) for week in learned_weeks(lake, until, parameters)]


def cases_of(lake: Lake, week: Week, bundles: dict[Part, Bundle], parameters: Parameters) -> dict[Part, list[Case]]:
    """The cases of a prepared week without each part, each with what was learned without it."""
    now = readings(lake, week, parameters)
    with history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        return {
            part: cases_without(engine, week, now, bundle, part, CAPACITIES[-1]) for part, bundle in bundles.items()
        }


def _loss(part: Part, judgement: Evaluation, everything: Evaluation) -> Loss:
    recall = dict(judgement.recall)
    return Loss(part, recall, {k: everything.recall[k] - recall[k] for k in CAPACITIES})


def lines(losses: list[Loss]) -> list[str]:
    """A table: what is lost without each part, and the recall that is left."""
    text = [f"{'without':34}" + "".join(f"{f'@{k}':>8}{'lost':>8}" for k in CAPACITIES)]
    for loss in losses:
        name = f"{loss.part.kind}s: {ALL}" if loss.part.name == ALL else str(loss.part)
        text.append(f"{name:34}" + "".join(f"{loss.recall[k]:8.2f}{loss.lost[k]:8.2f}" for k in CAPACITIES))
    return text


def write_losses(losses: list[Loss], out: Path) -> None:
    """`ablation.json`: recall and loss of each part."""
    out.mkdir(parents=True, exist_ok=True)
    content = [
        {"kind": loss.part.kind, "name": loss.part.name, "recall": loss.recall, "lost": loss.lost} for loss in losses
    ]
    (out / "ablation.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
