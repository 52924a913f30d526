"""Rules for all tests."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SKIPS_ALLOWED_IN_CI: frozenset[str] = frozenset()
"""Tests (by node id) that may be skipped in continuous integration: none."""


class ByWorld(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of a file share their worlds, those of `planted` one week, and those on Spark one cluster: each runs whole in one
    process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in ("/parity/", "/planted/") if folder in file), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByWorld:
    """Whatever `--dist` says; groups by mark (`loadgroup`) do not come through in this version of pytest."""
    return ByWorld(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set, a skipped test is a failed test: what nobody runs, nobody knows."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if os.environ.get("CI") and skipped and item.nodeid not in SKIPS_ALLOWED_IN_CI:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {call.excinfo.value if call.excinfo else ''}"
    return report


class Stores:
    """MLflow's tables are made once in a process, by MLflow: every further store in a file begins as a copy of the first.

    A new store takes its fifty migrations, several seconds; a lake of its own has one in most functional tests.
    """

    first: Path | None = None

    def __init__(self, make: Any, folder: Path) -> None:
        self.make, self.folder = make, folder

    def __call__(self, engine: Any) -> None:
        file = engine.url.database if engine.url.drivername == "sqlite" else None
        if not file or Path(file).stat().st_size > 0:
            self.make(engine)
        elif Stores.first is None:
            self.make(engine)
            Stores.first = _copied(Path(file), self.folder / "first.db")
        else:
            _copied(Stores.first, Path(file))


def _copied(one: Path, other: Path) -> Path:
    with sqlite3.connect(one) as source, sqlite3.connect(other) as target:
        source.backup(target)
    return other


@pytest.fixture(autouse=True)
def stores_begin_as_copies(tmp_path_factory: pytest.TempPathFactory) -> None:
    """From the first test on after which MLflow is loaded; a test that never needs it does not wait for it."""
    utils: Any = sys.modules.get("mlflow.store.db.utils")
    if utils is not None and not isinstance(utils._initialize_tables, Stores):
        utils._initialize_tables = Stores(utils._initialize_tables, tmp_path_factory.mktemp("store"))
