"""Does `shirabe power` agree with a world's own planted events? `python -m benchmarks.power LAKE TRUTH --week WEEK`.

The kinds of a simulated world are made by other code than the scenarios that are planted into its log; where the two mean
the same misuse, the share of the world's events that the lists of all scored weeks held is set beside the share that power
says. Levels are taken together on both sides: a world's events are of all sizes.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click
import pyarrow.parquet as pq

from features.weeks import Week
from models.evaluation import Event, finds, read_cases
from models.evaluation.power.table import Rate, interval
from pipelines.lake import Lake
from pipelines.lifecycle.judging import events_of, judged_weeks
from pipelines.parameters import Parameters
from pipelines.steps.power import measure

CAPACITY = 50
SAME = {
    "without_reason": ("favour", "fishing", "household_snooping", "relatives", "drip", "handed_on", "addresses_sold"),
    "same_person": ("same_person_again",),
    "night": ("night_work", "holiday_work"),
    "out_of_role": ("foreign_procedure", "after_transfer"),
    "new_item": ("items_beyond",),
    "half_silence": ("agency_silent",),
}
"""Kinds of power, and what the simulator calls the same misuse."""


def found_of_world(lake: Lake, truth: Path) -> dict[str, list[bool]]:
    """By kind of the world: whether each planted event of the scored weeks, a week each, was listed."""
    weeks = {str(week) for week in judged_weeks(lake, truth)}
    cases = [
        case for week in sorted(weeks)
        for case in read_cases(pq.read_table(lake.cases(Week.parse(week)), partitioning=None).to_pandas())
        if case.rank <= CAPACITY
    ]  # fmt: skip
    events: list[Event] = [e for e in events_of(lake, truth) if not e.hard_negative and e.week in weeks]
    found: dict[str, list[bool]] = defaultdict(list)
    for event in events:
        found[event.scenario].append(any(finds(case, event) for case in cases))
    return found


def beside(world: dict[str, list[bool]], rows: list[Rate]) -> list[str]:
    """A line for each kind that both have, and whether the world's share lies in the interval that power gives."""
    text = [f"{'kind':18}{'world':>12}{'share':>7}   {'power':>9}{'share':>7}  interval"]
    for kind, names in SAME.items():
        own = [listed for name in names for listed in world.get(name, [])]
        at = [row for row in rows if row.kind == kind and row.capacity == CAPACITY]
        planted, listed = sum(row.planted for row in at), sum(row.listed for row in at)
        if not own or not planted:
            continue
        low, high = interval(listed, planted)
        share = sum(own) / len(own)
        verdict = "agrees" if low <= share <= high else "above" if share > high else "below"
        text.append(f"{kind:18}{f'{sum(own)}/{len(own)}':>12}{share:7.2f}   {f'{listed}/{planted}':>9}{listed / planted:7.2f}"
                    f"  {low:.2f}-{high:.2f} {verdict}")  # fmt: skip
    return text


@click.command()
@click.argument("lake", type=click.Path(path_type=Path, exists=True))
@click.argument("truth", type=click.Path(path_type=Path, exists=True))
@click.option("--week", required=True)
@click.option("--rounds", default=4, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(lake: Path, truth: Path, week: str, rounds: int, seed: int) -> None:
    """Measure, and print the world's own recall beside it. LAKE has scored weeks; the result is written as by power."""
    power = measure(Lake(lake), Week.parse(week), Parameters(), rounds, seed, lambda *_: None)
    click.echo("\n".join(beside(found_of_world(Lake(lake), truth), list(power.rows))))


if __name__ == "__main__":
    main()
