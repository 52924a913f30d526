"""When to retrain: by the age of a week's model, by drift, and by how often the number of cases that it promises came true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.weeks import Week
from models.bundle import Champion
from models.drift import Drift
from models.drift.causes import BROKEN_SOURCE
from pipelines.lake import Lake
from pipelines.lake.stamps import Stamp
from pipelines.parameters import Retrain

LEVELS = (1, 2, 5, 10, 20, 50)
"""Numbers of cases that a quiet week is promised to hold down to some rank of the list."""
LEAST_WEEKS = 4
"""Fewer weeks scored by a model do not tell whether its promise holds."""
CERTAIN, TIMES = 0.01, 1.5
"""A promise does not hold if chance explains the difference less often than this, and it is so many times too much or too little."""
JUDGED_FROM = 10
"""Real misuse lies above this level and says nothing against the model; the cases beyond it, up to the next levels, are judged."""
CHALLENGER_WEEKS = 4
"""A challenger that is so many weeks old gives way to a newer one."""


@dataclass(frozen=True)
class Level:
    """Cases found between the ranks down to which a quiet week was promised `beyond` and `level` of them, over all weeks together,
    where `stated` were promised; `held_weeks` of `weeks` are within what chance makes of the promise in 19 weeks of 20."""

    beyond: int
    level: int
    weeks: int
    stated: int
    found: int
    held_weeks: int

    @property
    def holds(self) -> bool:
        """Whether found and stated agree, but for chance and for differences that nobody would act on."""
        from scipy.stats import poisson

        if self.weeks < LEAST_WEEKS or self.stated / TIMES <= self.found <= self.stated * TIMES:
            return True
        tail = (
            poisson.sf(self.found - 1, self.stated)
            if self.found > self.stated
            else poisson.cdf(self.found, self.stated)
        )
        return bool(2.0 * tail >= CERTAIN)


@dataclass(frozen=True)
class Advice:
    """Whether to train anew, and why (`age`, `drift`, `expectation`; `broken_source`: not before it is mended)."""

    age_weeks: int
    reasons: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def advised(self) -> bool:
        """Whether a new model should be trained now."""
        return bool(self.reasons) and BROKEN_SOURCE not in self.reasons

    @property
    def judged(self) -> Level | None:
        """The level on which the promise is judged: the first beyond JUDGED_FROM that does not hold, otherwise the last that
        the lists of all weeks reached; None without any."""
        great = [level for level in self.levels if level.beyond >= JUDGED_FROM]
        return next((level for level in great if not level.holds), great[-1] if great else None)


def advise(
    lake: Lake, week: Week, judge: Champion, drift: Drift, expected: Sequence[float], settings: Retrain
) -> Advice:
    """For a week that is being scored; `expected` is `expected_equals` of its cases. Earlier weeks count if the same model
    scored them."""
    age = (week.monday - Week.parse(str(judge.bundle.parameters["until"])).monday).days // 7 + 1
    lists = [_expected(lake, week.shift(-back), judge.version) for back in range(settings.held_weeks - 1, 0, -1)]
    found = levels([each for each in (*lists, list(expected)) if each])
    causes = {each.cause for each in drift.alarms}
    reasons = {
        "age": age >= settings.after_weeks,
        "drift": bool(causes - {BROKEN_SOURCE}),
        "expectation": any(not level.holds for level in found if level.beyond >= JUDGED_FROM),
        BROKEN_SOURCE: BROKEN_SOURCE in causes,
    }
    return Advice(age, tuple(name for name, given in reasons.items() if given), found)


def _expected(lake: Lake, week: Week, version: str) -> list[float]:
    file = lake.cases(week)
    if not file.exists():
        return []
    rows = pq.read_table(file, columns=["expected_equals", "model_version"], partitioning=None).to_pylist()
    return [row["expected_equals"] for row in rows if row["model_version"] == version]


def levels(lists: Sequence[Sequence[float]]) -> tuple[Level, ...]:
    """Stated against found for each level that the list of every week reaches: all cases down to a level where misuse
    is looked for, further down those beyond the level before."""
    reached = [level for level in LEVELS if lists and all(max(each) >= level for each in lists)]
    return tuple(
        _level(before if before >= JUDGED_FROM else 0, level, lists) for before, level in pairwise([0, *reached])
    )


def _level(beyond: int, level: int, lists: Sequence[Sequence[float]]) -> Level:
    from scipy.stats import poisson

    counts = [sum(beyond < e <= level for e in each) for each in lists]
    low, high = poisson.ppf([0.025, 0.975], level - beyond)
    held = sum(bool(low <= n <= high) for n in counts)
    return Level(beyond, level, len(lists), (level - beyond) * len(lists), sum(counts), held)


def statement(advice: Advice) -> dict[str, Any]:
    """What `coverage.json` says of it."""
    told = sentence(advice)
    return {
        "advised": advice.advised, "age_weeks": advice.age_weeks, "reasons": list(advice.reasons),
        "expectation": [asdict(level) for level in advice.levels], "text_ja": told.ja, "text_en": told.en,
    }  # fmt: skip


def sentence(advice: Advice) -> Bilingual:
    """The advice in words."""
    from reports.wording import wording

    words = wording().retrain
    ending = "mend" if BROKEN_SOURCE in advice.reasons else "advised" if advice.advised else "not_advised"
    judged = advice.judged
    short = judged is None and advice.levels and advice.levels[0].weeks >= LEAST_WEEKS
    promise = "short" if short else "unknown" if judged is None or judged.weeks < LEAST_WEEKS else "promise"
    given = {"age": advice.age_weeks, "from": JUDGED_FROM} | ({} if judged is None else asdict(judged))
    said = [words[promise], *(words[name] for name in advice.reasons if name != BROKEN_SOURCE), words[ending]]
    return Bilingual(
        ja="".join(each.ja.format(**given) for each in said), en=" ".join(each.en.format(**given) for each in said)
    )


def advice_on_file(lake: Lake, week: Week) -> Mapping[str, Any]:
    """What the coverage statement of a scored week says; empty where it says nothing."""
    try:
        found = json.loads(lake.coverage(week).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    advice: Mapping[str, Any] = found.get("retrain") or {}
    return advice


def challenger_is_due(lake: Lake, week: Week, challenger: str | None) -> bool:
    """Whether no challenger waits that has learned until a few weeks ago, as the stamps of training tell."""
    for file in lake.root.glob("stamps/train/week=*.json"):
        trained = Stamp.read(file)
        if trained is not None and challenger and trained.outcome["version"] == challenger:
            until = Week.parse(file.stem.removeprefix("week="))
            return (week.monday - until.monday).days // 7 + 1 >= CHALLENGER_WEEKS
    return True
