"""What is in a file: the people of a run compared with runs of the affair here and elsewhere, a whole run or a part of it.

How many of a run's people are of a kind (never asked about before, at an unusual provider, not found) is beta-binomial:
people of one list are alike. How much so is learned for each kind from all agencies (method of moments, the intra-class
correlation); so a file of ten thousand says no more about the next than its likeness allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, t

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.batch_off_hours import LEAST_RUNS
from models.statistics.frames import MOST_NATS

Floats = NDArray[np.float64]
KINDS = ("stranger", "far", "away", "unknown", "alone", "nothing", "at_screen")
"""Kinds of people whose number in a run is judged; of equally strange ones the first is told."""
TOGETHER = ([0, 1, 2, 4], [3], [5], [6])
"""Kinds, by place, that say the same: whose provider is unusual, who is new, who is not found, who is dealt with at a screen."""
GROUP_OF = {kind: group for group, kinds in enumerate(TOGETHER) for kind in kinds}
LEADING = 6
"""So many kinds, from the first, may lead: who is dealt with at a screen too has business with the agency, and only adds."""
PEOPLE = "people_of_file"
"""What a finding's cell counts: people of one of these kinds."""
STRENGTH = 5.0
"""Independent people's worth of opinion that each level lends to the one below it."""
FURTHER = 0.3
"""What each further kind's rarity, and that of the size and of the providers on the whole, adds: they hang together."""
REMARKABLE = 3.0
"""From a rarity of one in twenty on, in nats, a further kind adds."""
PART = 0.5
"""Where fewer of the run's people are of the kind, they are told of and not the run."""
OWN = ["agency_code", "affair_code"]


def files(engine: DuckDBEngine, week: Week) -> dict[str, pd.DataFrame]:
    """Senders (agencies, where none is named) and their strangest run of the week, nats: `file_content` where it is not what
    runs there are, `file_insertion` where only a part of its people does not fit."""
    found = judged(_runs(engine), week)
    whole = found.actual >= PART * found.n_people
    return {"file_content": _strangest(found[whole]), "file_insertion": _strangest(found[~whole])}


@dataclass(frozen=True)
class Groups:
    """Runs that belong together, by what they have in common: `codes` numbers the groups from 0, `(n,)`."""

    codes: NDArray[np.intp]

    @classmethod
    def by(cls, runs: pd.DataFrame, columns: list[str]) -> Groups:
        """Runs alike in these columns."""
        return cls(runs.groupby(columns, sort=False, dropna=False).ngroup().to_numpy())

    def sums(self, values: pd.Series) -> pd.Series:
        """Of each run, the sum over its group, `(n,)`."""
        summed = np.bincount(self.codes, weights=values.to_numpy(dtype=float))
        return pd.Series(summed[self.codes], index=values.index)


def judged(runs: pd.DataFrame, week: Week) -> pd.DataFrame:
    """The week's runs of agencies that have a past, with `value` in nats, the leading kind as `cell`, and its number of people
    with what is to be expected."""
    now = runs.monday == pd.Timestamp(week.monday)
    known = runs[~now].groupby("agency_code").size()
    looked = now & (runs.agency_code.map(known).fillna(0) >= LEAST_RUNS)
    levels, shares = np.zeros((int(looked.sum()), len(KINDS))), np.zeros((int(looked.sum()), len(KINDS)))
    groups = [Groups.by(runs, columns) for columns in (OWN, ["affair_code"], ["agency_code"])]
    for place, kind in enumerate(KINDS):
        levels[:, place], shares[:, place] = _rarity(runs, kind, now, looked, groups)
    found = runs[looked].reset_index(drop=True)
    first, rows = levels[:, :LEADING].argmax(axis=1), np.arange(len(found))
    providers = _beyond(runs, runs.surprisal, now, looked)
    levels_of = [_beyond(runs, np.log(runs.n_people), now, looked)]
    levels_of += [
        np.maximum.reduce([*levels[:, places].T, *([providers] if 0 in places else [])]) for places in TOGETHER
    ]
    beyond = np.clip(np.column_stack(levels_of) - REMARKABLE, 0.0, None)
    # What leads is not added to itself, nor what says the same.
    added = beyond.sum(axis=1) - beyond[rows, 1 + np.array([GROUP_OF[kind] for kind in first], dtype=int)]
    return found.assign(
        value=np.minimum(levels[rows, first] + FURTHER * added, MOST_NATS), counted=PEOPLE, cell=np.array(KINDS, dtype=object)[first],
        actual=found[list(KINDS)].to_numpy()[rows, first], typical=shares[rows, first] * found.n_people.to_numpy(),
    )  # fmt: skip


