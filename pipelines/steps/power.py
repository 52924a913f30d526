"""`shirabe power`: which declared misuse a week's list would have held, measured on copies of the lake's own weeks."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from features.catalogue import kept_tables
from features.errors import NoUsableModelError, ShirabeError
from features.weeks import Week
from models.bundle import Champion
from models.evaluation.power import CAPACITIES, LEVELS, scenarios
from models.evaluation.power.ground import KNOWN_WEEKS, Ground
from models.evaluation.power.listing import Strangest, ranks, strangest
from models.evaluation.power.planting import Round, Sown, lacking, sow
from models.evaluation.power.table import Rate, figures, rates, to_arrow
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.lake.locks import require_lake
from pipelines.parameters import Parameters
from pipelines.steps.cards import renew
from pipelines.steps.facts import engine_for, existing_facts, make_facts
from pipelines.steps.history import history_engine, readings
from pipelines.steps.training import has_registry, registry

if TYPE_CHECKING:
    from models.statistics import WeekStatistics
    from pipelines.steps.stages import Tell


@dataclass(frozen=True)
class Power:
    """The result for a week's list: its rows, the weeks that were planted on, and how many events there were."""

    week: Week
    model_version: str
    weeks: tuple[Week, ...]
    rows: tuple[Rate, ...]
    events: int


@dataclass(frozen=True)
class Planted:
    """A changed week: the lake that holds it, what was planted, and by kind the columns that it could not do without."""

    lake: Lake
    week: Week
    round: Round
    lacks: Mapping[str, tuple[str, ...]]

    def found(
        self, now: WeekStatistics, parameters: Parameters, model: Champion, clean: Strangest
    ) -> list[tuple[Sown, int]]:
        """What was planted, each with its place in the model's list `clean` of the week as it was; `now` are the statistics of the
        changed week."""
        sown = self.round.sown
        with history_engine(self.lake, self.week, parameters) as engine:
            engine.view("week_log", [self.lake.log(self.week)])
            return list(zip(sown, ranks(engine, self.week, now, model, sown, clean), strict=True))


def measure(lake: Lake, week: Week, parameters: Parameters, rounds: int, seed: int, tell: Tell) -> Power:
    """Plant, score and look in the list, in as many rounds, and write the result; `tell` is told of each round.

    Rounds go through the week and the weeks before it from which its model has not learned. ShirabeError if the week is
    not scored, NoUsableModelError if no model may judge it. In the lake only the result is
    another afterwards, and in MLflow its shares are metrics of the model's run.
    """
    require_lake(lake)
    if not lake.cases(week).exists():
        raise ShirabeError(f"{week} is not scored yet; run `shirabe score --week {week}` first")
    if not has_registry(lake):
        raise NoUsableModelError("no champion is registered; run `shirabe train` first")
    champion = registry(lake).model(str(week))
    weeks = _weeks(lake, week, champion, rounds)
    kinds = scenarios()
    clean = {each: unplanted(lake, each, readings(lake, each, parameters), parameters, champion) for each in weeks}
    ranked: list[tuple[Sown, int]] = []
    lacks: dict[str, tuple[str, ...]] = {}
    started = time.monotonic()
    for number in range(rounds):
        each = weeks[number % len(weeks)]
        with planted(lake, each, parameters, clean[each].entities, [seed, number]) as changed:
            lacks |= changed.lacks
            now = readings(changed.lake, each, parameters)
            ranked += changed.found(now, parameters, champion, clean[each])
        left = (time.monotonic() - started) / (number + 1) * (rounds - number - 1)
        tell(f"misuse planted into {each}", number + 1, rounds, left)
    result = rates(kinds, ranked, lacks, str(week), champion.version)
    with lake.replacing(lake.power(week)) as draft:
        pq.write_table(to_arrow(result), draft, compression="zstd")
    registry(lake).write_figures(champion.version, figures(result))
    renew(registry(lake), lake, champion, parameters)
    return Power(week, champion.version, tuple(sorted(set(weeks[:rounds]))), tuple(result), len(ranked))


