"""The model registry in MLflow: the only module that imports it."""

from __future__ import annotations

import atexit
import io
import json
import logging
import os
import pickle
import platform
import re
import tempfile
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow.models import ModelSignature
from mlflow.store.artifact.artifact_repository_registry import get_registered_artifact_repositories
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, DataType, Schema

from features.errors import NoUsableModelError, StorageError
from models import artefacts
from models.bundle import Bundle, Champion, FittedDetector, Population, Registered
from models.ranking.calibration import Tail

NAME = "shirabe"
CHAMPION, CHALLENGER = "champion", "challenger"
OWNER = "lake"
"""The tag of a registered model that says whose it is."""
OF_AGENCIES = "agency_"
"""What the names of detectors over agency-weeks begin with, where they stand beside those of officials."""
LIBRARIES = ("scikit-learn", "pyod", "numpy", "scipy", "mlflow", "duckdb")


class Registry:
    """Registered models of one lake at a tracking address.

    Several lakes may share an address: the first has the plain name, each other one a name with its id, so that none
    ever takes another's champion.
    """

    def __init__(self, tracking_uri: str, lake: str = "", artifact_location: str | None = None) -> None:
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

    @classmethod
    def within(cls, folder: Path, lake: str = "") -> Registry:
        """The registry in a folder of its own: it can be moved, copied and restored with everything in it."""
        place = _addressable(folder.resolve())
        return cls(f"sqlite:///{place / artefacts.DATABASE}", lake, f"{artefacts.SCHEME}:/{NAME}")

    @cached_property
    def name(self) -> str:
        """What this lake's model is called at this address."""
        try:
            owner = self._client.get_registered_model(NAME).tags.get(OWNER, "")
        except mlflow.exceptions.MlflowException as error:
            _require_absence(error)
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

    def registered(self) -> tuple[Registered, ...]:
        """Every version that no kill left half-made, the oldest first."""
        versions = sorted(self._complete(), key=lambda version: int(version.version))
        return tuple(self._described(version) for version in versions)

    def find(self, named: str) -> Registered:
        """The version that is meant by `challenger`, a number or what stands in rows; NoUsableModelError if none is."""
        known = self.registered()
        for each in known:
            if named in (each.alias, each.version, _plain(each.version), _number(each.version)):
                return each
        there = ", ".join(each.version for each in known) or "none"
        raise NoUsableModelError(f"no model {named!r} is registered; registered are: {there}; see `shirabe models`")

    def write_figures(self, row_version: str, figures: Mapping[str, float]) -> None:
        """Put figures that were measured later beside those of the version's training, as metrics of its run."""
        mlflow.set_tracking_uri(self._tracking_uri)
        found = self._client.get_model_version(self.name, _number(_plain(row_version)))
        mlflow.log_metrics(dict(figures), run_id=found.run_id)

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

    def _loaded(self, found: Any) -> Champion:
        try:
            return Champion(_row_version(found), self._load(found))
        except (
            OSError,
            KeyError,
            ValueError,
            pickle.UnpicklingError,
            mlflow.exceptions.MlflowException,
        ) as error:
            raise NoUsableModelError(
                f"model {self.name} version {found.version} cannot be loaded ({type(error).__name__}); "
                "restore the MLflow store or run `shirabe train` again"
            ) from error

    def _described(self, version: Any) -> Registered:
        run = self._client.get_run(version.run_id).data
        by_alias = {CHALLENGER: self.challenger_version(), CHAMPION: self.champion_version()}
        row = _row_version(version)
        return Registered(
            row, version.tags.get("fingerprint", ""), version.tags.get("until", ""),
            tuple(sorted(name.removeprefix("data.") for name in run.tags if name.startswith("data."))),
            int(run.metrics.get("official_weeks", 0)),
            next((alias for alias, named in by_alias.items() if named == row), None),
        )  # fmt: skip

    def _name(self, alias: str, version: Any) -> None:
        self._client.set_registered_model_alias(self.name, alias, version.version)

    def _alias(self, alias: str = CHAMPION) -> Any:
        try:
            return self._client.get_model_version_by_alias(self.name, alias)
        except mlflow.exceptions.MlflowException as error:
            _require_absence(error)
            return None

    def _model(self, week: str) -> Any:
        champion = self._alias()
        if champion is None or _until(champion) <= week:
            return champion
        unseen = [v for v in self._complete() if _until(v) <= week]
        return max(unseen, key=lambda v: (_until(v), int(v.version)), default=None)

    def _version_of(self, fingerprint: str) -> Any:
        done = [v for v in self._complete() if v.tags.get("fingerprint") == fingerprint]
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
        with mlflow.start_run(run_name=f"until {bundle.parameters.get('until', '')}") as run:
            mlflow.log_params(dict(bundle.parameters))
            mlflow.log_metrics(dict(bundle.metrics))
            mlflow.set_tags({"fingerprint": bundle.fingerprint, "python": platform.python_version()})
            mlflow.set_tags({f"library.{name}": installed(name) for name in LIBRARIES})
            mlflow.set_tags({f"data.{name}": value for name, value in bundle.data_fingerprints.items()})
            for name, detector in bundle.detectors.items():
                self._log_detector(name, detector, bundle.feature_names)
            for name, detector in bundle.agencies.detectors.items():
                self._log_detector(OF_AGENCIES + name, detector, bundle.agencies.feature_names)
            self._log_tables(bundle)
        return self._registered(run.info.run_id, bundle)

    def _claim(self) -> None:
        """Have a name of one's own, even where another lake took the plain one a moment ago."""
        for _ in range(2):
            try:
                self._client.create_registered_model(self.name, tags={OWNER: self._lake})
            except mlflow.exceptions.MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            before = self.name
            del self.name
            if self.name == before:
                return

    def _log_detector(self, name: str, detector: FittedDetector, features: tuple[str, ...]) -> None:
        signature = ModelSignature(
            inputs=Schema([ColSpec(DataType.double, feature) for feature in features]),
            outputs=Schema([ColSpec(DataType.double)]),
        )
        requirements = [f"{library}=={installed(library)}" for library in ("scikit-learn", "pyod", "numpy")]
        mlflow.sklearn.log_model(
            detector.estimator, name=name, signature=signature, pip_requirements=requirements,
            serialization_format="cloudpickle",
        )  # fmt: skip

    def _log_tables(self, bundle: Bundle) -> None:
        with tempfile.TemporaryDirectory() as folder:
            described = {
                "feature_names": list(bundle.feature_names), "detectors": list(bundle.detectors),
                "agencies": {
                    "feature_names": list(bundle.agencies.feature_names), "detectors": list(bundle.agencies.detectors)
                },
                "parameters": dict(bundle.parameters), "metrics": dict(bundle.metrics),
                "fingerprint": bundle.fingerprint, "data_fingerprints": dict(bundle.data_fingerprints),
                "tails": {name: tail.to_json() for name, tail in sorted(bundle.tails.items())},
            }  # fmt: skip
            Path(folder, "bundle.json").write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
            of_agencies = {OF_AGENCIES + name: detector for name, detector in bundle.agencies.detectors.items()}
            for name, detector in (*bundle.detectors.items(), *of_agencies.items()):
                np.save(Path(folder, f"{name}.npy"), detector.reference)
                Path(folder, f"{name}.pickle").write_bytes(pickle.dumps(detector.estimator))
            mlflow.log_artifacts(folder, "bundle")

    def _registered(self, run_id: str, bundle: Bundle) -> Any:
        # Tags in the same call: a version that a kill left without them could be neither finished nor reused.
        tags = {"fingerprint": bundle.fingerprint, "until": str(bundle.parameters.get("until", "")), "complete": "true"}
        made = self._client.create_model_version(self.name, f"runs:/{run_id}/bundle", run_id, tags=tags)
        return self._client.get_model_version(self.name, made.version)

    def _load(self, version: Any) -> Bundle:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(self._client.download_artifacts(version.run_id, "bundle", folder))
            content = json.loads((path / "bundle.json").read_text(encoding="utf-8"))
            detectors = {name: _fitted(path, name) for name in content["detectors"]}
            # Models that were registered before agency-weeks were learned have no detectors over them.
            of_agencies = content.get("agencies", {"feature_names": [], "detectors": []})
            agencies = Population(
                tuple(of_agencies["feature_names"]),
                {name: _fitted(path, OF_AGENCIES + name) for name in of_agencies["detectors"]},
            )
        return Bundle(
            tuple(content["feature_names"]), detectors,
            {name: Tail.from_json(tail) for name, tail in content["tails"].items()},
            content["parameters"], content["metrics"], content["fingerprint"], content["data_fingerprints"], agencies,
        )  # fmt: skip


