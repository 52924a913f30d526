"""Judging parameters of training: a model for each of some weeks from the weeks before it, by truth or by planted misuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from features.errors import ShirabeError
from features.weeks import Week
from models.bundle import Champion
from models.cases.listing import listed
from models.evaluation import CAPACITIES, Case, Event, cases_of_findings, evaluate
from models.evaluation.power import CAPACITIES as POWER_CAPACITIES
from models.ranking.findings import find
from models.ranking.scores import learned_of, learned_of_agencies
from models.statistics import WeekStatistics
from models.training import train
from pipelines.lake import Lake
from pipelines.parameters import Parameters, Train
from pipelines.steps.history import history_engine, readings
from pipelines.steps.inputs import learned_weeks
from pipelines.steps.power import Planted, planted, unplanted
from pipelines.steps.retrain import JUDGED_FROM, Level, levels


@dataclass(frozen=True)
class Judged:
    """Which share of `events` the lists held, by their length, and what lists were promised to hold (`levels`)."""

    recall: Mapping[int, float]
    events: int
    levels: tuple[Level, ...]

    @property
    def promise_holds(self) -> bool:
        """Whether as many cases were found as a quiet week is promised; true too where the weeks are too few to tell."""
        return all(level.holds for level in self.levels if level.beyond >= JUDGED_FROM)

    def at(self, capacity: int) -> int:
        """The length of list that is judged for inspectors of this capacity: the greatest that they can read."""
        return max((k for k in self.recall if k <= capacity), default=min(self.recall))

    def figures(self, capacity: int) -> dict[str, float]:
        """By name. The objective is recall at capacity; among equals what shorter lists hold counts, for less than one event;
        where the promise does not hold it is 2 less: below every model that keeps it."""
        length = self.at(capacity)
        shorter = float(np.mean([share for k, share in self.recall.items() if k <= length]))
        objective = self.recall[length] + shorter / (2 * self.events) - 2.0 * (not self.promise_holds)
        found = {f"recall_{k}": share for k, share in self.recall.items() if k <= length}
        found |= {f"found_of_{level.level}": level.found / level.weeks for level in self.levels}
        return found | {
            "objective": objective, "events": float(self.events), "promise_holds": float(self.promise_holds)
        }  # fmt: skip


@dataclass
class Bench:
    """Weeks that parameters are judged on. What does not depend on them is made once, when it is first asked for: the weeks'
    statistics, and without `events` copies of the weeks with misuse planted, away from whom the present parameters list."""

    lake: Lake
    parameters: Parameters
    events: Sequence[Event] | None
    _copies: ExitStack = field(default_factory=ExitStack)
    _changed: dict[Week, tuple[Planted, WeekStatistics]] = field(default_factory=dict)
    _read: dict[Week, WeekStatistics] = field(default_factory=dict)

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *raised: object) -> None:
        self._copies.close()

    def week(self, week: Week) -> WeekStatistics:
        """All statistics of a week, read once."""
        if week not in self._read:
            self._read[week] = readings(self.lake, week, self.parameters)
        return self._read[week]

    def model(self, settings: Train, week: Week) -> Champion:
        """What these parameters learn from the weeks before; it is registered nowhere."""
        weeks = learned_weeks(self.lake, week, self.parameters.with_train(settings))
        history = [self.week(each) for each in weeks]
        return Champion("trial", train(history, settings.seed, {}, str(week), sizes=settings.detectors.sizes()))

    def changed(self, week: Week) -> tuple[Planted, WeekStatistics]:
        """A copy of the week with misuse planted, and its statistics; the seed of the search plants the same."""
        if week not in self._changed:
            usual = self.model(self.parameters.train, week)
            seen = unplanted(self.lake, week, self.week(week), self.parameters, usual).entities
            seed = [self.parameters.search.seed, 0]
            copy = self._copies.enter_context(planted(self.lake, week, self.parameters, seen, seed))
            self._changed[week] = copy, readings(copy.lake, week, self.parameters)
        return self._changed[week]

    def judged(self, settings: Train, weeks: Sequence[Week]) -> Judged:
        """These parameters on these weeks; ShirabeError where nothing is known to be found in them."""
        found = self._by_planted(settings, weeks) if self.events is None else self._by_truth(settings, weeks)
        if not found.events:
            raise ShirabeError(
                f"no misuse is known in {weeks[0]} to {weeks[-1]}, so that nothing tells one model from another; give a "
                "--truth of these weeks, or a lake of more officials, where some can be planted"
            )
        return found

    def _by_truth(self, settings: Train, weeks: Sequence[Week]) -> Judged:
        cases: list[Case] = []
        expected = []
        for week in weeks:
            now, model = self.week(week), self.model(settings, week)
            findings = find(now, model.tails, learned_of(model, now), learned_of_agencies(model))
            with history_engine(self.lake, week, self.parameters) as engine:
                engine.view("week_log", [self.lake.log(week)])
                chosen, proofs = listed(engine, findings, now, week, CAPACITIES[-1])
            cases += cases_of_findings(chosen, proofs, week)
            expected.append(np.exp(chosen.log_expected).tolist())
        done = evaluate(cases, self.events or (), [str(week) for week in weeks], CAPACITIES)
        return Judged(done.recall, done.events, _reached(expected))

    def _by_planted(self, settings: Train, weeks: Sequence[Week]) -> Judged:
        places: list[int] = []
        expected = []
        for week in weeks:
            model = self.model(settings, week)
            clean = unplanted(self.lake, week, self.week(week), self.parameters, model)
            changed, now = self.changed(week)
            places += [place for _, place in changed.found(now, self.parameters, model, clean)]
            expected.append(np.exp(clean.findings.log_expected).tolist())
        recall = {k: sum(place <= k for place in places) / max(len(places), 1) for k in POWER_CAPACITIES}
        return Judged(recall, len(places), _reached(expected))


def _reached(expected: Sequence[list[float]]) -> tuple[Level, ...]:
    """Stated against found, as far down as the list of every week goes."""
    return levels(expected) if all(expected) else ()
