"""`python -m benchmarks.offices`: logs of other shapes than an information linkage, with work planted that is not the official's.

Three offices that no simulator of this project resembles: few officials and many steps a case (`permits`), every request in a
case of somebody's own (`claims`), one agency without any case reference (`counter`). None has a register of cases. Planted
are steps of another's role, another's cases, and steps done out of turn. Told are area under the ROC curve and average
precision for requests, official-weeks and people, of the program, of conditional surprise (a hundred lines of counting)
and of the detectors on plain counts.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from models.detectors import fit_score
from models.evaluation.baselines import conditional
from models.evaluation.baselines.officials import matrix, plain_counts
from models.evaluation.baselines.weeklogs import WeekLogs
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.stages import Stages
from pipelines.steps.weekly import run_weekly

LAST, TAUGHT, JUDGED = Week.parse("2026-W46"), 12, 5
AGENCY = "OFFICE"
Chance = np.random.Generator
Row = dict[str, object]


@dataclass(frozen=True)
class Office:
    """How an office works: officials by role, the roles that carry out the steps of a case, cases a week, whether requests name
    the case, and how often a step is left out or another colleague of the role steps in."""

    officials: tuple[int, ...]
    steps: tuple[int, ...]
    cases: int
    named: bool
    skipped: float
    stand_in: float


OFFICES = {
    "permits": Office((4, 5, 3, 2), (0, 1, 1, 2, 1, 3, 2, 0), 40, True, 0.08, 0.15),
    "claims": Office((50, 8, 3), (0, 1, 2, 0), 90, True, 0.03, 0.05),
    "counter": Office((9, 7, 6), (0, 1, 2), 150, False, 0.3, 0.5),
}
KINDS = ("another's role", "another's case", "out of turn")


def written(office: Office, seed: int) -> tuple[pd.DataFrame, set[str]]:
    """The log of TAUGHT + JUDGED weeks, and the ids of the planted requests, which lie in the judged ones."""
    chance = np.random.default_rng(seed)
    roles = [[f"r{role}-{n:02d}" for n in range(size)] for role, size in enumerate(office.officials)]
    first = LAST.shift(1 - TAUGHT - JUDGED)
    rows = [
        row
        for number in range(office.cases * (TAUGHT + JUDGED))
        for row in _case(office, roles, number, first.shift(number // office.cases), chance)
    ]
    log = pd.DataFrame(rows)
    log = log[log.requested_at < LAST.end].sort_values("requested_at", ignore_index=True)
    planted = pd.DataFrame(_planted(log, roles, office, chance))
    both = pd.concat([log, planted], ignore_index=True).sort_values("requested_at", ignore_index=True)
    ids = np.array([f"Q{n:07d}" for n in range(len(both))])
    return both.drop(columns="planted").assign(request_id=ids), set(ids[both.planted.to_numpy(dtype=bool)])


def _case(office: Office, roles: list[list[str]], number: int, week: Week, chance: Chance) -> list[Row]:
    """One case: each step by its own official of the role, or one who steps in; a day or several between steps."""
    owners = [names[int(chance.beta(1.0, 2.0) * len(names))] for names in roles]
    at = _office_hour(week.start + timedelta(days=int(chance.integers(0, 5))), chance)
    rows = []
    for step, role in enumerate(office.steps):
        if chance.random() < office.skipped and step:
            continue
        who = str(chance.choice(roles[role])) if chance.random() < office.stand_in else owners[role]
        rows.append(_row(at, who, f"JT-{step}", f"s{number:06d}", f"C{number:06d}" if office.named else None))
        at = _office_hour(at + timedelta(days=int(chance.geometric(0.5))), chance)
    return rows


def _planted(log: pd.DataFrame, roles: list[list[str]], office: Office, chance: Chance) -> list[Row]:
    """In each judged week one official for each kind, with three to six requests at his own days."""
    rows = []
    everybody = [name for names in roles for name in names]
    for back in range(JUDGED):
        week = LAST.shift(-back)
        now = log[(log.requested_at >= week.start) & (log.requested_at < week.end)]
        for kind in KINDS:
            who = str(chance.choice(sorted(set(now.requester_user) & set(everybody))))
            role = int(who[1])
            own = now[now.requester_user == who]
            others = now[now.requester_user != who]
            for _, other in others.sample(
                int(chance.integers(3, 7)), random_state=int(chance.integers(1 << 30))
            ).iterrows():
                at = _office_hour(own.requested_at.iloc[int(chance.integers(len(own)))], chance)
                step = chance.choice(_steps(office, kind, role))
                rows.append(_row(at, who, f"JT-{step}", str(other.subject_key), other.case_ref, planted=True))
    return rows


def _steps(office: Office, kind: str, role: int) -> list[int]:
    """The steps of which a planted request of the kind is one."""
    if kind == "out of turn":
        return [0, len(office.steps) - 1]
    return [step for step, of_role in enumerate(office.steps) if (of_role == role) == (kind == "another's case")]


def _office_hour(day: datetime, chance: Chance) -> datetime:
    moved = day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() >= 5 else 0)
    return moved.replace(
        hour=int(chance.integers(9, 17)), minute=int(chance.integers(60)), second=int(chance.integers(60))
    )


def _row(at: datetime, who: str, step: str, subject: str, case: object, *, planted: bool = False) -> Row:
    return {
        "requested_at": at, "requester_agency": AGENCY, "provider_agency": "ARCHIVE", "affair_code": "JM-1",
        "procedure_code": step, "item_code": "TM-FILE", "result": "provided", "channel": "interactive", "requester_user": who,
        "requester_department": None, "subject_key": subject, "case_ref": case, "planted": planted,
    }  # fmt: skip


def delivered(log: pd.DataFrame, data: Path) -> None:
    """Write the log as a DATA folder of the log contract, with the agencies and no other table."""
    for folder in ("landing/linkage_log", "reference"):
        (data / folder).mkdir(parents=True)
    table = pa.Table.from_pandas(
        log.astype({"requester_department": "string", "case_ref": "string"}), preserve_index=False
    )
    place = table.schema.get_field_index("requested_at")
    table = table.set_column(place, "requested_at", table["requested_at"].cast(pa.timestamp("us")))
    pq.write_table(table, data / "landing/linkage_log/log.parquet")
    agencies = [{"agency_code": code, "name": code, "kind": "other"} for code in (AGENCY, "ARCHIVE")]
    pq.write_table(pa.Table.from_pylist(agencies), data / "reference/agencies.parquet")


def judged(name: str, seed: int, folder: Path) -> pd.DataFrame:
    """One row a unit and a method: `auc` and `ap`."""
    shutil.rmtree(folder, ignore_errors=True)
    log, planted = written(OFFICES[name], seed)
    delivered(log, folder / "data")
    lake, weeks = Lake(folder / "lake"), [LAST.shift(-back) for back in range(JUDGED - 1, -1, -1)]
    parameters = Parameters.model_validate({"score": {"requests_share": 1.0}})
    for week in weeks:
        run_weekly(Stages(lake, parameters, EventLog()), folder / "data", week, force=True)
    units = pd.concat([_units(lake, log, week, planted) for week in weeks])
    return pd.DataFrame(
        [
            {"office": name, "unit": unit, "method": method, "share": rows.planted.mean(), **_figures(rows.planted, rows[method])}
            for unit, rows in units.groupby("unit", sort=False)
            for method in ("shirabe", "conditional", "counts") if rows[method].notna().any()
        ]
    )  # fmt: skip


def _figures(truth: pd.Series, scores: pd.Series) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    told = scores.fillna(scores.min())
    return {
        "auc": float(roc_auc_score(truth.astype(bool), told)),
        "ap": float(average_precision_score(truth.astype(bool), told)),
    }


def _units(lake: Lake, log: pd.DataFrame, week: Week, planted: set[str]) -> pd.DataFrame:
    """Requests, official-weeks and people of the week: whether planted, and how strange to each method."""
    now = log[(log.requested_at >= week.start) & (log.requested_at < week.end)].assign(
        planted=lambda f: f.request_id.isin(planted)
    )
    logs = WeekLogs({w: lake.log(w) for w in lake.weeks()}, lake.reference("agencies"), lake.reference("calendar"))
    with logs.opened(week) as engine:
        surprising, counts = conditional.requests(engine), plain_counts(engine, week)
    counted = pd.Series(fit_score(matrix(counts), 1), index=counts.requester_user)
    people = now.groupby("subject_key").agg(
        n=("request_id", "size"), who=("requester_user", "nunique"), steps=("procedure_code", "nunique")
    )
    of_people = pd.Series(fit_score(people.to_numpy(dtype=float), 1), index=people.index)
    ours = pq.ParquetFile(lake.requests(week)).read().to_pandas().set_index("request_id").score
    methods = {
        "request": (now.set_index("request_id").planted, ours, surprising.set_index("request_id").surprise, pd.Series(dtype=float)),
        "official-week": (now.groupby("requester_user").planted.any(), _scores(lake, "user", week),
                          conditional.officials(surprising).set_index("requester_user").surprise, counted),
        "person": (now.groupby("subject_key").planted.any(), _scores(lake, "subject", week),
                   conditional.people(surprising).droplevel("agency_code"), of_people),
    }  # fmt: skip
    return pd.concat([
        pd.DataFrame({"unit": unit, "planted": truth, "shirabe": a.reindex(truth.index), "conditional": b.reindex(truth.index),
                      "counts": c.reindex(truth.index)})
        for unit, (truth, a, b, c) in methods.items()
    ])  # fmt: skip


def _scores(lake: Lake, entity: str, week: Week) -> pd.Series:
    table = pq.ParquetFile(lake.scores(entity, week)).read().to_pandas()
    return table.set_index(table.entity_id.str.split("/").str[-1]).score


@click.command()
@click.option("--office", type=click.Choice(sorted(OFFICES)), multiple=True, default=sorted(OFFICES), show_default=True)
@click.option("--seeds", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/offices"), show_default=True)
def main(office: tuple[str, ...], seeds: int, out: Path) -> None:
    """Print AUC / AP by office, unit and method."""
    # A folder for each: MLflow keeps a connection to every store that it ever opened.
    found = pd.concat([judged(name, seed, out / f"{name}-{seed}") for name in office for seed in range(1, seeds + 1)])
    means = found.groupby(["office", "unit", "method"], sort=False)[["share", "auc", "ap"]].mean().reset_index()
    click.echo(f"{'office':<10}{'unit':<16}{'planted':>8}{'shirabe':>14}{'conditional':>14}{'counts':>14}")
    for (name, unit), rows in means.groupby(["office", "unit"], sort=False):
        told = {row.method: f"{row.auc:.2f} / {row.ap:.2f}" for row in rows.itertuples()}
        cells = "".join(f"{told.get(method, ''):>14}" for method in ("shirabe", "conditional", "counts"))
        click.echo(f"{name:<10}{unit:<16}{rows.share.iloc[0]:>8.3f}{cells}")


if __name__ == "__main__":
    main()
