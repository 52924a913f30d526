"""A registered model made again from what it was made of: does the same come out, in one thread and in two?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.errors import IntegrityError, NoUsableModelError
from features.weeks import Week
from models.bundle import Bundle
from models.ranking.combination import learned_rarity
from models.sizes import Sizes
from models.statistics import WeekStatistics
from models.stored import all_detectors
from models.training import train
from pipelines.lake import Lake
from pipelines.lake.stamps import ABSENT
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.history import readings
from pipelines.steps.training import existing_registry, read_by

THREADS = (1, 2)


@dataclass(frozen=True)
class Rebuilt:
    """What came out in so many threads: the names of what is not as it was registered."""

    threads: int
    different: tuple[str, ...]


@dataclass(frozen=True)
class Reproduction:
    """A version made again, and inputs that are not weeks' facts and have changed since without any effect."""

    version: str
    weeks: tuple[str, ...]
    detectors: int
    rebuilt: tuple[Rebuilt, ...]
    changed: tuple[str, ...]


def reproduce(lake: Lake, named: str, parameters: Parameters, log: EventLog) -> Reproduction:
    """Rebuild a version and compare it with what is registered, in the lake's own files nothing changes.

    NoUsableModelError if what it learned from is no longer there; IntegrityError if from the same inputs something else
    comes out.
    """
    import threadpoolctl

    registry = existing_registry(lake)
    version = registry.find(named)
    bundle = registry.load(version).bundle
    weeks = [Week.parse(week) for week in sorted(bundle.data_fingerprints)]
    changed = _changed(bundle.inputs, read_by(lake, weeks))
    if facts := [name for name in changed if name.startswith("facts/")]:
        raise NoUsableModelError(
            f"{version.version} cannot be made again: it was learned from other contents of {', '.join(facts)}; "
            "restore these files from a copy of the lake"
        )
    rebuilt = []
    for threads in THREADS:
        with log.step("reproduce", f"training again in {threads} threads"), threadpoolctl.threadpool_limits(threads):
            rebuilt.append(Rebuilt(threads, _again(lake, bundle, weeks, _in_threads(parameters, threads))))
    done = Reproduction(
        version.version, tuple(map(str, weeks)), len(all_detectors(bundle)), tuple(rebuilt), tuple(changed)
    )
    _require_same(done)
    return done


def _changed(recorded: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """The names of recorded inputs that are not what they were, or not there."""
    return [name for name, fingerprint in sorted(recorded.items()) if present.get(name, ABSENT) != fingerprint]


def _in_threads(parameters: Parameters, threads: int) -> Parameters:
    """The same parameters, with so many threads of the query engine."""
    return parameters.model_copy(update={"features": parameters.features.model_copy(update={"threads": threads})})


def _again(lake: Lake, bundle: Bundle, weeks: Sequence[Week], parameters: Parameters) -> tuple[str, ...]:
    """Train once more; the names of what is different then."""
    history = [readings(lake, week, parameters) for week in weeks]
    given = bundle.parameters
    again = train(history, int(given["seed"]), bundle.data_fingerprints, str(given["until"]), sizes=Sizes.of(given))
    return tuple(_differences(bundle, again, history[-1]))


def _differences(registered: Bundle, again: Bundle, week: WeekStatistics) -> list[str]:
    """What differs: the fingerprint (parameters, scales), each detector's scores of what it learned from, and the scores of
    the last week's officials."""
    before, after = all_detectors(registered), all_detectors(again)
    found = ["fingerprint"] if registered.fingerprint != again.fingerprint else []
    found += [
        f"scores of {name}"
        for name in sorted(before.keys() | after.keys())
        if name not in before or name not in after or not np.array_equal(before[name].reference, after[name].reference)
    ]
    was, now = (learned_rarity(week.officials(), b.feature_names, b.detectors) for b in (registered, again))
    return found if np.array_equal(was, now) else [*found, "scores of the last week"]


def _require_same(done: Reproduction) -> None:
    unlike = [f"{', '.join(r.different)} in {r.threads} thread(s)" for r in done.rebuilt if r.different]
    if not unlike:
        return
    if done.changed:
        raise NoUsableModelError(
            f"{done.version} cannot be made again: {', '.join(done.changed)} changed since it was trained "
            f"({'; '.join(unlike)} differ); restore them from a copy, or use the program that trained it"
        )
    raise IntegrityError(
        f"from the same inputs another model comes out than {done.version}: {'; '.join(unlike)} differ; "
        "compare the libraries with the tags `library.…` of its MLflow run; if they agree, do not trust the model"
    )
