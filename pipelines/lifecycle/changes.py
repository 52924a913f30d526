"""The life of models: another champion by the word of two people, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from features.errors import NoUsableModelError
from features.weeks import Week
from models.bundle import Registered
from models.registry import Registry
from pipelines.lake import Lake
from pipelines.lake.promotions import PROMOTE, ROLLBACK, Approval, Promotion, Record, append, moment
from pipelines.lake.scored import weeks_scored_by
from pipelines.lifecycle.comparison import read as comparison_on_file
from pipelines.parameters import Promote
from pipelines.steps.training import existing_registry


@dataclass(frozen=True)
class Succession:
    """A version that is the champion now, the one before it (None: there was none), and the weeks that one scored."""

    version: str
    before: str | None
    scored: tuple[Week, ...]

    @property
    def already(self) -> bool:
        """Whether it was the champion before."""
        return self.version == self.before


def promote(lake: Lake, named: str, approval: Approval, now: datetime, gates: Promote) -> Succession:
    """Make a version the champion and write it down; NoUsableModelError if there is no such version that can be read, or
    it does not pass the gates, IntegrityError if it was changed."""
    registry = existing_registry(lake)
    version, champion = registry.find(named), registry.champion_version()
    if version.version != champion:
        _pass_gates(lake, champion, version.version, gates)
        registry.require_unchanged(version)
        cut_short = Record.read(lake).unfinished(champion)
        if cut_short is None or (cut_short.act, cut_short.version) != (PROMOTE, version.version):
            append(lake, _promotion(PROMOTE, version, champion, approval, now))
        registry.promote(version)
    return Succession(version.version, champion, weeks_scored_by(lake, champion))


def _pass_gates(lake: Lake, champion: str | None, version: str, gates: Promote) -> None:
    """NoUsableModelError that says which gates are not passed."""
    if champion is None or not gates.compared:
        return
    found = comparison_on_file(lake, champion, version)
    if found is None:
        raise NoUsableModelError(
            f"{version} was not held beside the champion {champion}; run `shirabe compare {version.partition('@')[0]}` first"
        )
    if failed := found.failed(gates):
        listed = "\n".join(f"  {gate}" for gate in failed)
        raise NoUsableModelError(
            f"{version} does not pass the gates of promotion:\n{listed}\nkeep the champion, or change the gates in a parameter file"
        )


def rollback(lake: Lake, approval: Approval, now: datetime) -> Succession:
    """Make the champion before this one the champion again and write it down; NoUsableModelError if none is known."""
    registry = existing_registry(lake)
    champion = registry.champion_version()
    record = Record.read(lake)
    cut_short = record.unfinished(champion)
    if cut_short is not None and cut_short.act == ROLLBACK:
        return _succeed(lake, registry, registry.find(cut_short.version), champion)
    leaving = champion if cut_short is None else cut_short.version
    earlier = None if leaving is None else record.predecessor(leaving)
    if earlier is None:
        raise NoUsableModelError(
            f"{lake.promotions()} names no champion before {leaving or 'any'}; choose one of `shirabe models` "
            "and run `shirabe promote VERSION`"
        )
    version = registry.find(earlier)
    registry.require_unchanged(version)
    append(lake, _promotion(ROLLBACK, version, leaving, approval, now))
    return _succeed(lake, registry, version, leaving)


def _succeed(lake: Lake, registry: Registry, version: Registered, before: str | None) -> Succession:
    registry.promote(version)
    return Succession(version.version, before, weeks_scored_by(lake, before))


def _promotion(act: str, version: Registered, before: str | None, approval: Approval, now: datetime) -> Promotion:
    return Promotion(
        moment(now), act, version.version, version.fingerprint, before, approval.by, approval.approved_by, approval.why,
        version.digest,
    )  # fmt: skip
