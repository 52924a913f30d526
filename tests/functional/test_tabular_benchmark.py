"""The benchmark on public tables: files in, figures of every member and of the combination out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import tabular
from models import benchmark
from models.detectors import DETECTORS


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    X = np.vstack([rng.normal(size=(300, 5)), rng.normal(4.0, 1.0, size=(12, 5))])
    np.savez(tmp_path / "easy.npz", X=X, y=np.r_[np.zeros(300), np.ones(12)])
    return tmp_path / "easy.npz"


def test_figures_of_every_detector_and_the_combination(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main([str(table)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    figures = {line[0]: float(line[1]) for line in lines if len(line) == 3 and line[0] != "mean"}
    assert set(figures) == {*(d.name for d in DETECTORS), "combination"}
    assert min(figures.values()) > 0.9


def test_both_halves_are_printed(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tabular.main([str(table)]) == 0
    printed = capsys.readouterr().out
    assert tabular.half("easy") in printed
    assert "all: mean of 1 tables" in printed


def test_tables_ship_with_the_libraries() -> None:
    tables = list(tabular.shipped())
    assert len(tables) == 15
    assert all(y.sum() == tabular.FEW and len(X) == len(y) for _, X, y in tables)
    assert {tabular.half(name) for name, _, _ in tables} == {"choosing", "kept aside"}


def test_a_file_without_the_arrays_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "odd.npz", Z=np.zeros(3))
    with pytest.raises(SystemExit, match="no arrays named X and y"):
        benchmark.main([str(tmp_path / "odd.npz")])
