"""The steps of a week: each runs only if something that it depends on has changed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from features.errors import ShirabeError, StorageError, TooLittleHistoryError
from features.weeks import Week
from pipelines.ingest.loading import Ingested, load
from pipelines.lake import Lake
from pipelines.lake.revisions import keep_tables, reported_revision
from pipelines.lake.stamps import Stamp
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps import inputs
from pipelines.steps.completeness import require_complete, require_loaded
from pipelines.steps.lineage import Lineage, Names
from pipelines.steps.retrain import advice_on_file, challenger_is_due

Tell = Callable[[str, int, int, float], None]
"""Takes what is done, how many of how many, and the seconds that are left."""


class WeekWork(Protocol):
    """What `pipelines.steps.work` does: the work itself, without the question whether it is needed."""

    def champion(self, lake: Lake) -> str | None:
        """The version of the registered champion; None if there is none."""

    def challenger(self, lake: Lake) -> str | None:
        """The version of the model that was trained to follow the champion; None if there is none."""

    def model(self, lake: Lake, week: Week) -> str | None:
        """The version of the model that may judge a week, which has not learned from it; None if there is none."""

    def prepare(self, lake: Lake, week: Week, parameters: Parameters, tell: Tell) -> None:
        """Facts, explanations and rules of a week and of the earlier weeks that lack them; `tell` of each."""

    def train(self, lake: Lake, until: Week, parameters: Parameters, tell: Tell, *, as_challenger: bool = True) -> str:
        """Train on the weeks before `until`, register, and name the version; the challenger, or for one week only."""

    def score(self, lake: Lake, week: Week, parameters: Parameters) -> object:
        """Write the result tables of a prepared week."""

    def report(self, lake: Lake, week: Week, revision: int, changed: Sequence[str], parameters: Parameters) -> Path:
        """Write a revision of the week's report and return the page's path."""


def week_work() -> WeekWork:
    """The real work, imported only when it is needed: it brings all heavy libraries."""
    return cast(WeekWork, importlib.import_module("pipelines.steps.work"))


@dataclass(frozen=True)
class Trained:
    """A model, and whether it is the champion or waits to be promoted."""

    version: str
    weeks: int
    already: bool
    champion: bool


@dataclass(frozen=True)
class Scored:
    """The tables of a week."""

    week: Week
    revision: int
    changed: tuple[str, ...]
    already: bool


@dataclass(frozen=True)
class Reported:
    """A week's report."""

    page: Path
    revision: int
    already: bool


