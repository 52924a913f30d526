"""Where MLflow's artefacts of a lake lie: beside its database, wherever that is, and nowhere by an absolute address.

The store writes addresses such as `mlflow-artifacts:/shirabe/RUN/artifacts`, which an MLflow server reads from its
`--artifacts-destination`. MLflow itself reads them through a server only; this reads and writes them without one. It is
an entry point (`mlflow.artifact_repository`), so that notebooks in the same environment find the models too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCHEME = "mlflow-artifacts"
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
