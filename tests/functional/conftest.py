"""Worlds that several functional tests look at; each is made once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.handwritten import CURRENT, Delivery

SMALL = Path(__file__).with_name("small.yaml")


@dataclass(frozen=True)
class Reported:
    """A hand-written DATA folder and the lake after `shirabe weekly`."""

    data: Path
    lake: Lake
    code: int

    @property
    def week(self) -> Week:
        return Week.parse(CURRENT)

    def weekly(self, *options: str, week: str = CURRENT) -> int:
        """Run `shirabe weekly` on it."""
        given = [] if "--params" in options else ["--params", str(SMALL)]
        return run(
            ["weekly", "--data", str(self.data), "--lake", str(self.lake.root), "--week", week, *given, *options]
        )

    def copy_to(self, folder: Path) -> Reported:
        """The same again elsewhere, for a test that goes on with it."""
        shutil.copytree(self.data, folder / "data")
        shutil.copytree(self.lake.root, folder / "lake")
        return Reported(folder / "data", Lake(folder / "lake"), self.code)


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The hand-written delivery, reported once; tests only read it."""
    base = tmp_path_factory.mktemp("handwritten")
    Delivery(base / "data").write_all()
    fresh = Reported(base / "data", Lake(base / "lake"), 0)
    return Reported(fresh.data, fresh.lake, fresh.weekly())
