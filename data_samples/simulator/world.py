"""Week after week: honest work, what is planted in it, answers, files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from data_samples.simulator.answers import Answers, answered, asked_again, outages
from data_samples.simulator.batches import announce, campaigns_of, nightly
from data_samples.simulator.casework import Cases, Sittings, Week, World, asked, new_cases
from data_samples.simulator.chance import Ints
from data_samples.simulator.columns import Names, columns
from data_samples.simulator.delivery import Delivered, Landing
from data_samples.simulator.planting import Planner
from data_samples.simulator.reference import CaseRegister, write_reference
from data_samples.simulator.requests import Requests
from data_samples.simulator.seasons import ORIGIN
from data_samples.simulator.settings import DAY, Settings
from data_samples.simulator.truth import Truth
from features.weeks import Week as IsoWeek

WARM_UP = 4
"""Weeks before the log whose cases are simulated."""
Progress = Callable[[int, int, int], None]
"""Called after each week with weeks done, weeks in all and rows so far."""


def simulate(
    out: Path,
    weeks: int,
    agencies: int,
    seed: int,
    last_week: IsoWeek,
    misuse: bool = True,
    *,
    hard_negatives: bool = True,
    messy: bool = True,
    rows_a_week: int | None = None,
    officials: int | None = None,
    planted_weeks: int = 8,
    events_a_week: float | None = None,
    kinds: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> int:
    """Write a DATA folder of the log contract and `truth.parquet` beside it; returns the number of requests.

    `misuse=False` with `hard_negatives=False` gives honest work only. Events are planted in the last
    `planted_weeks`; `kinds` restricts them to some scenarios. Raises BadParametersError for sizes that make
    no world.
    """
    settings = Settings(
        weeks, agencies, seed, last_week, misuse, hard_negatives, messy,
        rows_a_week, officials, planted_weeks, events_a_week, kinds,
    )  # fmt: skip
    return _Simulation(out, World(settings)).run(progress)


@dataclass
class _Pending:
    """What earlier weeks have caused for later ones."""

    sittings: list[Sittings]
    repeats: Requests


class _Simulation:
    def __init__(self, out: Path, world: World) -> None:
        self.world, self.out = world, out
        self.names = Names.of(world)
        self.campaigns = announce(world)
        self.outages = outages(world)
        self.landing = Landing(out / "landing", world)
        self.planner = Planner(world)
        self.truth = Truth(world, self.names)
        self.pending = _Pending([], Requests.none())
        self.cases = 0
        self.requests = 0

    def run(self, progress: Progress | None) -> int:
        """All weeks, then the tables that list them."""
        settings = self.world.settings
        register = CaseRegister(self.out / "reference", self.world, self.names)
        for number in range(-WARM_UP, 0):
            # Cases of the weeks before still cause requests; without them the log would begin too quiet.
            self._prelude(Week(self.world, number, settings.first_day + 7 * number), register)
        for number in range(settings.weeks):
            week = Week(self.world, number, settings.first_day + 7 * number)
            self._week(week, register)
            if progress is not None:
                progress(number + 1, settings.weeks, self.requests)
        self.landing.deliver_late(week)
        register.close()
        write_reference(self.out / "reference", self.world, self.names, [*self.campaigns, *self.planner.announced()])
        self.truth.write(self.out / "truth.parquet")
        _write_manifest(self.out / "landing", self.landing.finish())
        return self.requests

    def _prelude(self, week: Week, register: CaseRegister) -> None:
        cases, sittings = new_cases(week, self.cases)
        self.cases = int(cases.case[-1]) + 1 if len(cases.case) else self.cases
        later = sittings.take(sittings.day >= week.world.settings.first_day)
        self.pending.sittings.append(later)
        register.add(cases)

    def _week(self, week: Week, register: CaseRegister) -> None:
        cases, sittings = new_cases(week, self.cases)
        self.cases = int(cases.case[-1]) + 1 if len(cases.case) else self.cases
        honest = Requests.joined([
            asked(week, self._due(week, sittings)), self._repeats_due(week), nightly(week),
            campaigns_of(week, self.campaigns),
        ])  # fmt: skip
        planted, more_cases, self.cases = self.planner.plant(week, honest, self.cases)
        register.add(Cases(**{n: np.concatenate([v, vars(more_cases)[n]]) for n, v in vars(cases).items()}))
        rows, answers = self._answered(week, Requests.joined([honest, planted]))
        rows, answers = self.planner.tamper(week, rows, answers)
        order = np.lexsort((rows.time, self.landing.sources[rows.agency]))
        rows, answers = rows.take(order), _reordered(answers, order)
        number = self._numbers(rows)
        self.truth.note(week, rows, number, self.planner)
        self.landing.deliver(week, columns(week, self.names, rows, answers, number), rows)

    def _due(self, week: Week, fresh: Sittings) -> Sittings:
        """This week's sittings; later ones wait."""
        waiting = Sittings.joined([*self.pending.sittings, fresh])
        now = week.holds(waiting.day)
        last = week.world.settings.first_day + 7 * week.world.settings.weeks
        self.pending.sittings = [waiting.take(~now & (waiting.day < last))]
        return waiting.take(now)

    def _repeats_due(self, week: Week) -> Requests:
        day = self.pending.repeats.time // DAY
        due = self.pending.repeats.take(week.holds(day))
        there = week.present[due.posting, due.time // DAY - week.monday]
        self.pending.repeats = self.pending.repeats.take(day >= week.monday + 7)
        return due.take(there)

    def _answered(self, week: Week, rows: Requests) -> tuple[Requests, Answers]:
        """Answers, and the repeats that they cause; a repeat of this week is answered at once."""
        down = self.outages + self.planner.outages(week)
        rows, answers = answered(week, rows, down, 4)
        again = asked_again(week, rows, 5)
        now = week.holds(again.time // DAY)
        self.pending.repeats = Requests.joined([self.pending.repeats, again.take(~now & (again.event < 0))])
        repeats = again.take(now)
        repeats = repeats.take(week.present[repeats.posting, repeats.time // DAY - week.monday])
        repeats, more = answered(week, repeats, down, 6)
        return Requests.joined([rows, repeats]), _joined(answers, more)

    def _numbers(self, rows: Requests) -> Ints:
        """Running numbers in order of time over all agencies, as the network would give them."""
        number = np.empty(len(rows), dtype=np.int64)
        number[np.argsort(rows.time, kind="stable")] = self.requests + np.arange(len(rows))
        self.requests += len(rows)
        return number


def _reordered(answers: Answers, order: Ints) -> Answers:
    return Answers(**{name: values[order] for name, values in vars(answers).items()})


def _joined(first: Answers, second: Answers) -> Answers:
    return Answers(**{n: np.concatenate([v, vars(second)[n]]) for n, v in vars(first).items()})


def _write_manifest(folder: Path, delivered: list[Delivered]) -> None:
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(["file", "rows", "sha256", "source", "period_from", "period_to"])
        for file in delivered:
            begins = ORIGIN + timedelta(days=file.monday)
            out.writerow([file.name, file.rows, file.sha256, file.source, begins, begins + timedelta(days=6)])
