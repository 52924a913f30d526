"""A lake is known by an id of its own, wherever it lies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.steps.training import champion, registry


def test_id_is_given_once_and_goes_with_the_lake(tmp_path: Path) -> None:
    given = identity(Lake(tmp_path / "old"))
    assert identity(Lake(tmp_path / "old")) == given
    assert identity(Lake(tmp_path / "other")) != given
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert identity(Lake(tmp_path / "new")) == given


def test_lake_takes_no_champion_of_another_at_the_same_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/shared.db")
    first = registry(Lake(tmp_path / "a"))
    first._claim()
    assert registry(Lake(tmp_path / "a")).name == "shirabe"
    assert registry(Lake(tmp_path / "b")).name == f"shirabe-{identity(Lake(tmp_path / 'b'))[:8]}"
    assert champion(Lake(tmp_path / "b")) is None
