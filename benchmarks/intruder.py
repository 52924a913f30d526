"""`python -m benchmarks.intruder`: an account that a colleague also uses, week after week: does it stay strange?

A calm world of the second simulator is ingested; in the log of its last six weeks the busiest day of a colleague of the same
department is put under the account's name, hours and terminal with it. The tables of all weeks are made anew. Told is, week by
week, the average precision of official-weeks by the greatest daily `masquerade`, with the slow memory that judges it, and with
the fast memory in its place.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.metrics import average_precision_score

from benchmarks.otherworld.habits import PRESETS
from benchmarks.otherworld.world import create
from features.build import Smoothing, build_week, write_kept
from features.catalogue import kept_tables
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.facts import facts_engine, week_inputs
from pipelines.steps.stages import Stages

STAYS, LEAST_LOOK_UPS, MOST_LOOK_UPS, ACCOUNTS = 6, 90, 3_000, 40
MEMORIES = {"slow": "lasting", "fast": "surprisal"}
OFFICIAL = ["requester_agency", "requester_department", "requester_user"]
PER_DAY = """
    SELECT v.agency_code, v.requester_user, v.day, SUM(s.{memory} + LN(s.p_department)) AS ratio
    FROM visit_attribute m
    JOIN surprisal s ON s.official_no = m.official_no AND s.attribute = m.attribute AND s.value = m.value
    JOIN attribute a ON a.name = m.attribute AND a.identifies
    JOIN visit v ON v.visit_no = m.visit_no
    GROUP BY v.agency_code, v.requester_user, v.day
"""
Planted = set[tuple[Week, str, str]]


def plant(lake: Lake, weeks: list[Week], chance: np.random.Generator) -> Planted:
    """Put days of one official of a department under the name of another, in each of the weeks; the accounts and weeks."""
    logs = {week: pq.ParquetFile(lake.log(week)).read() for week in weeks}
    frames = {week: table.to_pandas() for week, table in logs.items()}
    busy = pd.concat([frame[frame.requester_user.notna()].assign(week=str(week)) for week, frame in frames.items()])
    counted = busy.groupby(OFFICIAL).agg(weeks=("week", "nunique"), n=("request_id", "size")).reset_index()
    regular = counted[(counted.weeks == len(weeks)) & counted.n.between(LEAST_LOOK_UPS, MOST_LOOK_UPS)]
    pairs = [
        (*place, *chance.permutation(own.requester_user.to_numpy())[:2])
        for place, own in regular.groupby(OFFICIAL[:2]) if len(own) > 1
    ]  # fmt: skip
    chosen = [pairs[n] for n in chance.permutation(len(pairs))[:ACCOUNTS]]
    planted: Planted = set()
    for week, frame in frames.items():
        day = frame.requested_at.dt.date
        for agency, department, donor, account in chosen:
            own = (
                (frame.requester_agency == agency)
                & (frame.requester_department == department)
                & (frame.requester_user == donor)
            )
            days = day[own].value_counts()
            if len(days) > 1:
                frame.loc[own & (day == days.index[0]), "requester_user"] = account
                planted.add((week, agency, account))
        ordered = frame.sort_values(["requester_agency", "requester_user", "requested_at", "request_id"])
        pq.write_table(pa.Table.from_pandas(ordered, schema=logs[week].schema, preserve_index=False), lake.log(week))
    return planted


def precision(lake: Lake, planted: Planted, stays: list[Week]) -> dict[str, list[float]]:
    """Make the tables of all weeks; by memory the average precision of the official-weeks of each week of the stay."""
    found: dict[str, list[float]] = {name: [] for name in MEMORIES}
    for week in lake.weeks():
        with facts_engine(lake, Parameters()) as engine:
            build_week(engine, week_inputs(lake, week), Smoothing())
            for table in kept_tables():
                with lake.replacing(lake.facts(table.name, week)) as draft:
                    write_kept(engine, table.name, draft)
            if week not in stays:
                continue
            for name, memory in MEMORIES.items():
                days = engine.arrow(PER_DAY.format(memory=memory)).to_pandas()
                most = days.groupby(["agency_code", "requester_user"]).ratio.max()
                odd = [(week, agency, user) in planted for agency, user in most.index]
                found[name].append(float(average_precision_score(odd, most)))
    return found


@click.command()
@click.option("--agencies", default=40, show_default=True)
@click.option("--weeks", default=18, show_default=True)
@click.option("--seed", default=11, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/intruder"), show_default=True)
def main(agencies: int, weeks: int, seed: int, out: Path) -> None:
    """Print the average precision of each week of the stay, by memory."""
    shutil.rmtree(out, ignore_errors=True)
    create(out / "data", PRESETS["calm"], weeks, agencies, seed, honest=False)
    lake = Lake(out / "lake")
    Stages(lake, Parameters(), EventLog()).ingest(out / "data")
    stays = list(lake.weeks())[-STAYS:]
    planted = plant(lake, stays, np.random.default_rng(seed))
    click.echo(f"{len({key[1:] for key in planted})} accounts, {len(planted)} official-weeks")
    for name, values in precision(lake, planted, stays).items():
        click.echo(f"{name:>6}" + "".join(f"{value:8.2f}" for value in values))


if __name__ == "__main__":
    main()
