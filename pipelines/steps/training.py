"""The registry of a lake, the models that may judge its weeks, and training."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from features.catalogue import fingerprint
from features.errors import NoUsableModelError
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.lake.promotions import Record, record_first
from pipelines.lake.stamps import file_fingerprint
from pipelines.parameters import Parameters
from pipelines.steps import inputs
from pipelines.steps.facts import _silent, prepare
from pipelines.steps.history import history_files, readings

if TYPE_CHECKING:
    from models.registry import Registry
    from pipelines.steps.stages import Tell


def registry(lake: Lake) -> Registry:
    """The model registry: MLFLOW_TRACKING_URI, or a SQLite file in the lake."""
    from models.registry import Registry

    address = os.environ.get("MLFLOW_TRACKING_URI")
    vouched = Record.read(lake).digests
    if address:
        return Registry(address, identity(lake), vouched=vouched)
    return Registry.within(lake.root, identity(lake), vouched)


def has_registry(lake: Lake) -> bool:
    """Whether there is a store to ask: asking must not make an empty one in the lake."""
    return bool(os.environ.get("MLFLOW_TRACKING_URI")) or (lake.root / "mlflow.db").exists()


def existing_registry(lake: Lake) -> Registry:
    """The registry of a lake that has one; NoUsableModelError if it has none: asking must not make an empty store."""
    if not has_registry(lake):
        raise NoUsableModelError(f"{lake.root}: no model is registered; run `shirabe train` first")
    return registry(lake)


def champion(lake: Lake) -> str | None:
    """The version of the registered champion; None if there is none."""
    return registry(lake).champion_version() if has_registry(lake) else None


def challenger(lake: Lake) -> str | None:
    """The version of the model that was trained to follow the champion; None if there is none."""
    return None if champion(lake) is None else registry(lake).challenger_version()


def model(lake: Lake, week: Week) -> str | None:
    """The version of the model that may judge a week: it has not learned from it; None if there is none."""
    return None if champion(lake) is None else registry(lake).model_version(str(week))


def train(lake: Lake, until: Week, parameters: Parameters, tell: Tell = _silent, *, as_challenger: bool = True) -> str:
    """Train on the weeks before `until`, register, and name the new version: the challenger, or for one week only.

    The first model of all is the champion.
    """
    from models.bundle import Champion
    from models.training import train
    from pipelines.steps.cards import renew

    weeks = inputs.learned_weeks(lake, until, parameters)
    prepare(lake, weeks[-1], parameters, tell)
    history = [readings(lake, week, parameters) for week in weeks]
    data = {str(week): file_fingerprint(lake.facts("rated_visit", week)) for week in weeks}
    bundle = train(history, parameters.train.seed, data, str(until), sizes=parameters.train.detectors.sizes())
    models = registry(lake)
    version = models.register(replace(bundle, inputs=read_by(lake, weeks)), challenger=as_challenger)
    if version == champion(lake):
        record_first(lake, version, bundle.fingerprint, models.find(version).digest, datetime.now(UTC))
    renew(models, lake, Champion(version, bundle), parameters)
    return version


def read_by(lake: Lake, weeks: Sequence[Week]) -> dict[str, str]:
    """Fingerprints, by name, of all that the statistics of these weeks are read from."""
    files = sorted({file for week in weeks for opened in history_files(lake, week).values() for file in opened})
    facts = {file.relative_to(lake.root).as_posix(): file_fingerprint(file) for file in files}
    tables = {f"reference table {name}": file_fingerprint(lake.reference(name)) for name in ("agencies", "calendar")}
    return facts | tables | {"definitions": fingerprint()}
