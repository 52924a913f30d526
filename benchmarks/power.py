"""Does `shirabe power` agree with a world's own planted events? `python -m benchmarks.power LAKE TRUTH --week WEEK`.

The kinds of a simulated world are made by other code than the scenarios that are planted into its log. Where the two mean the same
misuse, the number of the world's events that the lists of all scored weeks held is set beside the number that power leads one to
expect, each event at the level that is nearest to it in size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.weeks import Week
from models.evaluation import Event, finds, read_cases
from models.evaluation.power.table import Rate
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of, judged_weeks
from pipelines.parameters import Parameters
from pipelines.steps.power import measure

CAPACITY = 50
DRAWS = 20_000
"""Enough that the ends of an interval, whole numbers of events, stay where they are from seed to seed."""
SAME = {
    "without_reason": ("favour", "fishing", "household_snooping", "relatives", "drip", "acquaintances"),
    "same_person": ("same_person_again",),
    "night": ("night_work",),
    "out_of_role": ("foreign_procedure", "after_transfer"),
}  # fmt: skip
"""Kinds of power, and what the two simulators call the same misuse by one official. An agency that is wholly silent is not one whose
records are missing in part, an official who reads more items no agency that begins to: those are not held beside each other."""
SIZE: Mapping[str, Callable[[Event, pd.DataFrame], int]] = {
    "without_reason": lambda event, _: len(event.subjects),
    "same_person": lambda _, rows: rows.requested_at.dt.date.nunique(),
    "night": lambda event, _: len(event.subjects),
    "out_of_role": lambda event, _: len(event.requests),
}
"""What the levels of each kind count: people, days, requests."""


@dataclass(frozen=True)
class Own:
    """A planted event of the world: its size as the kind of power counts it, and whether it was listed."""

    size: int
    listed: bool


def of_world(lake: Lake, truth: Path) -> dict[str, list[Own]]:
    """By kind of power, the world's planted events of the scored weeks that one official made.

    Of an event over several weeks the first counts: what power plants has no week before it that would count with it.
    """
    every = [e for e in events_of(lake, truth) if not e.hard_negative and len(e.users) == 1]
    first: dict[str, str] = {}
    for event in every:
        first[event.scenario_id] = min(first.get(event.scenario_id, event.week), event.week)
    found: dict[str, list[Own]] = defaultdict(list)
    for week in judged_weeks(lake, truth):
        cases = read_cases(pq.read_table(lake.cases(week), partitioning=None).to_pandas())
        log = pq.read_table(lake.log(week), columns=["request_id", "requested_at"], partitioning=None).to_pandas()
        for event in (e for e in every if e.week == str(week) == first[e.scenario_id]):
            listed = any(case.rank <= CAPACITY and finds(case, event) for case in cases)
            for kind in (kind for kind, names in SAME.items() if event.scenario in names):
                size = SIZE[kind](event, log[log.request_id.isin(event.requests)])
                found[kind].append(Own(size, listed))
    return found


def nearest(size: int, rows: Sequence[Rate]) -> Rate:
    """The level whose amount is nearest by its logarithm: twice is as far as half."""
    return min(rows, key=lambda row: abs(np.log(max(size, 1) / row.amount)))


def predicted(at: Sequence[Rate], rng: np.random.Generator) -> tuple[float, int, int]:
    """How many of events at these levels are to be listed: the mean, and 95 % of draws from what power says (each level's share
    after its trials, Jeffreys' prior), so that few trials and few events widen it alike."""
    drawn = np.zeros(DRAWS, dtype=np.int64)
    for level in {row.level for row in at}:
        own = [row for row in at if row.level == level]
        share = rng.beta(own[0].listed + 0.5, own[0].planted - own[0].listed + 0.5, DRAWS)
        drawn += rng.binomial(len(own), share)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(drawn.mean()), int(low), int(high)


def beside(world: Mapping[str, Sequence[Own]], rows: Sequence[Rate], seed: int = 1) -> Iterator[str]:
    """A line for each kind that both have, and whether the world's number lies in the interval that power gives."""
    yield f"{'kind':18}{'events':>7}{'sizes':>10}{'listed':>8}{'expected':>10}  interval"
    for kind, events in world.items():
        at = [row for row in rows if row.kind == kind and row.capacity == CAPACITY and row.planted]
        if not events or not at:
            continue
        mean, low, high = predicted([nearest(e.size, at) for e in events], np.random.default_rng(seed))
        listed, sizes = sum(e.listed for e in events), f"{min(e.size for e in events)}-{max(e.size for e in events)}"
        verdict = "agrees" if low <= listed <= high else "above" if listed > high else "below"
        yield f"{kind:18}{len(events):7d}{sizes:>10}{listed:8d}{mean:10.1f}  {low}-{high} {verdict}"


@click.command()
@click.argument("lake", type=click.Path(path_type=Path, exists=True))
@click.argument("truth", type=click.Path(path_type=Path, exists=True))
@click.option("--week", required=True)
@click.option("--rounds", default=4, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(lake: Path, truth: Path, week: str, rounds: int, seed: int) -> None:
    """Measure, and print the world's own recall beside it. LAKE has scored weeks; the result is written as by power."""
    power = measure(Lake(lake), Week.parse(week), Parameters(), rounds, seed, lambda *_: None)
    click.echo("\n".join(beside(of_world(Lake(lake), truth), power.rows, seed)))


if __name__ == "__main__":
    main()
