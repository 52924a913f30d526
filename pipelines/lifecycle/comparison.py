"""`shirabe compare`: champion and another model side by side on the same weeks, of which neither has learned from any."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from features.errors import NoUsableModelError, TooLittleHistoryError
from features.weeks import Week
from models.bundle import Bundle, Champion
from models.evaluation import CAPACITIES, Case, Evaluation, evaluate
from models.evaluation.ablation import NOTHING, cases_without
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of
from pipelines.parameters import Parameters, Promote
from pipelines.steps.cards import renew
from pipelines.steps.facts import prepare
from pipelines.steps.history import history_engine, readings
from pipelines.steps.stages import Tell
from pipelines.steps.training import registry

MOST_WEEKS = 8


@dataclass(frozen=True)
class WeekCompared:
    """A week's two lists: how many cases both hold, and who is in one of them only, each with rank and agency."""

    week: str
    shared: int
    lost: list[str]
    won: list[str]


@dataclass(frozen=True)
class Figures:
    """What one model's lists are worth. `seconds`: of one week's list. Recall by capacity, by kind at the list's length, and
    the share of honest oddities among cases need a truth and are empty without one."""

    version: str
    seconds: float
    recall: dict[str, float]
    recall_of_kind: dict[str, float]
    hard_negatives: float | None


@dataclass(frozen=True)
class Comparison:
    """Both models over the weeks; `with_truth`: planted misuse was known."""

    champion: Figures
    other: Figures
    weeks: list[WeekCompared]
    capacity: int
    with_truth: bool

    @property
    def overlap(self) -> float:
        """The share of the champion's cases that the other has too."""
        champions = sum(week.shared + len(week.lost) for week in self.weeks)
        return sum(week.shared for week in self.weeks) / champions if champions else 1.0

    def failed(self, gates: Promote) -> list[str]:
        """The gates that are not passed, in words."""
        found = []
        if self.overlap < gates.least_overlap:
            found.append(
                f"{self.overlap:.0%} of the champion's cases are kept, promote.least_overlap asks for {gates.least_overlap:.0%}"
            )
        for capacity, recall in self.champion.recall.items():
            if self.other.recall[capacity] < recall - gates.most_recall_lost:
                found.append(
                    f"recall at {capacity} is {self.other.recall[capacity]:.2f} where the champion's is {recall:.2f}, "
                    f"promote.most_recall_lost allows {gates.most_recall_lost:.2f}"
                )
        return found


