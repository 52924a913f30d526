"""Rules for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator

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
