"""All baselines over the weeks that are judged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from features.weeks import Week
from models.evaluation import Case
from models.evaluation.baselines import conditional, population, xroad
from models.evaluation.baselines.counts import CountDetectors
from models.evaluation.baselines.officials import matrix, official_cases, plain_counts
from models.evaluation.baselines.weeklogs import WeekLogs


def baseline_cases(logs: WeekLogs, weeks: Sequence[Week], capacity: int, seed: int) -> dict[str, list[Case]]:
    """Cases of the judged weeks (in order, at least one) by each baseline, at most `capacity` a week.

    The weeks before the first judged one teach the detectors on counts; without any, the first week itself does.
    """
    counts = {week: _counted(logs, week) for week in sorted({*weeks, *(b for w in weeks for b in logs.before(w))})}
    learned_from = logs.before(weeks[0]) or [weeks[0]]
    detectors = CountDetectors.learned(matrix(pd.concat([counts[week] for week in learned_from])), seed)
    cases: dict[str, list[Case]] = {}
    for week in weeks:
        now = counts[week]
        earlier = pd.concat([counts[each] for each in logs.before(week)] or [now.head(0)])
        scores = {population.NAME: population.scores(now, earlier), **detectors.scores(matrix(now))}
        with logs.opened(week) as engine:
            cases.setdefault(xroad.NAME, []).extend(xroad.cases(engine, week, capacity))
            cases.setdefault(conditional.NAME, []).extend(conditional.cases(engine, week, capacity))
            for name, values in scores.items():
                cases.setdefault(name, []).extend(official_cases(engine, week, now, values, capacity))
    return cases


def _counted(logs: WeekLogs, week: Week) -> pd.DataFrame:
    with logs.opened(week) as engine:
        return plain_counts(engine, week)
