"""Where MLflow's artefacts of a lake lie: beside its database, wherever that is, and nowhere by an absolute address.

The store writes addresses such as `mlflow-artifacts:/shirabe/RUN/artifacts`, which an MLflow server reads from its
`--artifacts-destination`. MLflow itself reads them through a server only; this reads and writes them without one. It is
an entry point (`mlflow.artifact_repository`), so that notebooks in the same environment find the models too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from features.errors import IntegrityError
from models import stored

SCHEME = "mlflow-artifacts"
DIGEST = "digest"
"""Tag of a version: SHA-256 over the files of its artefact."""
SAYS_WHICH = "registered_model_meta"
"""The file in which MLflow notes, where it fetches a registered model, which version that is."""
DATABASE, FOLDER = "mlflow.db", "mlartifacts"
_SQLITE = "sqlite:///"


def repository(artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None) -> Any:
    """MLflow's repository of an address: the folder beside the database of a lake, else what MLflow has for servers."""
    from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository
    from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository
    from mlflow.tracking import get_tracking_uri

    store = tracking_uri or get_tracking_uri()
    if not store.startswith(_SQLITE):
        return MlflowArtifactsRepository(artifact_uri, tracking_uri, registry_uri)
    folder = Path(store.removeprefix(_SQLITE)).absolute().parent / FOLDER
    place = folder / urlsplit(artifact_uri).path.lstrip("/")
    return LocalArtifactRepository(place.as_uri(), tracking_uri, registry_uri)


def require_as_registered(folder: Path) -> None:
    """IntegrityError if MLflow fetched the model in `folder` as a registered version, and its files are not those whose
    digest is among the version's tags.

    Where MLflow was not asked for a version, or there is no store to ask (a worker of Spark), nothing can be compared.
    """
    from mlflow import MlflowClient, is_tracking_uri_set
    from mlflow.exceptions import MlflowException

    note, has_store = folder / SAYS_WHICH, cast(Callable[[], bool], is_tracking_uri_set)
    if not note.exists() or not has_store():
        return
    which = yaml.safe_load(note.read_text(encoding="utf-8"))
    try:
        tags = MlflowClient().get_model_version(str(which["model_name"]), str(which["model_version"])).tags
    except MlflowException:
        return
    if tags.get(DIGEST) != stored.digest_of(folder):
        raise IntegrityError(
            f"the files of model {which['model_name']} version {which['model_version']} are not those that were "
            f"registered; nothing of the bundle was read; {stored.ADVICE}"
        )
