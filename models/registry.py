"""The model registry in MLflow: the only module that imports it."""

from __future__ import annotations

import io
import json
import logging
import os
import pickle
import platform
import tempfile
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
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, DataType, Schema

from features.errors import NoUsableModelError
from models.bundle import Bundle, Champion, FittedDetector
from models.ranking.calibration import Tail

NAME = "shirabe"
ALIAS = "champion"
LIBRARIES = ("scikit-learn", "pyod", "numpy", "scipy", "mlflow", "duckdb")


class Registry:
    """Registered models at a tracking address; the local default is a SQLite file."""

    def __init__(self, tracking_uri: str, artifacts: Path | None = None) -> None:
        for name in ("mlflow", "alembic", "sqlalchemy"):
            logging.getLogger(name).setLevel(logging.ERROR)
        given = os.environ.get("MLFLOW_TRACKING_URI")
        mlflow.set_tracking_uri(tracking_uri)
        # MLflow writes the address into the environment, where the next lake of this process would find it.
        if given is None:
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        self._client = MlflowClient(tracking_uri)
        self._artifacts = artifacts

    def champion_version(self) -> str | None:
        """The version that the alias names, as it goes into rows; None if there is none."""
        found = self._alias()
        return None if found is None else _row_version(found)

    def register(self, bundle: Bundle) -> str:
        """Log the bundle as a run, register it and make it champion; returns its version.

        The same fingerprint registers once: a version that is there already only becomes champion again, and one
        that a killed run left half-made is finished or passed over.
        """
        version = self._version_of(bundle.fingerprint) or self._new_version(bundle)
        self._client.set_registered_model_alias(NAME, ALIAS, version.version)
        return _row_version(version)

    def champion(self) -> Champion:
        """Load the champion; NoUsableModelError if there is none or it cannot be read."""
        found = self._alias()
        if found is None:
            raise NoUsableModelError("no champion is registered; run `shirabe train` first")
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
                f"champion {NAME} version {found.version} cannot be loaded ({type(error).__name__}); "
                "restore the MLflow store or run `shirabe train` again"
            ) from error

    def _alias(self) -> Any:
        try:
            return self._client.get_model_version_by_alias(NAME, ALIAS)
        except mlflow.exceptions.MlflowException:
            return None

    def _version_of(self, fingerprint: str) -> Any:
        found = self._client.search_model_versions(f"name = '{NAME}'")
        done = [v for v in found if v.tags.get("fingerprint") == fingerprint and v.tags.get("complete") == "true"]
        return max(done, key=lambda v: int(v.version), default=None)

    def _new_version(self, bundle: Bundle) -> Any:
        if self._client.get_experiment_by_name(NAME) is None:
            location = None if self._artifacts is None else self._artifacts.resolve().as_uri()
            self._client.create_experiment(NAME, artifact_location=location)
        mlflow.set_experiment(NAME)
        with mlflow.start_run(run_name=f"until {bundle.parameters.get('until', '')}") as run:
            mlflow.log_params(dict(bundle.parameters))
            mlflow.log_metrics(dict(bundle.metrics))
            mlflow.set_tags({"fingerprint": bundle.fingerprint, "python": platform.python_version()})
            mlflow.set_tags({f"library.{name}": installed(name) for name in LIBRARIES})
            mlflow.set_tags({f"data.{name}": value for name, value in bundle.data_fingerprints.items()})
            for name, detector in bundle.detectors.items():
                self._log_detector(name, detector, bundle.feature_names)
            self._log_tables(bundle)
        return self._registered(run.info.run_id, bundle.fingerprint)

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
                "parameters": dict(bundle.parameters), "metrics": dict(bundle.metrics),
                "fingerprint": bundle.fingerprint, "data_fingerprints": dict(bundle.data_fingerprints),
                "tails": {name: tail.to_json() for name, tail in sorted(bundle.tails.items())},
            }  # fmt: skip
            Path(folder, "bundle.json").write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
            for name, detector in bundle.detectors.items():
                np.save(Path(folder, f"{name}.npy"), detector.reference)
                Path(folder, f"{name}.pickle").write_bytes(pickle.dumps(detector.estimator))
            mlflow.log_artifacts(folder, "bundle")

    def _registered(self, run_id: str, fingerprint: str) -> Any:
        if not self._client.search_registered_models(f"name = '{NAME}'"):
            self._client.create_registered_model(NAME)
        # Tags in the same call: a version that a kill left without them could be neither finished nor reused.
        tags = {"fingerprint": fingerprint, "complete": "true"}
        made = self._client.create_model_version(NAME, f"runs:/{run_id}/bundle", run_id, tags=tags)
        return self._client.get_model_version(NAME, made.version)

    def _load(self, version: Any) -> Bundle:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(self._client.download_artifacts(version.run_id, "bundle", folder))
            content = json.loads((path / "bundle.json").read_text(encoding="utf-8"))
            detectors = {
                name: FittedDetector(_unpickled(path / f"{name}.pickle"), np.load(path / f"{name}.npy"))
                for name in content["detectors"]
            }
        return Bundle(
            tuple(content["feature_names"]), detectors,
            {name: Tail.from_json(tail) for name, tail in content["tails"].items()},
            content["parameters"], content["metrics"], content["fingerprint"], content["data_fingerprints"],
        )  # fmt: skip


def _unpickled(file: Path) -> Any:
    return pickle.load(io.BytesIO(file.read_bytes()))


def _row_version(version: Any) -> str:
    return f"{NAME}/{version.version}@{version.tags.get('fingerprint', '')[:12]}"