def compare(lake: Lake, named: str, parameters: Parameters, truth: Path | None, tell: Tell) -> Comparison:
    """Both models' lists of the latest weeks that neither has learned from, at most MOST_WEEKS, and the result on file.

    NoUsableModelError if there is no such model or it is the champion; TooLittleHistoryError if no week is left.
    """
    found = registry(lake)
    champion, other = found.champion(), found.load(found.find(named))
    if champion.version == other.version:
        raise NoUsableModelError(f"{other.version} is the champion; name another of `shirabe models`")
    weeks = unseen(lake, (champion, other))
    prepare(lake, weeks[-1], parameters, tell)
    capacity = parameters.score.capacity
    lists: dict[str, list[Case]] = {champion.version: [], other.version: []}
    seconds = dict.fromkeys(lists, 0.0)
    for number, week in enumerate(weeks, start=1):
        tell(f"{week} by both models", number, len(weeks), 0.0)
        for model in (champion, other):
            started = time.perf_counter()
            lists[model.version] += _cases(lake, week, model.bundle, parameters)
            seconds[model.version] += time.perf_counter() - started
    figures = [
        _figures(lake, model.version, lists[model.version], weeks, truth, seconds[model.version], capacity)
        for model in (champion, other)
    ]
    compared = [_week(str(week), lists[champion.version], lists[other.version], capacity) for week in weeks]
    done = Comparison(figures[0], figures[1], compared, capacity, truth is not None)
    with lake.replacing(lake.comparison(champion.version, other.version)) as draft:
        draft.write_text(json.dumps(asdict(done), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for model in (champion, other):
        renew(found, lake, model, parameters)
    return done


def read(lake: Lake, champion: str, other: str) -> Comparison | None:
    """The comparison on file; None if these two were not compared."""
    file = lake.comparison(champion, other)
    return _read(file) if file.exists() else None


def _read(file: Path) -> Comparison:
    content = json.loads(file.read_text(encoding="utf-8"))
    return Comparison(
        Figures(**content["champion"]), Figures(**content["other"]), [WeekCompared(**week) for week in content["weeks"]],
        content["capacity"], content["with_truth"],
    )  # fmt: skip


def unseen(lake: Lake, models: Sequence[Champion]) -> list[Week]:
    """The latest weeks of the lake that no model has learned from, earliest first; TooLittleHistoryError if there is none."""
    until = max(Week.parse(str(model.bundle.parameters["until"])) for model in models)
    weeks = [week for week in lake.weeks() if week >= until]
    if not weeks:
        raise TooLittleHistoryError(
            f"every loaded week was learned from, the last before {until}; deliver a later week, or train with "
            "`shirabe train --until WEEK` on the weeks before it, and compare on those that follow"
        )
    return weeks[-MOST_WEEKS:]


def _cases(lake: Lake, week: Week, bundle: Bundle, parameters: Parameters) -> list[Case]:
    now = readings(lake, week, parameters)
    with history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        return cases_without(engine, week, now, bundle, NOTHING, max(CAPACITIES[-1], parameters.score.capacity))


def _figures(
    lake: Lake,
    version: str,
    cases: list[Case],
    weeks: Sequence[Week],
    truth: Path | None,
    seconds: float,
    capacity: int,
) -> Figures:
    each = seconds / len(weeks)
    if truth is None:
        return Figures(version, each, {}, {}, None)
    judged: Evaluation = evaluate(cases, events_of(lake, truth), [str(week) for week in weeks], CAPACITIES)
    length = max((k for k in CAPACITIES if k <= capacity), default=CAPACITIES[0])
    return Figures(
        version, each, {str(k): recall for k, recall in judged.recall.items()},
        {kind: recall[length] for kind, recall in judged.recall_of_kind.items()}, judged.hard_negative_share[length],
    )  # fmt: skip


def _week(week: str, champions: Sequence[Case], others: Sequence[Case], capacity: int) -> WeekCompared:
    one, two = (
        {_who(case): case.rank for case in cases if case.week == week and case.rank <= capacity}
        for cases in (champions, others)
    )
    shared = set(one) & set(two)
    lost, won = ([f"{rank}: {who}" for who, rank in cases.items() if who not in shared] for cases in (one, two))
    return WeekCompared(week, len(shared), lost, won)


def _who(case: Case) -> str:
    """Whom a case is about; people are not written down here."""
    users = ", ".join(sorted(case.users)[:3])
    return (
        f"{case.entity} of {case.agency_code}"
        + (f" ({users})" if users else "")
        + f" [{case.requests[0] if case.requests else '-'}]"
    )


def lines(done: Comparison) -> list[str]:
    """The comparison as a table and the cases that differ."""
    text = [
        f"{'':28}{'champion':>12}{'other':>12}",
        f"{'version':28}{_short(done.champion):>12}{_short(done.other):>12}",
    ]
    text += [
        f"{f'recall at {k}':28}{recall:12.2f}{done.other.recall[k]:12.2f}" for k, recall in done.champion.recall.items()
    ]
    text += [
        f"{f'  {kind}':28}{recall:12.2f}{done.other.recall_of_kind.get(kind, 0.0):12.2f}"
        for kind, recall in done.champion.recall_of_kind.items()
    ]
    if done.champion.hard_negatives is not None and done.other.hard_negatives is not None:
        text.append(f"{'share hard negatives':28}{done.champion.hard_negatives:12.2f}{done.other.hard_negatives:12.2f}")
    text.append(f"{'seconds a week':28}{done.champion.seconds:12.1f}{done.other.seconds:12.1f}")
    text.append(
        f"{done.overlap:.0%} of the champion's first {done.capacity} cases of {len(done.weeks)} week(s) are kept"
    )
    for week in done.weeks:
        text += [f"{week.week}: {week.shared} in both, {len(week.lost)} lost, {len(week.won)} won"]
        text += [f"  lost  {case}" for case in week.lost[:10]] + [f"  won   {case}" for case in week.won[:10]]
    return text


def _short(figures: Figures) -> str:
    return figures.version.partition("@")[0]
