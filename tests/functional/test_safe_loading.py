"""What is loaded from a registry: nothing that runs, nothing that was changed, nothing that needs another reader."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from features.errors import IntegrityError, NoUsableModelError
from models import served, stored
from models.bundle import Bundle, FittedDetector
from models.detectors import DETECTORS, fit
from models.ranking.calibration import Tail
from models.registry import Registry
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.promotions import FIRST, Promotion, append
from pipelines.steps.training import registry

UNGATED = Path(__file__).with_name("ungated.yaml")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    rows = np.random.default_rng(1).normal(size=(60, 3))
    fitted = {d.name: FittedDetector(*fit(d, rows, 1)) for d in DETECTORS}
    tails = {"x": Tail((0.0, 1.0), (3.0, 1.0), 2.0)}
    return Bundle(("a", "b", "c"), fitted, tails, {"until": "2026-W46"}, {}, "f" * 64, {"2026-W45": "d"})


@pytest.fixture
def written(bundle: Bundle, tmp_path: Path) -> Path:
    """The bundle in a folder, as it goes into the registry."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    stored.write(bundle, folder)
    return folder


class Canary:
    """Something that writes a file when it is unpickled."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.sign),)


def test_every_detector_comes_back_as_it_was(bundle: Bundle, written: Path) -> None:
    again = stored.read(written)
    rows = np.random.default_rng(2).normal(size=(300, 3)) * 3
    for row in DETECTORS:
        before, after = bundle.detectors[row.name], again.detectors[row.name]
        assert (before.reference == after.reference).all()
        assert (row.strangeness(before.estimator, rows) == row.strangeness(after.estimator, rows)).all()


@pytest.mark.parametrize("shape", [(8, 2), (300, 40), (120, 1)])
def test_no_other_data_makes_a_detector_of_other_types(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(3).poisson(0.3, shape).astype(float)
    for row in DETECTORS:
        try:
            estimator, _ = fit(row, rows, 1)
        except ValueError:
            continue
        assert set(skops.io.get_untrusted_types(data=skops.io.dumps(estimator))) <= set(stored.TRUSTED)


def pickled(folder: Path, canary: Canary) -> None:
    (folder / "knn.skops").write_bytes(pickle.dumps(canary))


def pickled_array(folder: Path, canary: Canary) -> None:
    np.savez(folder / "references.npz", allow_pickle=True, knn=np.array([canary], dtype=object))


def untrusted(folder: Path, canary: Canary) -> None:
    skops.io.dump([partial(os.mkdir, str(canary.sign))], folder / "knn.skops")


def outside(folder: Path, canary: Canary) -> None:
    estimator = stored.read(folder).detectors["iforest"].estimator
    estimator[-1].estimators_[0].tree_.children_left[0] = 10**6
    skops.io.dump(estimator, folder / "iforest.skops")


@pytest.mark.parametrize("put_in", [pickled, pickled_array, untrusted, outside])
def test_what_would_run_is_refused_and_does_not_run(
    written: Path, tmp_path: Path, put_in: Callable[[Path, Canary], None]
) -> None:
    sign = tmp_path / "it ran"
    put_in(written, Canary(sign))
    with pytest.raises(IntegrityError, match="shirabe train"):
        stored.read(written)
    assert not sign.exists()


def test_bundle_that_needs_a_newer_reader_is_no_usable_model(written: Path) -> None:
    file = written / "bundle.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["reader"] == stored.READER
    file.write_text(json.dumps(content | {"reader": stored.READER + 1}), encoding="utf-8")
    with pytest.raises(NoUsableModelError, match=r"needs version 3 .* newer program"):
        stored.read(written)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, bundle: Bundle) -> Lake:
    """A lake with a champion that is written down, and a challenger."""
    lake = Lake(tmp_path_factory.mktemp("models"))
    first = registry(lake).register(bundle)
    digest = registry(lake).find(first).digest
    append(lake, Promotion("2026-11-01T00:00:00+00:00", FIRST, first, bundle.fingerprint, None, "", "", "", digest))
    registry(lake).register(replace(bundle, fingerprint="e" * 64))
    return lake


@pytest.fixture
def lake(made: Lake, tmp_path: Path) -> Lake:
    """The same, for one test."""
    shutil.copytree(made.root, tmp_path / "lake")
    return Lake(tmp_path / "lake")


@pytest.mark.parametrize("name", ["bundle.json", "knn.skops", "references.npz", "MLmodel"])
def test_changed_artefact_is_refused_before_it_is_read(
    lake: Lake, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry(lake).champion().bundle.detectors
    monkeypatch.setattr(stored, "read", lambda folder: pytest.fail("it was read"))
    for file in (lake.root / "mlartifacts").rglob(name):
        file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(IntegrityError, match="not those that were registered"):
        registry(lake).champion()
    people = ("--by", "Sato", "--approved-by", "Tanaka", "--why", "so")
    assert run(["promote", "challenger", "--params", str(UNGATED), *people, "--lake", str(lake.root)]) == 16
    assert "shirabe train" in capsys.readouterr().err
    assert len(lake.promotions().read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("name", ["bundle.json", "knn.skops"])
def test_mlflow_itself_refuses_a_changed_artefact(lake: Lake, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    registry(lake)
    assert mlflow.pyfunc.load_model("models:/shirabe@champion").predict is not None
    monkeypatch.setattr(served, "read", lambda folder: pytest.fail("it was read"))
    for file in (lake.root / "mlartifacts").rglob(name):
        file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(IntegrityError, match="not those that were registered"):
        mlflow.pyfunc.load_model("models:/shirabe@champion")


def test_record_vouches_where_the_registry_was_changed_with_the_artefact(lake: Lake) -> None:
    models = registry(lake)
    # Whichever of the two is the champion, the registry agrees with its files, and the record does not.
    for file in (lake.root / "mlartifacts").rglob("MLmodel"):
        file.write_bytes(file.read_bytes() + b"\n")
        changed = stored.digest_of(file.parent)
        with sqlite3.connect(lake.root / "mlflow.db") as store:
            store.execute("UPDATE model_version_tags SET value = ? WHERE key = 'digest'", (changed,))
        with pytest.raises(IntegrityError, match=r"promotions\.jsonl"):
            models.champion()


def test_pickles_of_an_earlier_program_are_never_loaded(tmp_path: Path, bundle: Bundle) -> None:
    models = Registry.within(tmp_path)
    first = models.register(bundle)
    with sqlite3.connect(tmp_path / "mlflow.db") as store:
        store.execute("DELETE FROM model_version_tags WHERE key IN ('digest', 'reader')")
    with pytest.raises(NoUsableModelError, match=r"pickles, which are never loaded; run `shirabe train`"):
        models.champion()
    again = models.register(bundle)
    assert again != first, "trained anew from the same weeks it is a version of its own"
    assert models.challenger_version() == again
    models.promote(models.find(again))
    assert models.champion().version == again
