"""Rules for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

SKIPS_ALLOWED_IN_CI: frozenset[str] = frozenset()
"""Tests (by node id) that may be skipped in continuous integration: none."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file share their worlds, and those on Spark one cluster: each group runs in one process."""
    for item in items:
        group = "spark" if "parity" in item.path.parts else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


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
