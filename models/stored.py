"""A bundle in a folder, as it goes into the registry: estimators in skops files, arrays in an npz file, the rest in JSON.

Nothing in it is ever unpickled, and nothing in it is code: a type that is not in TRUSTED is refused before anything is
made of it. skops reads the schema of a file, holds every type against the list and only then builds objects
(https://skops.readthedocs.io/en/stable/persistence.html).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from features.errors import IntegrityError, NoUsableModelError
from models.bundle import Bundle, FittedDetector, Population
from models.detectors import DETECTORS
from models.ranking.calibration import Tail

READER = 2
"""The version of this module's reading. A bundle says which it needs; 1 were the pickles of earlier programs."""
OF_AGENCIES = "agency_"
"""What the names of detectors over agency-weeks begin with, where they stand beside those of officials."""
TRUSTED = (
    "numpy.dtype",
    "pyod.models.cblof.CBLOF",
    "pyod.models.knn.KNN",
    "pyod.models.mcd.MCD",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
)
"""What an estimator may be made of, beyond what skops itself trusts of scikit-learn, numpy and scipy."""
ADVICE = "do not use it; run `shirabe train`, or restore the MLflow store from a copy that you trust"
_JSON, _ARRAYS = "bundle.json", "references.npz"
_WRITTEN_BY_READERS = {"registered_model_meta"}
"""What MLflow adds to a folder that it has fetched."""


def write(bundle: Bundle, folder: Path) -> None:
    """Write a bundle into an empty folder."""
    import skops.io

    described = {
        "reader": READER,
        "feature_names": list(bundle.feature_names), "detectors": list(bundle.detectors),
        "agencies": {
            "feature_names": list(bundle.agencies.feature_names), "detectors": list(bundle.agencies.detectors)
        },
        "parameters": dict(bundle.parameters), "metrics": dict(bundle.metrics),
        "fingerprint": bundle.fingerprint, "data_fingerprints": dict(bundle.data_fingerprints),
        "inputs": dict(bundle.inputs), "tails": {name: tail.to_json() for name, tail in sorted(bundle.tails.items())},
    }  # fmt: skip
    (folder / _JSON).write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
    detectors = all_detectors(bundle)
    references: dict[str, Any] = {name: detector.reference for name, detector in detectors.items()}
    np.savez(folder / _ARRAYS, **references)
    for name, detector in detectors.items():
        skops.io.dump(detector.estimator, folder / f"{name}.skops")


def read(folder: Path) -> Bundle:
    """The bundle in a folder; NoUsableModelError if this program cannot read it, IntegrityError if there is something in
    it that must not be there."""
    content = _described(folder)
    try:
        of_agencies = content["agencies"]
        return Bundle(
            tuple(content["feature_names"]), _fitted(folder, content["detectors"]),
            {name: Tail.from_json(tail) for name, tail in content["tails"].items()},
            content["parameters"], content["metrics"], content["fingerprint"], content["data_fingerprints"],
            Population(tuple(of_agencies["feature_names"]), _fitted(folder, of_agencies["detectors"], OF_AGENCIES)),
            content["inputs"],
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise NoUsableModelError(f"{_JSON} of the model lacks {error}; run `shirabe train`") from error


def all_detectors(bundle: Bundle) -> dict[str, FittedDetector]:
    """The detectors over officials' weeks, and under OF_AGENCIES those over agencies' weeks."""
    of_agencies = {OF_AGENCIES + name: detector for name, detector in bundle.agencies.detectors.items()}
    return dict(bundle.detectors) | of_agencies


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of all files below a folder."""
    lines = [
        f"{file.relative_to(folder).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in _WRITTEN_BY_READERS
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _described(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / _JSON).read_text(encoding="utf-8"))
        needed = int(content["reader"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise NoUsableModelError(f"the model's {_JSON} cannot be read; run `shirabe train`") from error
    if needed != READER:
        raise NoUsableModelError(
            f"the model needs version {needed} of the reader, this program has {READER}; "
            + ("use a newer program, or run `shirabe train`" if needed > READER else "run `shirabe train`")
        )
    return content


def _fitted(folder: Path, names: list[str], prefix: str = "") -> dict[str, FittedDetector]:
    known = {row.name for row in DETECTORS}
    if unknown := sorted(set(names) - known):
        raise NoUsableModelError(f"this program does not know the detectors {', '.join(unknown)}; run `shirabe train`")
    references = _references(folder)
    return {
        name: FittedDetector(_estimator(folder / f"{prefix}{name}.skops"), references[prefix + name]) for name in names
    }


def _references(folder: Path) -> dict[str, Any]:
    try:
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (AttributeError, BadZipFile, ValueError) as error:
        raise IntegrityError(f"{_ARRAYS} of the model does not hold plain arrays only; {ADVICE}") from error


def _estimator(file: Path) -> Any:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        with ZipFile(file):  # a pickle is none; said here, as skops would speak of ZIP only
            pass
        estimator = skops.io.load(file, trusted=list(TRUSTED))
    except BadZipFile as error:
        raise IntegrityError(
            f"{file.name} of the model is no skops file (a pickle?) and was not read; {ADVICE}"
        ) from error
    except UntrustedTypesFoundException as error:
        raise IntegrityError(f"{file.name} of the model was not read, {error}; {ADVICE}") from error
    if not all(_bounded(tree.tree_) for tree in getattr(estimator[-1], "estimators_", ())):
        raise IntegrityError(f"{file.name} of the model holds a tree that points outside of itself; {ADVICE}")
    return estimator


def _bounded(tree: Any) -> bool:
    """Whether a tree's nodes point at nodes and columns that are there: scikit-learn follows them without looking."""
    leaf = tree.children_left < 0
    inside = [
        (side[~leaf] < tree.node_count) & (side[~leaf] >= 0) for side in (tree.children_left, tree.children_right)
    ]
    columns = tree.feature[~leaf]
    return bool(np.all(inside[0] & inside[1] & (columns >= 0) & (columns < tree.n_features)))
