"""`python -m benchmarks.splice`: misuse put into a real log of officials' look-ups, found at a budget of alerts.

The log is that of `data_samples/` (147 police officers, half a year). One kind puts a day of one officer under another's
name; the other gives an officer a handful of look-ups of a category that he never used, at his own hours. All weeks
judged are run through `shirabe weekly`; official-weeks are ranked by our score, and by Isolation Forest on plain counts,
which learns from the same earlier weeks. Told is the share of planted official-weeks within the first hundredth of all.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.weeks import Week
from models.evaluation.baselines.counts import ON_COUNTS, CountDetectors
from models.evaluation.baselines.officials import matrix, plain_counts
from models.evaluation.baselines.weeklogs import WeekLogs
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.stages import Stages
from pipelines.steps.weekly import run_weekly

SAMPLES = Path(__file__).parent.parent / "data_samples"
LOG, MAPPING = SAMPLES / "eugene_police_lookups_2025.parquet", SAMPLES / "mappings" / "eugene_police.yaml"
WEEKS = tuple(Week.parse("2025-W33").shift(n) for n in range(8))
"""Judged weeks; those before teach."""
PLANTED, LOOK_UPS, LEAST_PAST, LEAST_DAY = 5, 6, 20, 5
BUDGET = 0.01
ZONE = "America/Los_Angeles"

Chance = np.random.Generator
Planted = set[tuple[Week, str]]


@dataclass(frozen=True)
class Found:
    """Share of planted official-weeks within the budget, ours and Isolation Forest's."""

    ours: float
    forest: float


def real_log() -> pd.DataFrame:
    """The log with the officers' own weeks and days."""
    log = pq.read_table(LOG).to_pandas()
    local = log.searched_at_utc.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
    return log.assign(day=local.dt.date, week=[Week.of(moment) for moment in local])


def known(log: pd.DataFrame) -> set[str]:
    """Officers with a past before the judged weeks."""
    past = log[log.week < WEEKS[0]].user_id.value_counts()
    return set(past.index[past >= LEAST_PAST])


def another_days(log: pd.DataFrame, chance: Chance) -> tuple[pd.DataFrame, Planted]:
    """Days of officers, each put under the name of another who worked in the same week."""
    days = log[log.week.isin(WEEKS)].groupby(["week", "user_id", "day"]).size()
    days = days[days >= LEAST_DAY].reset_index()
    planted: Planted = set()
    for place in chance.permutation(len(days)):
        week, donor, day = days.loc[place, ["week", "user_id", "day"]]
        others = sorted((set(log.user_id[log.week == week]) & known(log)) - {donor})
        taker = str(chance.choice(others))
        if any(name in (taker, donor) for _, name in planted):
            continue
        log.loc[(log.user_id == donor) & (log.day == day), "user_id"] = taker
        planted.add((week, taker))
        if len(planted) == PLANTED:
            return log, planted
    return log, planted


def outside_role(log: pd.DataFrame, chance: Chance) -> tuple[pd.DataFrame, Planted]:
    """Officers with look-ups of a category that they never used, copied from others, at their own moments."""
    active = log[log.week.isin(WEEKS) & log.user_id.isin(known(log))].groupby(["week", "user_id"]).size().reset_index()
    planted: Planted = set()
    added = []
    for place in chance.permutation(len(active)):
        week, officer = active.loc[place, ["week", "user_id"]]
        never = sorted(set(log.reason_category) - set(log.reason_category[log.user_id == officer]))
        usual = [c for c in never if (log.reason_category == c).sum() >= 50]
        if not usual or any(officer == name for _, name in planted):
            continue
        donors = log[log.reason_category == chance.choice(usual)]
        rows = donors.iloc[chance.choice(len(donors), LOOK_UPS, replace=False)]
        own = log.searched_at_utc[(log.user_id == officer) & (log.week == week)]
        moments = own.iloc[chance.choice(len(own), LOOK_UPS)].to_numpy()
        moments = moments + pd.to_timedelta(chance.integers(60, 900, LOOK_UPS), unit="s").to_numpy()
        added.append(rows.assign(user_id=officer, searched_at_utc=moments, week=week))
        planted.add((week, officer))
        if len(planted) == PLANTED:
            break
    more = pd.concat(added)
    more = more.assign(search_id=[f"planted-{n}" for n in range(len(more))])
    return pd.concat([log, more], ignore_index=True), planted


KINDS: dict[str, Callable[[pd.DataFrame, Chance], tuple[pd.DataFrame, Planted]]] = {
    "another's day": another_days,
    "outside the role": outside_role,
}


def judged(kind: str, seed: int, folder: Path) -> Found:
    """Plant, run all judged weeks, and rank."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log, planted = KINDS[kind](real_log(), np.random.default_rng(seed))
    delivered = folder / "log.parquet"
    log.drop(columns=["day", "week"]).to_parquet(delivered, index=False)
    lake = Lake(folder / "lake")
    for week in WEEKS:
        run_weekly(Stages(lake, Parameters(), EventLog()), delivered, week, mapping=MAPPING, force=True)
    ours = pd.concat([_ours(lake, week) for week in WEEKS])
    return Found(recall(ours, planted), recall(_forest(lake, seed), planted))


def _ours(lake: Lake, week: Week) -> pd.DataFrame:
    scores = pq.read_table(lake.scores("user", week), partitioning=None).to_pandas()
    officer = scores.entity_id.str.split("/").str[-1]
    return pd.DataFrame({"week": week, "officer": officer, "score": scores.score})


def _forest(lake: Lake, seed: int) -> pd.DataFrame:
    logs = WeekLogs(
        {week: lake.log(week) for week in lake.weeks()}, lake.reference("agencies"), lake.reference("calendar")
    )
    counts = {}
    for week in [*logs.before(WEEKS[0]), *WEEKS]:
        with logs.opened(week) as engine:
            counts[week] = plain_counts(engine, week)
    fitted = CountDetectors.learned(matrix(pd.concat([counts[w] for w in logs.before(WEEKS[0])])), seed)
    name = ON_COUNTS.format("iforest")
    return pd.concat([
        pd.DataFrame({"week": week, "officer": counts[week].requester_user, "score": fitted.scores(matrix(counts[week]))[name]})
        for week in WEEKS
    ])  # fmt: skip


def recall(ranked: pd.DataFrame, planted: Planted) -> float:
    """Share of the planted official-weeks within the first hundredth of all, by score."""
    first = ranked.sort_values("score", ascending=False).head(max(1, round(BUDGET * len(ranked))))
    return len(planted & set(zip(first.week, first.officer, strict=True))) / len(planted)


@click.command()
@click.option("--seeds", default=3, show_default=True)
@click.option("--kind", type=click.Choice(sorted(KINDS)), multiple=True, default=sorted(KINDS), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/splice"), show_default=True)
def main(seeds: int, kind: tuple[str, ...], out: Path) -> None:
    """Print recall at a budget of one official-week in a hundred."""
    click.echo(f"{'kind':<20}{'seeds':>6}{'ours':>8}{'forest':>8}")
    for each in kind:
        # A folder for each: MLflow keeps a connection to every store that it ever opened.
        found = [judged(each, seed, out / f"{each[:7]}-{seed}") for seed in range(1, seeds + 1)]
        ours, forest = np.mean([f.ours for f in found]), np.mean([f.forest for f in found])
        click.echo(f"{each:<20}{seeds:>6}{ours:>8.2f}{forest:>8.2f}")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()
