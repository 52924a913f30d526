"""The registry on a real MLflow server, and on the default file: what goes in comes out, and only once."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from features.errors import NoUsableModelError, StorageError
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
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/health")
        yield address
        process.terminate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str) -> None:
    for _ in range(360):
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
    holds(Registry.within(tmp_path), bundle)


def test_without_a_champion_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoUsableModelError, match="shirabe train"):
        Registry.within(tmp_path).champion()


def test_an_artefact_holds_data_only_and_each_estimator_once(tmp_path: Path, bundle: Bundle) -> None:
    Registry.within(tmp_path).register(bundle)
    files = [file for file in (tmp_path / "mlartifacts").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".skops", ".npz", ".json", ".yaml", ".txt", ""}
    assert {file.name for file in files if not file.suffix} == {"MLmodel"}
    assert sorted(f.stem for f in files if f.suffix == ".skops") == sorted(d.name for d in DETECTORS)
    zipped = [ZipFile(file).namelist() for file in files if file.suffix == ".skops"]
    assert {Path(name).suffix for names in zipped for name in names} <= {".npy", ".json"}
    assert not [file for file in files if b"/tmp" in file.read_bytes()], "no place of the machine that trained"


@pytest.mark.parametrize("name", ["data%20lake", "what?now", "a#b", "two words", "レイク"])
def test_in_a_folder_of_any_name(tmp_path: Path, bundle: Bundle, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    holds(Registry.within(folder), bundle)
    assert {file.name for file in folder.iterdir()} == {"mlflow.db", "mlartifacts"}
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_moved_it_has_its_champion_and_writes_where_it_is(tmp_path: Path, bundle: Bundle) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    version = Registry.within(old).register(bundle)
    assert str(tmp_path).encode() not in (old / "mlflow.db").read_bytes()
    old.rename(new)
    moved = Registry.within(new)
    assert moved.champion().version == version
    assert moved.register(replace(bundle, fingerprint="e" * 64)).startswith("shirabe/2@")
    assert (moved.champion_version(), moved.challenger_version()) == (version, f"shirabe/2@{'e' * 12}")
    assert not old.exists()


def test_copy_leaves_the_original_alone(tmp_path: Path, bundle: Bundle) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.mkdir()
    version = Registry.within(original).register(bundle)
    card = tmp_path / "card.html"
    card.write_text("first", encoding="utf-8")
    Registry.within(original).write_card(version, card, "card.html", "1")
    shutil.copytree(original, copy)
    before = {file: file.read_bytes() for file in original.rglob("*") if file.is_file()}
    Registry.within(copy).register(replace(bundle, fingerprint="e" * 64))
    card.write_text("second", encoding="utf-8")
    Registry.within(copy).write_card(version, card, "card.html", "2")
    assert [file.read_text(encoding="utf-8") for file in copy.rglob("card.html")] == ["second"]
    assert {file: file.read_bytes() for file in original.rglob("*") if file.is_file()} == before


def test_lakes_at_one_address_keep_apart(tmp_path: Path, bundle: Bundle) -> None:
    address = f"sqlite:///{tmp_path}/shared.db"
    first, second = "1" * 32, "2" * 32
    location = (tmp_path / "artefacts").as_uri()
    mine = Registry(address, first, location).register(bundle)
    with pytest.raises(NoUsableModelError):
        Registry(address, second, location).champion()
    theirs = Registry(address, second, location).register(bundle)
    assert (mine.split("@")[0], theirs.split("@")[0]) == ("shirabe/1", "shirabe-22222222/1")
    assert Registry(address, first, location).champion_version() == mine
    assert Registry(address, second, location).champion_version() == theirs


def test_store_that_cannot_be_asked_is_not_an_absent_champion(tmp_path: Path, bundle: Bundle) -> None:
    registry = Registry.within(tmp_path)
    registry.register(bundle)
    with sqlite3.connect(tmp_path / "mlflow.db") as store:
        store.execute("DROP TABLE registered_model_aliases")
    with pytest.raises(StorageError, match="MLflow store"):
        registry.champion_version()


def test_week_is_judged_by_a_model_that_has_not_seen_it(tmp_path: Path, bundle: Bundle) -> None:
    registry = Registry.within(tmp_path)

    def register(until: str, **options: bool) -> str:
        return registry.register(replace(bundle, parameters={"until": until}, fingerprint=until * 8), **options)

    champion = register("2026-W44")
    assert registry.model_version("2026-W43") is None
    with pytest.raises(NoUsableModelError, match="train --until 2026-W43"):
        registry.model("2026-W43")
    own = register("2026-W41", challenger=False)
    register("2026-W40", challenger=False)
    assert registry.challenger_version() is None
    assert registry.champion_version() == champion
    assert registry.model_version("2026-W44") == registry.model_version("2027-W01") == champion
    assert registry.model("2026-W43").version == own


def test_only_the_first_becomes_champion_by_itself(tmp_path: Path, bundle: Bundle) -> None:
    registry = Registry.within(tmp_path)
    first = registry.register(bundle)
    second = registry.register(replace(bundle, fingerprint="e" * 64))
    assert registry.register(bundle) == first
    assert (registry.champion_version(), registry.challenger_version()) == (first, second)
    third = registry.register(replace(bundle, fingerprint="d" * 64))
    assert (registry.champion_version(), registry.challenger_version()) == (first, third)
