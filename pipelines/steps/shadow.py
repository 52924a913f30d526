"""The shadow of the weekly run: which model it is, and what it says of a week beside the champion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from features.engines.duckdb import DuckDBEngine
from features.errors import NoUsableModelError
from features.weeks import Week
from pipelines.lake import Lake
from pipelines.lake.promotions import SHADOW, Promotion, append, moment
from pipelines.steps.training import existing_registry

if TYPE_CHECKING:
    import pyarrow as pa

    from models.bundle import Champion
    from models.registry import Registry

NOBODY = "none"


@dataclass(frozen=True)
class Cast:
    """The version that is the shadow now (None: there is none), and the one before it."""

    version: str | None
    before: str | None


def cast_shadow(lake: Lake, named: str, by: str, why: str, now: datetime) -> Cast:
    """Make a version the shadow (`none`: have none) and write it down. One person may: a shadow alters no result.

    NoUsableModelError if there is no such version, or it is the champion; IntegrityError if it was changed.
    """
    registry = existing_registry(lake)
    before = registry.shadow_version()
    if named == NOBODY:
        if before is not None:
            append(lake, Promotion(moment(now), SHADOW, "", "", before, by, "", why))
            registry.cast_shadow(None)
        return Cast(None, before)
    version = registry.find(named)
    if version.version == registry.champion_version():
        raise NoUsableModelError(f"{version.version} is the champion; a shadow is another of `shirabe models`")
    registry.require_unchanged(version)
    if version.version != before:
        append(
            lake,
            Promotion(moment(now), SHADOW, version.version, version.fingerprint, before, by, "", why, version.digest),
        )
        registry.cast_shadow(version)
    return Cast(version.version, before)


def shadow_statement(
    registry: Registry, engine: DuckDBEngine, week: Week, cases: pa.Table, capacity: int
) -> dict[str, Any]:
    """What `coverage.json` says of the shadow: empty without one. Whatever goes wrong is said, and does not stop the week."""
    version = None
    try:
        version = registry.shadow_version()
        if version is None or version == registry.champion_version():
            return {}
        from models.shadow import beside

        return asdict(beside(engine, week, _unseen(registry, version, week), cases, capacity))
    except Exception as error:  # a model that decides nothing must not cost anybody the week
        return {"version": version or "", "failed": f"{type(error).__name__}: {error}"}


def _unseen(registry: Registry, version: str, week: Week) -> Champion:
    """The shadow; NoUsableModelError if it has learned from the week."""
    shadow = registry.load(registry.find(version))
    if str(shadow.bundle.parameters["until"]) > str(week):
        raise NoUsableModelError("it has learned from this week or later ones")
    return shadow
