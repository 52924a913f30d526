"""`shirabe compare`: champion and another model side by side on the same weeks, of which neither has learned from any."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from features.errors import NoUsableModelError, TooLittleHistoryError
from features.weeks import Week
from models.bundle import Champion
from models.evaluation import CAPACITIES, Case, Event, evaluate, finds
from models.evaluation.lists import ModelList, list_of
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of
from pipelines.parameters import Parameters, Promote
from pipelines.steps.cards import renew
from pipelines.steps.facts import prepare
from pipelines.steps.history import history_engine, readings
from pipelines.steps.retrain import LEVELS
from pipelines.steps.stages import Tell
from pipelines.steps.training import registry

MOST_WEEKS = 8
TOLD = 10
"""So many cases of a week that are lost, and won, are printed; all are on file."""


@dataclass(frozen=True)
class Differing:
    """A case that one of the two lists lacks: its rank, whom it is about, and its reasons."""

    rank: int
    who: str
    reasons: list[str]


@dataclass(frozen=True)
class WeekCompared:
    """A week's two lists: how many of the champion's cases both hold, and those that are in one of them only. A sitting is one
    case of both whoever of its officials leads it."""

    week: str
    shared: int
    lost: list[Differing]
    won: list[Differing]


@dataclass(frozen=True)
class Alarms:
    """Over all weeks together: cases that quiet weeks were said to hold down to a level (`stated`), and how many there were
    (`found`): with a truth those that are no planted misuse, otherwise all."""

    level: int
    stated: int
    found: int


@dataclass(frozen=True)
class Figures:
    """What one model's lists are worth. `seconds`: of one week's list. Recall by capacity, by kind and by difficulty at the
    list's length, and the share of honest oddities among cases need a truth and are empty without one."""

    version: str
    seconds: float
    recall: dict[str, float]
    recall_of_kind: dict[str, float]
    recall_of_difficulty: dict[str, float]
    hard_negatives: float | None
    alarms: list[Alarms]


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
    capacity, both = parameters.score.capacity, (_Lists(champion), _Lists(other))
    compared = []
    for number, week in enumerate(weeks, start=1):
        tell(f"{week} by both models", number, len(weeks), 0.0)
        compared.append(_week(lake, week, both, parameters))
    events = None if truth is None else events_of(lake, truth)
    figures = [_figures(each, weeks, events, capacity) for each in both]
    done = Comparison(figures[0], figures[1], compared, capacity, truth is not None)
    with lake.replacing(lake.comparison(champion.version, other.version)) as draft:
        draft.write_text(json.dumps(asdict(done), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    found.write_figures(other.version, metrics(done))
    for model in (champion, other):
        renew(found, lake, model, parameters)
    return done


def read(lake: Lake, champion: str, other: str) -> Comparison | None:
    """The comparison on file; None if these two were not compared."""
    file = lake.comparison(champion, other)
    return _read(file) if file.exists() else None


def _read(file: Path) -> Comparison | None:
    content = json.loads(file.read_text(encoding="utf-8"))
    try:
        weeks = [
            WeekCompared(**week | {name: [Differing(**each) for each in week[name]] for name in ("lost", "won")})
            for week in content["weeks"]
        ]
        sides = [
            Figures(**content[name] | {"alarms": [Alarms(**each) for each in content[name]["alarms"]]})
            for name in ("champion", "other")
        ]
    except (KeyError, TypeError):  # an earlier program's, which says less: to be compared again
        return None
    return Comparison(sides[0], sides[1], weeks, content["capacity"], content["with_truth"])


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


@dataclass
class _Lists:
    """What gathers of one model over the weeks."""

    model: Champion
    cases: list[Case] = field(default_factory=list)
    equals: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0


def _week(lake: Lake, week: Week, both: tuple[_Lists, _Lists], parameters: Parameters) -> WeekCompared:
    now, found = readings(lake, week, parameters), []
    with history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        for side in both:
            started = time.perf_counter()
            each = list_of(engine, week, now, side.model, max(CAPACITIES[-1], parameters.score.capacity))
            side.seconds += time.perf_counter() - started
            side.cases += each.cases
            side.equals.append(each.equals)
            found.append(each)
    capacity = parameters.score.capacity

    def differing(own: ModelList, beside: ModelList, model: Champion) -> list[Differing]:
        ranks = own.lacking(beside, capacity)
        reasons = own.reasons(ranks, now, model)
        return [Differing(rank, _who(own.cases[rank - 1]), why) for rank, why in zip(ranks, reasons, strict=True)]

    champions, other = found
    lost = differing(champions, other, both[0].model)
    won = differing(other, champions, both[1].model)
    return WeekCompared(str(week), len(champions.cases[:capacity]) - len(lost), lost, won)


def _figures(side: _Lists, weeks: Sequence[Week], events: Sequence[Event] | None, capacity: int) -> Figures:
    version, each = side.model.version, side.seconds / len(weeks)
    if events is None:
        return Figures(version, each, {}, {}, {}, None, alarms(side.equals, [[True] * len(e) for e in side.equals]))
    named = [str(week) for week in weeks]
    judged = evaluate(side.cases, events, named, CAPACITIES)
    length = max((k for k in CAPACITIES if k <= capacity), default=CAPACITIES[0])
    of_difficulty = {
        level: evaluate(side.cases, [e for e in events if e.difficulty == level], named, (length,)).recall[length]
        for level in sorted({e.difficulty for e in events if e.difficulty and not e.hard_negative and e.week in named})
    }
    planted = [event for event in events if not event.hard_negative]
    false = [[not any(finds(c, e) for e in planted) for c in side.cases if c.week == week] for week in named]
    return Figures(
        version, each, {str(k): recall for k, recall in judged.recall.items()},
        {kind: recall[length] for kind, recall in judged.recall_of_kind.items()}, of_difficulty,
        judged.hard_negative_share[length], alarms(side.equals, false),
    )  # fmt: skip


def alarms(equals: Sequence[Sequence[float]], false: Sequence[Sequence[bool]]) -> list[Alarms]:
    """Stated against found for each level that the list of every week reaches; `false` says of each case whether it counts."""
    reached = [level for level in LEVELS if all(max(each, default=0.0) >= level for each in equals)]
    cases = [pair for each, counts in zip(equals, false, strict=True) for pair in zip(each, counts, strict=True)]
    return [Alarms(k, k * len(equals), sum(counts for equal, counts in cases if equal <= k)) for k in reached]


def metrics(done: Comparison) -> dict[str, float]:
    """The figures of the other model as MLflow keeps them, beside those of its training."""
    other = done.other
    found = {"compare.overlap": done.overlap, "compare.weeks": float(len(done.weeks)), "compare.seconds": other.seconds}
    found |= {f"compare.recall.{k}": recall for k, recall in other.recall.items()}
    found |= {f"compare.found_of_stated.{each.level}": each.found / each.stated for each in other.alarms}
    return found | ({} if other.hard_negatives is None else {"compare.hard_negatives": other.hard_negatives})


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
    champion, other = done.champion, done.other
    text = [_row("", "champion", "other"), _row("version", _short(champion), _short(other))]
    text += _shares("recall at ", champion.recall, other.recall)
    text += _shares("  ", champion.recall_of_kind, other.recall_of_kind)
    text += _shares("  difficulty ", champion.recall_of_difficulty, other.recall_of_difficulty)
    if champion.hard_negatives is not None and other.hard_negatives is not None:
        text += _shares("", {(n := "share hard negatives"): champion.hard_negatives}, {n: other.hard_negatives})
    text += _alarms(done)
    text.append(_row("seconds a week", f"{champion.seconds:.1f}", f"{other.seconds:.1f}"))
    text.append(
        f"{done.overlap:.0%} of the champion's first {done.capacity} cases of {len(done.weeks)} week(s) are kept"
    )
    for week in done.weeks:
        text.append(f"{week.week}: {week.shared} in both, {len(week.lost)} lost, {len(week.won)} won")
        text += _differing("lost", week.lost) + _differing("won", week.won)
    return text


def _row(name: str, champion: str, other: str) -> str:
    return f"{name:28}{champion:>14}{other:>14}"


def _shares(name: str, champion: Mapping[str, float], other: Mapping[str, float]) -> list[str]:
    return [_row(name + each, f"{share:.2f}", f"{other.get(each, 0.0):.2f}") for each, share in champion.items()]


def _alarms(done: Comparison) -> list[str]:
    """Found and stated in the words of the case: how many a quiet week is said to hold."""
    told = [
        {each.level: f"{each.found} of {each.stated}" for each in side.alarms} for side in (done.champion, done.other)
    ]
    levels = sorted({*told[0], *told[1]})
    if not levels:
        return []
    counted = "false alarms found, of those stated" if done.with_truth else "cases found, of the false alarms stated"
    return [counted, *(_row(f"  {level} a week", told[0].get(level, "-"), told[1].get(level, "-")) for level in levels)]


def _differing(word: str, cases: Sequence[Differing]) -> list[str]:
    text = []
    for case in cases[:TOLD]:
        text += [f"  {word:5} {case.rank}: {case.who}", *(f"          {reason}" for reason in case.reasons)]
    return [*text, f"  {word:5} and {len(cases) - TOLD} more"] if len(cases) > TOLD else text


def _short(figures: Figures) -> str:
    return figures.version.partition("@")[0]
