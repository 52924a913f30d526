"""The registry on a real MLflow server, and on the default file: what goes in comes out, and only once."""

from __future__ import annotations

import pickletools
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from features.errors import NoUsableModelError
from models.bundle import Bundle, FittedDetector
from models.detectors import DETECTORS, fit
from models.ranking.calibration import Tail
from models.registry import Registry


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    data = np.random.default_rng(1).normal(size=(200, 3))
    fitted = {d.name: FittedDetector(*fit(d, data, 1)) for d in DETECTORS}
    tail = Tail((0.0, 1.0), (3.0, 1.0), 2.0)
    return Bundle(
        ("a", "b", "c"), fitted, {"x": tail}, {"until": "2026-W46"}, {"rows": 200.0}, "f" * 64, {"2026-W45": "d"}
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/health")
        yield address
        process.terminate()


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError("the MLflow server did not start")


def holds(registry: Registry, bundle: Bundle) -> None:
    version = registry.register(bundle)
    assert registry.register(bundle) == version, "the same fingerprint registers once"
    champion = registry.champion()
    assert champion.version == version == registry.champion_version()
    assert champion.bundle.tails == bundle.tails
    assert champion.bundle.feature_names == bundle.feature_names
    data = np.random.default_rng(2).normal(size=(50, 3))
    for row in DETECTORS:
        before = row.strangeness(bundle.detectors[row.name].estimator, data)
        after = row.strangeness(champion.bundle.detectors[row.name].estimator, data)
        assert (before == after).all()


def test_on_a_real_server(server: str, bundle: Bundle) -> None:
    holds(Registry(server), bundle)


def test_on_the_default_file(tmp_path: Path, bundle: Bundle) -> None:
    holds(Registry(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts"), bundle)


def test_without_a_champion_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoUsableModelError, match="shirabe train"):
        Registry(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts").champion()


def test_no_class_of_ours_is_in_an_artefact(tmp_path: Path, bundle: Bundle) -> None:
    Registry(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts").register(bundle)
    pickles = list((tmp_path / "artifacts").rglob("*.pickle"))
    assert len(pickles) == len(DETECTORS)
    for file in pickles:
        named = {str(argument) for _, argument, _ in pickletools.genops(file.read_bytes()) if argument is not None}
        assert not [n for n in named if n.split(".")[0] in {"features", "models", "reports", "pipelines"}]
