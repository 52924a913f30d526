"""Which events happen where and when, and their rows week by week."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from data_samples.simulator import disturbances
from data_samples.simulator.answers import Answers, Outage
from data_samples.simulator.batches import Campaign
from data_samples.simulator.casework import Cases, Week, World
from data_samples.simulator.chance import Ints, stream
from data_samples.simulator.lookups import Cast, cast_for, drawn, look_ups, subjects_of
from data_samples.simulator.requests import Requests
from data_samples.simulator.scenarios import DIFFICULTIES, Recipe, Scenario, library

_GRADE = {"A": 0, "B": 1, "C": 2}
_TRIES = 40


@dataclass
class Event:
    """One planted event and what has been settled about it."""

    number: int
    scenario: Scenario
    difficulty: str
    recipe: Recipe
    first_week: int
    counts: list[int]
    agencies: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    cast: Cast | None = None
    subjects: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    outage: Outage | None = None
    procedure: int = -1
    days: tuple[int, int] | None = None
    silent_weeks: list[int] = field(default_factory=list)

    @property
    def scenario_id(self) -> str:
        """Its name in truth."""
        return f"E{self.number:04d}-{self.scenario.name}-{self.difficulty}"

    def runs_in(self, number: int) -> bool:
        """Whether something of it happens in a week of the log."""
        return self.first_week <= number < self.first_week + len(self.counts)


def no_cases() -> Cases:
    """An empty list of applications."""
    return Cases(*(np.empty(0, dtype=np.int64) for _ in range(6)))


def programme(world: World) -> list[Event]:
    """All events of a world: every kind in turn, the three difficulties in equal shares."""
    s = world.settings
    rng = stream(s.seed, 8)
    first = max(0, s.weeks - s.planted_weeks)
    span = s.weeks - first
    events: list[Event] = []
    for kind, rate in (("misuse", s.misuse_a_week), ("hard_negative", s.hard_negatives_a_week)):
        pool = [x for x in library() if x.kind == kind and (not s.kinds or x.name in s.kinds)]
        number = round(rate * span) if pool else 0
        turns: list[int] = []
        while len(turns) < number:
            turns += rng.permutation(len(pool)).tolist()
        weeks = rng.permutation(np.arange(number) % span)
        for place in range(number):
            scenario = pool[turns[place]]
            first_turn, later = turns[: len(pool)].index(turns[place]), place // len(pool)
            difficulty = DIFFICULTIES[(first_turn + later) % 3]
            events.append(_event(len(events), scenario, difficulty, first, int(weeks[place]), s.weeks, rng))
    return events


def _event(
    number: int,
    scenario: Scenario,
    difficulty: str,
    first: int,
    offset: int,
    weeks: int,
    rng: np.random.Generator,
) -> Event:
    recipe = scenario.recipe(difficulty)
    lasts = min(recipe.weeks, weeks - first)
    begins = min(first + offset, weeks - lasts)
    total = drawn(recipe.requests, rng)
    share = recipe.growth ** np.arange(lasts)
    counts = np.diff(np.round(np.cumsum(share) / share.sum() * total), prepend=0).astype(int)
    return Event(number, scenario, difficulty, recipe, begins, counts.tolist())


class Planner:
    """Plants the events of a world as its weeks are made."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.events = programme(world)
        self.taken: set[int] = set()
        self.taken_agencies: set[int] = set()

    def _rng(self, event: Event, week: Week) -> np.random.Generator:
        return stream(self.world.settings.seed, 9, event.number, week.number)

    def plant(self, week: Week, honest: Requests, first_case: int) -> tuple[Requests, Cases, int]:
        """The planted requests of a week, the cases opened for them and the next free case number."""
        rows, cases = [Requests.none()], [no_cases()]
        for event in self.events:
            if not event.runs_in(week.number):
                continue
            rng = self._rng(event, week)
            if week.number == event.first_week:
                self._settle(event, week, honest, rng)
            more, opened = self._rows(event, week, honest, first_case, rng)
            first_case += len(opened.case)
            rows.append(more)
            cases.append(opened)
        joined = Cases(**{n: np.concatenate([vars(c)[n] for c in cases]) for n in vars(cases[0])})
        return Requests.joined(rows), joined, first_case

    def _rows(
        self, event: Event, week: Week, honest: Requests, first_case: int, rng: np.random.Generator
    ) -> tuple[Requests, Cases]:
        count = event.counts[week.number - event.first_week]
        if event.cast is not None:
            return look_ups(week, event.recipe, event.cast, event.number, count, honest, first_case, rng)
        if event.scenario.plant == "batch_insertion" and len(event.agencies):
            agency = int(event.agencies[0])
            return disturbances.inserted(week, agency, event.subjects, event.number, count, honest, rng), no_cases()
        if event.scenario.plant == "campaign" and len(event.agencies):
            rows = disturbances.town_campaign(week, int(event.agencies[0]), event.number, count, rng)
            event.procedure, event.days = int(rows.procedure[0]), (week.monday, week.monday + 6)
            return rows, no_cases()
        return Requests.none(), no_cases()

    def _settle(self, event: Event, week: Week, honest: Requests, rng: np.random.Generator) -> None:
        """Choose where an event happens; several places are tried until one has the people for it."""
        for _ in range(_TRIES):
            agencies = self._places(event, week, honest, rng)
            if not len(agencies):
                return
            if event.scenario.plant != "look_ups":
                event.agencies = agencies
                event.subjects = subjects_of(self.world, event.recipe, int(agencies[0]), rng)
                self.taken_agencies.add(int(agencies[0]))
                return
            cast = cast_for(week, event.recipe, agencies, self.taken, rng)
            if cast is not None:
                event.agencies, event.cast = agencies, cast
                self.taken.update(self.world.staff.user[cast.postings].tolist())
                return

    def _places(self, event: Event, week: Week, honest: Requests, rng: np.random.Generator) -> Ints:
        """Agencies whose log can show the event and whose week has enough work for it."""
        country = self.world.country
        planted = slice(max(0, self.world.settings.weeks - self.world.settings.planted_weeks), None)
        shown = country.grade[:, planted].min(axis=1) >= _GRADE[event.scenario.grade]
        rows = np.bincount(honest.agency, minlength=len(country))
        able = shown & (rows >= 20) & (country.valid_to > week.monday + 6)
        if event.scenario.plant == "batch_insertion":
            able &= np.bincount(honest.agency[honest.user < 0], minlength=len(country)) >= 50
        if event.scenario.plant in ("silence", "no_answers"):
            low, high = {"large": (0.7, 0.97), "middling": (0.3, 0.7), "small": (0.1, 0.3)}[event.recipe.size]
            low_rows, high_rows = np.quantile(rows[able], [low, high])
            able &= (rows >= low_rows) & (rows <= high_rows)
        if event.scenario.plant == "outage":
            asked = np.bincount(honest.provider, minlength=len(country))
            able = asked >= np.quantile(asked[asked > 0], 0.8)
        if event.scenario.plant != "look_ups":
            able[list(self.taken_agencies)] = False
        number = drawn(event.recipe.agencies, rng)
        pool = np.flatnonzero(able)
        weight = np.sqrt(rows[pool] + 1.0)
        if not len(pool):
            return pool
        return rng.choice(pool, min(number, len(pool)), replace=False, p=weight / weight.sum())

    def announced(self) -> list[Campaign]:
        """The campaigns of single towns that were announced, as far as they have come."""
        return [
            Campaign(f"CT{e.number:03d}", "独自給付金", e.procedure, e.agencies, None, *e.days, sum(e.counts))
            for e in self.events
            if e.recipe.announced and e.days is not None
        ]

    def outages(self, week: Week) -> list[Outage]:
        """Planted outages of providers; settled before the week's answers are drawn."""
        for event in self.events:
            due = event.scenario.plant == "outage" and event.first_week == week.number
            if due and event.outage is None and len(event.agencies):
                rng = self._rng(event, week)
                event.outage = disturbances.failing(self.world, week, int(event.agencies[0]), event.recipe, rng)
        return [e.outage for e in self.events if e.outage is not None]

    def tamper(self, week: Week, rows: Requests, answers: Answers) -> tuple[Requests, Answers]:
        """Records that vanish or lack answers, and the marks of outages."""
        for event in self.events:
            if event.outage is not None:
                hit = disturbances.hit_by(rows, event.outage)
                rows = rows.but(event=np.where(hit, event.number, rows.event))
            if not event.runs_in(week.number) or not len(event.agencies):
                continue
            agency, rng = int(event.agencies[0]), self._rng(event, week)
            if event.scenario.plant == "no_answers":
                rows, answers = disturbances.unanswered(rows, answers, agency, event.recipe.share, event.number, rng)
            if event.scenario.plant == "silence":
                kept = ~disturbances.silenced(rows, agency, week, event.recipe.share)
                rows = rows.take(kept)
                answers = Answers(**{n: v[kept] for n, v in vars(answers).items()})
                event.silent_weeks.append(week.number)
        return rows, answers