def unplanted(lake: Lake, week: Week, now: WeekStatistics, parameters: Parameters, model: Champion) -> Strangest:
    """The model's list of the week as it is, whose statistics are `now`."""
    with history_engine(lake, week, parameters) as engine:
        engine.view("week_log", [lake.log(week)])
        return strangest(engine, week, now, model)


def _weeks(lake: Lake, week: Week, champion: Champion, most: int) -> list[Week]:
    """The week, and those before it from which the model has not learned and whose facts are there, the latest first."""
    until = str(champion.bundle.parameters["until"])
    unseen = [each for each in lake.weeks() if until <= str(each) <= str(week) and lake.stamp("facts", each).exists()]
    return sorted({*unseen, week}, reverse=True)[:most]


@contextmanager
def planted(
    lake: Lake, week: Week, parameters: Parameters, listed: Collection[str], seed: Sequence[int]
) -> Iterator[Planted]:
    """A copy of the week with declared misuse planted, its facts made; thrown away at the end. Entities that are `listed` are left
    alone; the same seed plants the same."""
    with _scratch(lake, week) as copy:
        with _ground(lake, week, parameters) as ground:
            filled = ground.filled()
            kinds = scenarios()
            lacks = {kind.name: missing for kind in kinds if (missing := lacking(kind, filled))}
            able = [kind for kind in kinds if kind.name not in lacks]
            rng = np.random.default_rng([*seed, week.monday.toordinal()])
            sown = sow(ground, able, listed, pq.read_metadata(lake.log(week)).num_rows, rng)
            sown.write(ground.engine, copy.log(week))
        make_facts(copy, week, parameters, {})
        yield Planted(copy, week, sown, lacks)


@contextmanager
def _ground(lake: Lake, week: Week, parameters: Parameters) -> Iterator[Ground]:
    logs = [lake.log(week.shift(-back)) for back in range(KNOWN_WEEKS + 1)]
    with engine_for(lake, parameters) as engine:
        there = [log for log in logs if log.exists()]
        yield Ground.opened(engine, week, there, lake.reference("cases"), lake.reference("agencies"))


@contextmanager
def _scratch(lake: Lake, week: Week) -> Iterator[Lake]:
    """A lake beside this one's drafts that has the same earlier weeks and reference tables by link, and is thrown away."""
    staging = lake.root / ".staging"
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="power-", dir=staging) as folder:
        copy = Lake(Path(folder))
        files = [lake.reference(table) for table in REFERENCE_TABLES]
        files += [
            file
            for table in kept_tables()
            if table.kept
            for file in existing_facts(lake, table.name, week, table.kept.weeks)
        ]
        for file in files:
            link = copy.root / file.relative_to(lake.root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file.resolve())
        yield copy


def lines(power: Power) -> list[str]:
    """The result as a table for a person."""
    planted_on = ", ".join(str(week) for week in power.weeks)
    head = f"{'kind':44}{'level':9}{'amount':>8}{'planted':>9}" + "".join(f"{f'@{k}':>6}" for k in CAPACITIES)
    text = [
        f"{power.events} events planted into copies of {planted_on}; model {power.model_version}",
        head + "   95 % at 50",
    ]
    declared = {kind.name: kind for kind in scenarios()}
    for kind in declared.values():
        own = [row for row in power.rows if row.kind == kind.name]
        if own[0].lacks:
            text.append(f"{kind.label.en:44}not measurable: this log has no {', '.join(own[0].lacks)}")
            continue
        text += [_line(kind.label.en, [row for row in own if row.level == level]) for level in LEVELS]
    return text


def _line(label: str, at: Sequence[Rate]) -> str:
    first, last = at[0], at[-1]
    start = f"{label:44}{first.level:9}{first.amount:8d}{first.planted:9d}"
    if last.low is None or last.high is None:
        return f"{start}  no place in this log to plant it"
    return start + "".join(f"{row.share or 0.0:6.2f}" for row in at) + f"   {last.low:.2f}-{last.high:.2f}"


def as_json(power: Power) -> str:
    """The same as one JSON object."""
    return json.dumps(
        {"week": str(power.week), "model_version": power.model_version, "weeks": [str(week) for week in power.weeks],
         "events": power.events, "rows": [asdict(row) for row in power.rows]},
        ensure_ascii=False,
    )  # fmt: skip
