"""Logs of other shapes: what is planted lies in the judged weeks and has the form of all other requests."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.offices import JUDGED, LAST, OFFICES, delivered, written


@pytest.mark.parametrize("name", sorted(OFFICES))
def test_planted_requests_lie_in_judged_weeks_and_look_like_others(name: str, tmp_path: Path) -> None:
    log, planted = written(OFFICES[name], 3)
    rows = log[log.request_id.isin(planted)]
    assert rows.requested_at.min() >= LAST.shift(1 - JUDGED).start
    assert 9 <= len(rows) / JUDGED <= 18
    others = log[~log.request_id.isin(planted)]
    for column in ("requester_user", "procedure_code", "item_code", "subject_key"):
        assert set(rows[column]) <= set(others[column]), "no value of its own betrays it"
    assert log.case_ref.notna().all() == OFFICES[name].named
    delivered(log, tmp_path)
    schema = pq.read_schema(tmp_path / "landing/linkage_log/log.parquet")
    assert "planted" not in schema.names


def test_the_same_seed_writes_the_same_log() -> None:
    assert written(OFFICES["permits"], 5)[0].equals(written(OFFICES["permits"], 5)[0])
