"""What each step depends on, by name: the names are what a revision says has changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from features.weeks import Week
from pipelines.lake import REFERENCE_TABLES, Lake
from pipelines.lake.stamps import (
    Stamp,
    definitions_fingerprint,
    file_fingerprint,
    parameters_fingerprint,
    parquet_fingerprint,
)
from pipelines.parameters import Parameters

MODEL = "model"
POWER = "power"
"""What the list would have held; only the report reads it."""
WITHOUT_A_PAST = 2
"""The first so many weeks of a lake are history only."""


SEEN_BY_READERS = ("reference table codes", "wording", POWER)
"""What changes a report and no table."""


def log_name(week: Week) -> str:
    """The name under which a week's log is an input."""
    return f"log of {week}"


def learned_weeks(lake: Lake, until: Week, parameters: Parameters) -> list[Week]:
    """The weeks that a model for `until` is learned from, earliest first: the latest before it, as many as allowed.

    The first weeks of a lake have next to no history and would teach that everything is new.
    """
    before = [week for week in lake.weeks() if week < until]
    return before[WITHOUT_A_PAST:][-parameters.train.at_most_weeks :]


def of_training(lake: Lake, until: Week, parameters: Parameters) -> dict[str, str]:
    """Everything that a model for `until` depends on: the weeks that it learns from, and those that are their history."""
    sections = parameters_fingerprint(parameters.features, parameters.train)
    first = learned_weeks(lake, until, parameters)[0].shift(-parameters.features.look_back_weeks)
    weeks = [week for week in lake.weeks() if first <= week < until]
    return _logs(lake, weeks) | reference(lake) | _program() | {"parameters": sections}


def of_scoring(lake: Lake, week: Week, parameters: Parameters) -> dict[str, str]:
    """Everything that a week's tables depend on, except the model: a new champion leaves them as they are.

    Weeks further back than one's own history do not count, so that the cost does not grow with the lake.
    """
    first = week.shift(-parameters.features.look_back_weeks)
    weeks = [w for w in lake.weeks() if first <= w <= week]
    sections = parameters_fingerprint(parameters.features, parameters.score, parameters.drift)
    return _logs(lake, weeks) | reference(lake) | _program() | {"parameters": sections}


def own_log(lake: Lake, week: Week) -> dict[str, str]:
    """The week's own log alone."""
    return _logs(lake, [week])


def power_result(lake: Lake, week: Week) -> Path | None:
    """The newest result of `shirabe power` for this week or one before it, of the model that scored the week; None without."""
    stamp = Stamp.read(lake.stamp("score", week))
    files = sorted(lake.power(week).parent.glob("week=*.parquet"), reverse=True)
    if stamp is None or not files:
        return None
    import pyarrow.parquet as pq

    for file in files:
        if file.stem.removeprefix("week=") <= str(week):
            versions = pq.read_table(file, columns=["model_version"], partitioning=None)["model_version"].to_pylist()
            if stamp.inputs.get(MODEL) in versions:
                return file
    return None


def of_reporting(lake: Lake, week: Week, parameters: Parameters) -> dict[str, str]:
    """Everything that a week's report depends on."""
    tables = {str(t.relative_to(lake.root)): file_fingerprint(t) for t in lake.tables(week)}
    power = power_result(lake, week)
    measured = {} if power is None else {POWER: file_fingerprint(power)}
    return (
        tables
        | measured
        | {
            "scoring": file_fingerprint(lake.stamp("score", week)),
            "reference table codes": file_fingerprint(lake.reference("codes")),
            "wording": definitions_fingerprint(["reports"]),
            "parameters": parameters_fingerprint(parameters.report),
        }
    )


def _logs(lake: Lake, weeks: Sequence[Week]) -> dict[str, str]:
    return {log_name(week): parquet_fingerprint(lake.log(week)) for week in weeks}


def reference(lake: Lake) -> dict[str, str]:
    """The reference tables."""
    return {f"reference table {name}": file_fingerprint(lake.reference(name)) for name in REFERENCE_TABLES}


def _program() -> dict[str, str]:
    return {"definitions": definitions_fingerprint(["features", "models"])}
