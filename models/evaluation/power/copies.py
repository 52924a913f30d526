"""Planted rows are changed copies of the log's own rows: only what the misuse is about is another value, of the log too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.evaluation.power.ground import Ground

WHOSE = ["requester_department", "requester_user", "requester_terminal"]
"""Columns that say at whose desk a request was made."""
PERSON = ["subject_key", "subject_key_national"]
WHAT = ["affair_code", "procedure_code", "item_code", "provider_agency"]


def sittings(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows that stand together: those of one official, person and day; rows that name no person each alone."""
    alone = rows.request_id.astype(object).where(rows.subject_key.isna(), "")
    keys = [rows.requester_user, rows.subject_key, alone, rows.requested_at.dt.date]
    return [group for _, group in rows.groupby(keys, dropna=False, sort=False)]


def about(ground: Ground, people: pd.DataFrame, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Copies of these sittings, one for each person, about that person, without a case, some minutes apart from their models."""
    models = sittings(rows)
    chosen = [models[n % len(models)] for n in range(len(people))]
    parts = [
        at_other_minutes(model, rng).assign(**dict(zip(PERSON, whom, strict=True)))
        for model, whom in zip(chosen, people[PERSON].itertuples(index=False), strict=True)
    ]
    return without_case(ground, retyped(pd.concat(parts, ignore_index=True), rows))


def without_case(ground: Ground, copies: pd.DataFrame) -> pd.DataFrame:
    """The copies with no case typed in, where honest rows of the log lack one too; else they keep the number of their model."""
    return retyped(copies.assign(case_ref=None), copies) if ground.cases_lack else copies


def at_other_minutes(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same rows up to twenty minutes earlier or later, all by the same time, but on the same day."""
    start = rows.requested_at.dt.normalize()
    moved = rows.requested_at + pd.Timedelta(seconds=int(rng.integers(-1200, 1200)))
    return at(rows, moved.where(moved.dt.normalize() == start, rows.requested_at))


def at(rows: pd.DataFrame, moments: pd.Series | Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The same rows made at other moments, answered as soon after as they were."""
    when = pd.Series(list(moments), index=rows.index, dtype="datetime64[us]")
    return rows.assign(requested_at=when, responded_at=when + (rows.responded_at - rows.requested_at))


def working_days(rows: pd.DataFrame) -> list[pd.Timestamp]:
    """The days of the rows, the busiest first."""
    return list(rows.requested_at.dt.normalize().value_counts(sort=True).index)


def on_day(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The same rows at the same clock on another day."""
    return at(rows, day + (rows.requested_at - rows.requested_at.dt.normalize()))


def at_night(ground: Ground, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same rows in one night of the week, between ten and four o'clock; minutes and seconds stay those of the log."""
    monday = pd.Timestamp(ground.week.start)
    evening = monday + pd.Timedelta(days=int(rng.integers(0, 6)), hours=22)
    within = rows.requested_at - rows.requested_at.dt.floor("h")
    hours = pd.to_timedelta(np.sort(rng.integers(0, 6, len(rows))), unit="h")
    return at(rows, evening + hours + within)


def repeated(rows: pd.DataFrame, amount: int, rng: np.random.Generator) -> pd.DataFrame:
    """So many of the rows, drawn anew where there are not as many."""
    drawn = rng.permutation(len(rows))
    return rows.iloc[np.resize(drawn, amount)].reset_index(drop=True)


def retyped(copies: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The copies in the columns and types of the rows that they were made from."""
    return copies[list(rows.columns)].astype(rows.dtypes.to_dict())
