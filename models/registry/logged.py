"""A training as a run of MLflow, and what came of it as one standard model.

The model's artefact holds data only; the code that reads it is `models.served` of the installed program
(https://mlflow.org/docs/latest/ml/model/#loader-module): code inside the artefact would run before anybody could ask
whether it is the code that was registered.
"""

from __future__ import annotations

import logging
import platform
import tempfile
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec

from models import artefacts, served, stored
from models.bundle import Bundle
from models.statistics.frames import ALL_LACKING

DIGEST, READER = artefacts.DIGEST, "reader"
"""Tags of a version: SHA-256 over the files of its artefact, and the version of the reader that it needs."""
CARD, CARD_DIGEST = "card", "card.digest"
"""Tags of a version: where its card lies below the lake, and its SHA-256; the first is also its folder in the run."""
MODEL = "bundle"
DATA = "data/bundle"
"""Where the bundle lies in the artefact."""
LIBRARIES = ("scikit-learn", "pyod", "numpy", "scipy", "pandas", "skops", "mlflow", "duckdb")
REQUIRED = ("shirabe", "mlflow", "scikit-learn", "pyod", "numpy", "scipy", "pandas", "skops")
OF_ALL = (
    "調べ：職員の一週間の照会がどれほど珍しいかを点数にする。入力は features/entity=user の一週間分の表。\n\n"
    "Shirabe: scores how unusual an official's week of look-ups is. Input: all rows of a week of features/entity=user."
)


@dataclass(frozen=True)
class Logged:
    """A model that was logged with a run, and not registered yet."""

    run_id: str
    model_id: str
    uri: str
    digest: str


def log(bundle: Bundle) -> Logged:
    """Log a training and its model in the experiment that is set."""
    with mlflow.start_run(run_name=f"until {bundle.parameters.get('until', '')}") as run:
        mlflow.log_params(dict(bundle.parameters))
        mlflow.log_metrics(dict(bundle.metrics))
        mlflow.set_tags({"fingerprint": bundle.fingerprint, "python": platform.python_version()})
        mlflow.set_tags({f"library.{name}": installed(name) for name in LIBRARIES})
        mlflow.set_tags({f"data.{name}": value for name, value in bundle.data_fingerprints.items()})
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, MODEL)
            place.mkdir()
            stored.write(bundle, place)
            logging.getLogger("mlflow").setLevel(logging.ERROR)
            made = mlflow.pyfunc.log_model(
                name=MODEL, loader_module=served.__name__, data_path=str(place), signature=signature(bundle),
                input_example=example(bundle), pip_requirements=[f"{name}=={installed(name)}" for name in REQUIRED],
            )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            fetched = mlflow.artifacts.download_artifacts(artifact_uri=made.model_uri, dst_path=folder)
            digest = stored.digest_of(Path(fetched))
    return Logged(run.info.run_id, made.model_id, made.model_uri, digest)


def signature(bundle: Bundle) -> ModelSignature:
    """What goes in and comes out: columns as in `features/entity=user`, where no number has to be there: a week's table has those that occur in it."""
    given: list[ColSpec | TensorSpec] = [ColSpec(DataType.string, "week")]
    given += [ColSpec(DataType.string, name, required=False) for name in served.WHO]
    given += [ColSpec(DataType.double, name, required=False) for name in (*served.columns(bundle), ALL_LACKING)]
    numbers: list[ColSpec | TensorSpec] = [ColSpec(DataType.double, name) for name in served.numbers(bundle)]
    return ModelSignature(Schema(given), Schema([*numbers, ColSpec(DataType.string, served.REASON)]))


def example(bundle: Bundle) -> pd.DataFrame:
    """Two made-up officials' weeks, of whom one did nothing unusual."""
    who = {"week": "2026-W01", "entity_id": ["0/a", "0/b"], "agency_code": "0", "requester_user": ["a", "b"]}
    return pd.DataFrame(who | {feature: [0.0, 1.0] for feature in bundle.feature_names})


def description(bundle: Bundle) -> str:
    """What a version learned from, in Japanese and English."""
    weeks, given = sorted(bundle.data_fingerprints), bundle.parameters
    span = f"{weeks[0]} – {weeks[-1]}" if weeks else "–"
    officials, agencies = given.get("official_weeks", 0), given.get("agency_weeks", 0)
    detectors = ", ".join(bundle.detectors) or "–"
    until = given.get("until", "")
    return (
        f"{span} の {len(weeks)} 週（{until} より前）から学習：職員の週 {officials:,}、機関の週 {agencies:,}。"
        f"検出器：{detectors}。\n\n"
        f"Learned from {len(weeks)} weeks ({span}, before {until}): {officials:,} official-weeks, {agencies:,} "
        f"agency-weeks. Detectors: {detectors}. Seed {given.get('seed', '')}."
    )