def _rarity(
    runs: pd.DataFrame, kind: str, now: pd.Series, looked: pd.Series, groups: Sequence[Groups]
) -> tuple[Floats, Floats]:
    """For the runs looked at: minus log P(at least so large a share of the kind), nats, and the expected share, each `(n,)`.

    `groups` are runs of the same agency and affair, of the affair, and of the agency. Expected is what earlier runs of the agency and affair show, smoothed towards runs of the affair elsewhere and the
    agency's other runs; or what others begin this week, if that is more.
    """
    share = runs[kind] / runs.n_people
    alike = likeness(share[~now], runs.n_people[~now], [runs.agency_code[~now], runs.affair_code[~now]])
    weight = runs.n_people / (1.0 + (runs.n_people - 1.0) * alike)
    own, affair, agency = groups
    n, k = weight, weight * share
    past_n, past_k = n.where(~now, 0.0), k.where(~now, 0.0)
    own_past_n, own_past_k = own.sums(past_n), own.sums(past_k)
    nation = (k.sum() + 0.5) / (n.sum() + 1.0)
    elsewhere = _smoothed(affair.sums(k) - own.sums(k), affair.sums(n) - own.sums(n), nation)
    otherwise = _smoothed(agency.sums(past_k) - own_past_k, agency.sums(past_n) - own_past_n, nation)
    expected = _smoothed(own_past_k, own_past_n, (elsewhere + otherwise) / 2.0)
    # What others begin with the affair this very week is no surprise here; a run of theirs counts once, however large.
    begun_n, begun_k = now.astype(float), share.where(now, 0.0)
    elsewhere_now = _smoothed(
        affair.sums(begun_k) - own.sums(begun_k), affair.sums(begun_n) - own.sums(begun_n), expected
    )
    expected = np.maximum(expected, elsewhere_now)[looked].clip(1e-9, 1.0 - 1e-9)
    # What is known of the share is as uncertain as the runs behind it are few.
    certain = 1.0 / (1.0 / weight[looked] + 1.0 / (own_past_n[looked] + STRENGTH))
    reached = (share[looked] - 0.5 / runs.n_people[looked]).clip(lower=0.0)
    level = -beta.logsf(reached, expected * certain, (1.0 - expected) * certain)
    return np.clip(np.nan_to_num(level, nan=MOST_NATS, posinf=MOST_NATS), 0.0, MOST_NATS), expected.to_numpy()


def _smoothed(k: pd.Series, n: pd.Series, towards: pd.Series | float) -> pd.Series:
    """The share `k` of `n`, as if STRENGTH people more had shown the share `towards`."""
    return (k + STRENGTH * towards) / (n + STRENGTH)


def likeness(share: pd.Series, n: pd.Series, groups: list[pd.Series]) -> float:
    """How alike people of one run are (intra-class correlation, 0.001 to 0.95), from runs that belong together in groups."""
    total = (share * n).groupby(groups).transform("sum") / n.groupby(groups).transform("sum")
    runs = n.groupby(groups).transform("count")
    several = runs >= 3
    chance = (total * (1.0 - total))[several]
    spread = ((share - total) ** 2 * runs / (runs - 1.0).clip(lower=1.0))[several]
    room = float((chance * (1.0 - 1.0 / n[several])).sum())
    return float(np.clip((float(spread.sum()) - float((chance / n[several]).sum())) / max(room, 1e-9), 0.001, 0.95))


def _beyond(runs: pd.DataFrame, measured: pd.Series, now: pd.Series, looked: pd.Series) -> Floats:
    """Minus log P(a run that measures so much) by the agency's and affair's earlier runs, nats `(n,)`: Student's t, the
    variance smoothed towards that of all runs."""
    past = measured.where(~now)
    groups = [runs.agency_code, runs.affair_code]
    before = past.groupby(groups).transform("count")[looked]
    mean = past.groupby(groups).transform("mean").fillna(past.mean())[looked]
    own = past.groupby(groups).transform("var").fillna(0.0)[looked]
    freedom = (before - 1.0).clip(lower=0.0)
    anywhere = float(np.nan_to_num(past.var(), nan=1.0))
    spread = (freedom * own + STRENGTH * anywhere) / (freedom + STRENGTH) * (1.0 + 1.0 / (before + 1.0))
    return np.asarray(
        -t.logsf((measured[looked] - mean) / np.sqrt(spread).clip(lower=1e-3), freedom + STRENGTH), dtype=float
    )


def _strangest(found: pd.DataFrame) -> pd.DataFrame:
    """One run for each sender, the strangest, as findings need it; `slot` names the run."""
    sender = found.requester_user
    first_at = found.first_at.dt.strftime("%Y-%m-%d %H:%M:%S.%f")
    told = found.assign(
        slot=found.department + "/" + found.affair_code + "/" + first_at, window=1,
        entity_id=found.agency_code.where(sender.isna(), found.agency_code + "/" + sender.fillna("")),
        requester_user=sender.astype(object).where(sender.notna(), None),
    )  # fmt: skip
    told = told.sort_values(["value", "slot"], ascending=[False, True])
    return told.drop_duplicates("entity_id").reset_index(drop=True)


def _runs(engine: DuckDBEngine) -> pd.DataFrame:
    runs = engine.arrow(query("statistics", "file_content")).to_pandas()
    return runs.assign(monday=pd.to_datetime(runs.monday), first_at=pd.to_datetime(runs.first_at))