def _fitted(folder: Path, name: str) -> FittedDetector:
    return FittedDetector(_unpickled(folder / f"{name}.pickle"), np.load(folder / f"{name}.npy"))


def _unpickled(file: Path) -> Any:
    return pickle.load(io.BytesIO(file.read_bytes()))


def _require_absence(error: mlflow.exceptions.MlflowException) -> None:
    """StorageError unless the answer was that there is no such model: what cannot be asked is not absent."""
    absent = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}
    if error.error_code not in absent:
        raise StorageError(
            "the MLflow store cannot be read; see to the place that MLFLOW_TRACKING_URI names (without it: mlflow.db "
            "in the lake), run it again"
        ) from error


_PLAIN = re.compile(r"[\w./-]+", re.ASCII)


@cache
def _addressable(folder: Path) -> Path:
    """The same folder under a name that can stand in an address: MLflow and SQLAlchemy would read `?`, `#` and `%` in a
    folder's name as their own signs, and write elsewhere."""
    if _PLAIN.fullmatch(str(folder)):
        return folder
    link = tempfile.TemporaryDirectory(prefix="shirabe-")
    atexit.register(link.cleanup)
    place = Path(link.name, "lake")
    place.symlink_to(folder, target_is_directory=True)
    return place


def _until(version: Any) -> str:
    """The week before which a version was trained; one that does not say may have seen any week."""
    return str(version.tags.get("until") or "9999-W52")


def _row_version(version: Any) -> str:
    return f"{version.name}/{version.version}@{version.tags.get('fingerprint', '')[:12]}"


def _plain(row_version: str) -> str:
    return row_version.partition("@")[0]


def _number(row_version: str) -> str:
    return _plain(row_version).rpartition("/")[2]
