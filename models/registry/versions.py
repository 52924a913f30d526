"""The versions of a lake's model in MLflow, and who of them is champion."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import mlflow
from mlflow.store.artifact.artifact_repository_registry import (
    get_artifact_repository,
    get_registered_artifact_repositories,
)
from mlflow.tracking import MlflowClient

from features.errors import IntegrityError, NoUsableModelError
from models import artefacts, stored
from models.bundle import Bundle, Champion, Registered
from models.registry import logged
from models.registry.addresses import addressable, require_absence
from models.registry.trials import TrialRuns

NAME = "shirabe"
CHAMPION, CHALLENGER, SHADOW = "champion", "challenger", "shadow"
OWNER = "lake"
"""The tag of a registered model that says whose it is."""


class Registry:
    """Registered models of one lake at a tracking address; `vouched` are digests of artefacts, by version, that are kept
    outside of it.

    Several lakes may share an address: the first has the plain name, each other one a name with its id, so that none
    ever takes another's champion.
    """

    def __init__(
        self,
        tracking_uri: str,
        lake: str = "",
        artifact_location: str | None = None,
        vouched: Mapping[str, str] | None = None,
    ) -> None:
        for name in ("mlflow", "alembic", "sqlalchemy"):
            logging.getLogger(name).setLevel(logging.ERROR)
        given = os.environ.get("MLFLOW_TRACKING_URI")
        mlflow.set_tracking_uri(tracking_uri)
        # MLflow writes the address into the environment, where the next lake of this process would find it.
        if given is None:
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        served: dict[str, Any] = get_registered_artifact_repositories()
        served[artefacts.SCHEME] = artefacts.repository
        self._tracking_uri = tracking_uri
        self._client = MlflowClient(tracking_uri)
        self._lake = lake
        self._artifact_location = artifact_location
        self._vouched = dict(vouched or {})

    @classmethod
    def within(cls, folder: Path, lake: str = "", vouched: Mapping[str, str] | None = None) -> Registry:
        """The registry in a folder of its own: it can be moved, copied and restored with everything in it."""
        place = addressable(folder.resolve())
        return cls(f"sqlite:///{place / artefacts.DATABASE}", lake, f"{artefacts.SCHEME}:/{NAME}", vouched)

    @cached_property
    def name(self) -> str:
        """What this lake's model is called at this address."""
        try:
            owner = self._client.get_registered_model(NAME).tags.get(OWNER, "")
        except mlflow.exceptions.MlflowException as error:
            require_absence(error)
            return NAME
        return NAME if owner == self._lake else f"{NAME}-{self._lake[:8]}"

    def champion_version(self) -> str | None:
        """The version of the champion, as it goes into rows; None if there is none."""
        found = self._alias()
        return None if found is None else _row_version(found)

    def challenger_version(self) -> str | None:
        """The version that was trained to follow the champion; None if there is none."""
        found = self._alias(CHALLENGER)
        return None if found is None else _row_version(found)

    def shadow_version(self) -> str | None:
        """The version that scores beside the champion; None if there is none."""
        found = self._alias(SHADOW)
        return None if found is None else _row_version(found)

    def cast_shadow(self, version: Registered | None) -> None:
        """Make it the shadow, or have none."""
        if version is None:
            self._client.delete_registered_model_alias(self.name, SHADOW)
        else:
            self._client.set_registered_model_alias(self.name, SHADOW, _number(version.version))

    def model_version(self, week: str) -> str | None:
        """The version of the model that may judge a week; None if there is none.

        The champion, unless it learned from that week or later ones: what a model has seen looks ordinary to it. Then
        the model that learned longest without having seen it.
        """
        found = self._model(week)
        return None if found is None else _row_version(found)

    def register(self, bundle: Bundle, *, challenger: bool = True) -> str:
        """Log the bundle as a run, register it and make it challenger; returns its version.

        Where there is no champion it becomes that. With `challenger=False` it becomes nothing else. The same
        fingerprint registers once: a version that is there already only becomes challenger again (the champion stays
        what it is), and one that a killed run left half-made is finished or passed over.
        """
        version = self._version_of(bundle.fingerprint) or self._new_version(bundle)
        champion = self._alias()
        if champion is None:
            self._name(CHAMPION, version)
        elif challenger and champion.version != version.version:
            self._name(CHALLENGER, version)
        return _row_version(version)

    def search(self, key: str, tags: Mapping[str, str]) -> TrialRuns:
        """The runs of a search for parameters, in an experiment of their own; no trial is ever registered."""
        return TrialRuns(self._client, f"{self.name}-search", self._artifact_location, key, tags)

    def registered(self) -> tuple[Registered, ...]:
        """Every version that no kill left half-made, the oldest first."""
        versions = sorted(self._complete(), key=lambda version: int(version.version))
        return tuple(self._described(version) for version in versions)

    def find(self, named: str) -> Registered:
        """The version that is meant by `challenger`, a number or what stands in rows; NoUsableModelError if none is."""
        known = self.registered()
        if named == SHADOW:  # it may go by another alias too
            named = self.shadow_version() or named
        for each in known:
            if named in (each.alias, each.version, _plain(each.version), _number(each.version)):
                return each
        there = ", ".join(each.version for each in known) or "none"
        raise NoUsableModelError(f"no model {named!r} is registered; registered are: {there}; see `shirabe models`")

    def write_figures(self, row_version: str, figures: Mapping[str, float], step: int | None = None) -> None:
        """Put figures that were measured later beside those of the version's training, as metrics of its run; `step` orders
        those of several weeks."""
        mlflow.set_tracking_uri(self._tracking_uri)
        found = self._client.get_model_version(self.name, _number(_plain(row_version)))
        mlflow.log_metrics(dict(figures), step=step, run_id=found.run_id)

    def write_card(self, row_version: str, file: Path, place: str, digest: str) -> None:
        """Put the card of a version with its run, and its `place` below the lake among the version's tags, unless this
        very card is there."""
        number = _number(_plain(row_version))
        found = self._client.get_model_version(self.name, number)
        if found.tags.get(logged.CARD_DIGEST) == digest:
            return
        # `mlflow.log_artifact` remembers by run where its files lie, and a copy of a lake has the runs of the original.
        address = self._client.get_run(str(found.run_id)).info.artifact_uri
        files: Any = get_artifact_repository(address, self._tracking_uri)
        files.log_artifact(str(file), logged.CARD)
        self._client.set_model_version_tag(self.name, number, logged.CARD, place)
        self._client.set_model_version_tag(self.name, number, logged.CARD_DIGEST, digest)

    def promote(self, version: Registered) -> None:
        """Make it the champion; a challenger that became champion waits no more."""
        self._client.set_registered_model_alias(self.name, CHAMPION, _number(version.version))
        if version.alias == CHALLENGER:
            self._client.delete_registered_model_alias(self.name, CHALLENGER)

    def champion(self) -> Champion:
        """Load the champion; NoUsableModelError if there is none or it cannot be read."""
        found = self._alias()
        if found is None:
            raise NoUsableModelError("no champion is registered; run `shirabe train` first")
        return self._loaded(found)

    def model(self, week: str) -> Champion:
        """Load the model that may judge a week; NoUsableModelError if there is none or it cannot be read."""
        found = self._model(week)
        if found is None:
            raise NoUsableModelError(
                f"every model has learned from {week} or later weeks; run `shirabe train --until {week}` first"
            )
        return self._loaded(found)

    def load(self, version: Registered) -> Champion:
        """Load a version, whatever it may judge; NoUsableModelError if it cannot be read, IntegrityError if it was
        changed."""
        return self._loaded(self._client.get_model_version(self.name, _number(version.version)))

    def require_unchanged(self, version: Registered) -> None:
        """IntegrityError unless the version's artefact is what was registered; NoUsableModelError if it is not there, or
        of an earlier program."""
        with tempfile.TemporaryDirectory() as folder:
            self._fetched(self._client.get_model_version(self.name, _number(version.version)), Path(folder))

    def _loaded(self, found: Any) -> Champion:
        with tempfile.TemporaryDirectory() as folder:
            place = self._fetched(found, Path(folder))
            return Champion(_row_version(found), stored.read(place / logged.DATA))

    def _fetched(self, found: Any, folder: Path) -> Path:
        """The folder of a version's artefact, of which nothing was read before it was found to be what was registered."""
        what = f"model {self.name} version {found.version}"
        if not _readable(found):
            raise NoUsableModelError(
                f"{what} was registered by an earlier program, as pickles, which are never loaded; run `shirabe train`, "
                "then `shirabe promote challenger`"
            )
        try:
            mlflow.set_tracking_uri(self._tracking_uri)
            source = self._client.get_model_version_download_uri(self.name, found.version)
            place = Path(mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=str(folder)))
            digest = stored.digest_of(place)
        except (OSError, ValueError, mlflow.exceptions.MlflowException) as error:
            raise NoUsableModelError(
                f"{what} cannot be loaded ({type(error).__name__}); restore the MLflow store or run `shirabe train` again"
            ) from error
        if {found.tags[logged.DIGEST], self._vouched.get(_row_version(found), digest)} != {digest}:
            raise IntegrityError(
                f"the files of {what} are not those that were registered, or its digest is not that of "
                f"models/promotions.jsonl; nothing of it was read; {stored.ADVICE}"
            )
        return place

    def _described(self, version: Any) -> Registered:
        run = self._client.get_run(version.run_id).data
        by_alias = {
            CHALLENGER: self.challenger_version(),
            CHAMPION: self.champion_version(),
            SHADOW: self.shadow_version(),
        }
        row = _row_version(version)
        return Registered(
            row, version.tags.get("fingerprint", ""), version.tags.get("until", ""),
            tuple(sorted(name.removeprefix("data.") for name in run.tags if name.startswith("data."))),
            int(run.metrics.get("official_weeks", 0)),
            next((alias for alias, named in by_alias.items() if named == row), None),
            version.tags.get(logged.DIGEST, ""),
        )  # fmt: skip

    def _name(self, alias: str, version: Any) -> None:
        self._client.set_registered_model_alias(self.name, alias, version.version)

    def _alias(self, alias: str = CHAMPION) -> Any:
        try:
            return self._client.get_model_version_by_alias(self.name, alias)
        except mlflow.exceptions.MlflowException as error:
            require_absence(error)
            return None

    def _model(self, week: str) -> Any:
        champion = self._alias()
        if champion is None or _until(champion) <= week:
            return champion
        unseen = [v for v in self._complete() if _readable(v) and _until(v) <= week]
        return max(unseen, key=lambda v: (_until(v), int(v.version)), default=None)

    def _version_of(self, fingerprint: str) -> Any:
        done = [v for v in self._complete() if _readable(v) and v.tags.get("fingerprint") == fingerprint]
        return max(done, key=lambda v: int(v.version), default=None)

    def _complete(self) -> list[Any]:
        """Versions that no kill left half-made."""
        found = self._client.search_model_versions(f"name = '{self.name}'")
        return [version for version in found if version.tags.get("complete") == "true"]

    def _new_version(self, bundle: Bundle) -> Any:
        mlflow.set_tracking_uri(self._tracking_uri)
        self._claim()
        if self._client.get_experiment_by_name(self.name) is None:
            self._client.create_experiment(self.name, artifact_location=self._artifact_location)
        mlflow.set_experiment(self.name)
        made = logged.log(bundle)
        # Tags in the same call: a version that a kill left without them could be neither finished nor reused.
        tags = {
            "fingerprint": bundle.fingerprint, "until": str(bundle.parameters.get("until", "")), "complete": "true",
            logged.DIGEST: made.digest, logged.READER: str(stored.READER),
        }  # fmt: skip
        version = self._client.create_model_version(
            self.name, made.uri, made.run_id, tags=tags, description=logged.description(bundle), model_id=made.model_id
        )
        return self._client.get_model_version(self.name, version.version)

    def _claim(self) -> None:
        """Have a name of one's own, even where another lake took the plain one a moment ago."""
        for _ in range(2):
            try:
                self._client.create_registered_model(self.name, {OWNER: self._lake}, logged.OF_ALL)
            except mlflow.exceptions.MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            before = self.name
            del self.name
            if self.name == before:
                return


def _until(version: Any) -> str:
    """The week before which a version was trained; one that does not say may have seen any week."""
    return str(version.tags.get("until") or "9999-W52")


def _row_version(version: Any) -> str:
    return f"{version.name}/{version.version}@{version.tags.get('fingerprint', '')[:12]}"


def _plain(row_version: str) -> str:
    return row_version.partition("@")[0]


def _number(row_version: str) -> str:
    return _plain(row_version).rpartition("/")[2]


def _readable(version: Any) -> bool:
    """Whether a version is of a program that stored no pickles."""
    return logged.READER in version.tags and logged.DIGEST in version.tags