@dataclass(frozen=True)
class Stages:
    """The steps on one lake with one set of parameters."""

    lake: Lake
    parameters: Parameters
    log: EventLog = field(default_factory=EventLog)

    @cached_property
    def lineage(self) -> Lineage:
        """Where lineage goes, if anybody asks for it."""
        return Lineage(self.lake, self.parameters.lineage.file, self.log)

    @contextmanager
    def _step(self, name: str, label: str, reads: Names, writes: Names) -> Iterator[None]:
        """A step, told to who watches, with what it reads and writes."""
        with self.lineage.step(name, reads, writes), self.log.step(name, label):
            yield

    def ingest(self, data: Path, mapping: Path | None = None) -> Ingested:
        """Load what is new below `data`; refused files are in the result. StorageError if it is no folder."""
        if mapping is None and data.is_file():
            raise StorageError(
                f"{data} is a file: give --data the folder that holds landing/ and reference/, "
                "or say with --mapping what the columns of this file are"
            )
        before = self.lake.loaded_files()
        with self._step(
            "ingest",
            f"loading {data}",
            lambda: [data / "landing", data / "reference"],
            lambda: [f for f, since in self.lake.loaded_files().items() if before.get(f) != since],
        ):
            return load(data, self.lake, mapping, self.parameters.ingest)

    def train(self, until: Week | None = None, *, as_challenger: bool = True) -> Trained:
        """Train on the weeks before `until` (default: on all); TooLittleHistoryError if they are too few.

        The first model of all is the champion by itself; every later one is the challenger, until somebody promotes
        it. Without `as_challenger` it is for the week `until` only.
        """
        until = until or self._after_last_week()
        self.require_history(until)
        weeks = inputs.learned_weeks(self.lake, until, self.parameters)
        needed = inputs.of_training(self.lake, until, self.parameters)
        file = self.lake.stamp("train", until)
        stamp = Stamp.read(file)
        work = week_work()
        champion = work.champion(self.lake)
        there = (champion, work.challenger(self.lake)) if as_challenger else (work.model(self.lake, until),)
        if stamp is not None and not stamp.changed(needed) and stamp.outcome["version"] in there:
            version = str(stamp.outcome["version"])
            return Trained(version, len(weeks), already=True, champion=version == champion)
        # Said before it is done: killed after registering, the next run finishes it and gets the same version.
        Stamp({}, {"version": ""}).write(self.lake, file)
        made: list[str] = []
        with self._step(
            "train",
            f"training on {len(weeks)} weeks",
            lambda: [*map(self.lake.log, weeks), *self.lake.references()],
            lambda: [self.lake.card(version).parent for version in made],
        ):
            version = work.train(self.lake, until, self.parameters, self.log.part, as_challenger=as_challenger)
            made.append(version)
        Stamp(needed, {"version": version}).write(self.lake, file)
        return Trained(version, len(weeks), already=False, champion=version == work.champion(self.lake))

    def train_advised(self, week: Week) -> Trained | None:
        """A challenger that has learned until a scored week, if one is advised there, `retrain.by_itself` allows it, and none
        waits that is nearly as new; None otherwise. It is never promoted."""
        if not self.parameters.retrain.by_itself or not advice_on_file(self.lake, week).get("advised"):
            return None
        due = challenger_is_due(self.lake, week, week_work().challenger(self.lake))
        return self.train(week.shift(1)) if due else None

    def score(self, week: Week, *, force: bool = False, with_new_champion: bool = False) -> Scored:
        """Score a week; tables behind a report are kept aside first, and the result is its next revision.

        TooLittleHistoryError if too few weeks lie before it; a week is never judged by a model that has seen it: where
        the champion has, by an earlier one, or by one of its own.

        A week that was scored is left alone until something that it depends on changes; a new champion counts
        as such a change only `with_new_champion`, so that reported scores stay fixed.
        """
        changed = self.changed_since_scored(week, with_new_champion=with_new_champion)
        file = self.lake.stamp("score", week)
        stamp = Stamp.read(file)
        if stamp is not None and not changed and self.lake.cases(week).exists():
            return Scored(week, int(stamp.outcome["revision"]), (), already=True)
        require_loaded(week, self.lake.weeks())
        if not force:
            require_complete(self.lake, week, self.parameters.score.complete)
        self.require_history(week)  # a champion of later weeks makes no past for the first ones
        reported = reported_revision(self.lake, week)
        if reported:
            keep_tables(self.lake, week, reported)
        self._score(week, file, reported + 1, changed)
        return Scored(week, reported + 1, tuple(changed), already=False)

    def _score(self, week: Week, file: Path, revision: int, changed: Sequence[str]) -> None:
        work = week_work()
        if work.model(self.lake, week) is None or self._training_was_cut_short(week):
            self.train(week, as_challenger=False)
        with self._step(
            "features",
            f"facts and features of {week}",
            lambda: [self.lake.log(week), *self.lake.references()],
            lambda: self.lake.all_facts(week),
        ):
            work.prepare(self.lake, week, self.parameters, self.log.part)
        judge = work.model(self.lake, week) or ""
        with self._step(
            "score",
            f"scoring {week}",
            lambda: [self.lake.log(week), *self.lake.all_facts(week), self.lake.card(judge).parent],
            lambda: self.lake.tables(week),
        ):
            work.score(self.lake, week, self.parameters)
        needed = inputs.of_scoring(self.lake, week, self.parameters)
        Stamp(needed | {inputs.MODEL: judge}, {"revision": revision, "changed": ", ".join(changed)}).write(
            self.lake, file
        )

    def _training_was_cut_short(self, until: Week) -> bool:
        stamp = Stamp.read(self.lake.stamp("train", until))
        return stamp is not None and not stamp.inputs

    def report(self, week: Week) -> Reported:
        """Write the report of a scored week, as a new revision if one was reported from something else."""
        scored = Stamp.read(self.lake.stamp("score", week))
        if scored is None:
            raise ShirabeError(f"{week} is not scored yet; run `shirabe score --week {week}` first")
        needed = inputs.of_reporting(self.lake, week, self.parameters)
        file = self.lake.stamp("report", week)
        stamp = Stamp.read(file)
        revision = self._revision_to_write(week, stamp, needed)
        page = self.lake.report(week, revision) / "report.html"
        if stamp is not None and not stamp.changed(needed) and stamp.outcome["finished"] and page.exists():
            return Reported(page, revision, already=True)
        changed = self._changed_since_reported(stamp, scored, needed)
        said: dict[str, str | int] = {"revision": revision, "changed": ", ".join(changed)}
        # Said before it is written: killed in between, the next run writes this revision and not one more.
        Stamp(needed, said | {"finished": 0}).write(self.lake, file)
        with self._step(
            "report", f"writing the report of {week}", lambda: self.lake.tables(week), lambda: [page.parent]
        ):
            page = week_work().report(self.lake, week, revision, changed, self.parameters)
        Stamp(needed, said | {"finished": 1}).write(self.lake, file)
        return Reported(page, revision, already=False)

    def _changed_since_reported(self, stamp: Stamp | None, scored: Stamp, needed: Mapping[str, str]) -> list[str]:
        """What a reader is told has changed: what the tables depend on, and what only people who read see."""
        if stamp is not None and not stamp.changed(needed) and "changed" in stamp.outcome:  # a killed run goes on
            return [name for name in str(stamp.outcome["changed"]).split(", ") if name]
        changed = [name for name in str(scored.outcome["changed"]).split(", ") if name]
        seen = [] if stamp is None else [name for name in stamp.changed(needed) if name in inputs.SEEN_BY_READERS]
        return changed + seen if stamp is None or stamp.differs({"scoring": needed["scoring"]}) or not seen else seen

    def _revision_to_write(self, week: Week, stamp: Stamp | None, needed: Mapping[str, str]) -> int:
        if stamp is not None and not stamp.changed(needed):
            return int(stamp.outcome["revision"])
        return reported_revision(self.lake, week) + 1

    def was_scored(self, week: Week) -> bool:
        """Whether the week's tables were written to the end."""
        return self.lake.stamp("score", week).exists()

    def changed_since_scored(self, week: Week, *, with_new_champion: bool = False) -> list[str]:
        """Names of what the week's tables depend on and that changed; empty also if it was never scored."""
        stamp = Stamp.read(self.lake.stamp("score", week))
        if stamp is None:
            return []
        needed = inputs.of_scoring(self.lake, week, self.parameters)
        if with_new_champion:
            needed[inputs.MODEL] = week_work().model(self.lake, week) or ""
        return stamp.changed(needed, apart_from=() if with_new_champion else (inputs.MODEL,))

    def changed_reported_weeks(self) -> list[Week]:
        """Weeks whose own log changed after they were reported."""
        found = []
        for week in self.lake.weeks():
            stamp = Stamp.read(self.lake.stamp("score", week))
            if stamp is None or not reported_revision(self.lake, week):
                continue
            if stamp.differs(inputs.own_log(self.lake, week)):
                found.append(week)
        return found

    def require_history(self, until: Week, coming: Collection[Week] = ()) -> None:
        """TooLittleHistoryError if the weeks before, those that are `coming` among them, are too few to say of `until` what is
        usual."""
        weeks = {week for week in {*self.lake.weeks(), *coming} if week < until}
        needed = self.parameters.train.at_least_weeks
        if len(weeks) < needed:
            raise TooLittleHistoryError(
                f"{len(weeks)} week(s) before {until} are loaded, {needed} are needed to learn what is usual; deliver "
                "earlier weeks, ask for a later week, or lower train.at_least_weeks in a parameter file"
            )

    def _after_last_week(self) -> Week:
        weeks = self.lake.weeks()
        if not weeks:
            raise TooLittleHistoryError(f"{self.lake.root}: no week is loaded; run `shirabe ingest` first")
        return weeks[-1].shift(1)
