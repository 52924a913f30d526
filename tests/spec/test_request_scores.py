"""Which requests of a week are kept with a score, and what that is."""

from __future__ import annotations

from datetime import date
from math import log
from typing import Any

import pyarrow as pa
import pytest

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine

MONDAY = date(2026, 11, 9)
TABLES = {
    "recent_rule_hit": {"request_id": pa.string(), "rule_id": pa.string(), "week": pa.string()},
    "pointed": {"request_id": pa.string(), "level": pa.float64()},
    "recent_visit_request": {"monday": pa.date32(), "visit_no": pa.int64(), "request_id": pa.string(), "explained_by": pa.string()},
    "recent_rated_visit": {"monday": pa.date32(), "visit_no": pa.int64(), "p_all": pa.float64(), "p_unexplained": pa.float64()},
    "recent_unnamed_request": {"monday": pa.date32(), "request_id": pa.string(), "level": pa.float64()},
    "week_log": {"request_id": pa.string(), "requester_agency": pa.string(), "requester_user": pa.string(), "subject_key": pa.string()},
}  # fmt: skip
VISITS = {
    "R1": (0.5, None, "open_case"),
    "R2": (0.1, 0.02, None),
    "R3": (0.1, 0.02, "same_sitting"),
    "R4": (0.9, None, "open_case"),
}


def scores(
    share: float,
    hits: tuple[str, ...] = (),
    pointed: dict[str, float] | None = None,
    unnamed: float | None = None,
) -> dict[str, float]:
    """Scores of four requests of visits, and of one (R5) that no official made."""
    rows: dict[str, list[dict[str, Any]]] = {
        "recent_rule_hit": [{"request_id": r, "rule_id": "rule", "week": "2026-W46"} for r in hits],
        "pointed": [{"request_id": r, "level": level} for r, level in (pointed or {}).items()],
        "recent_visit_request": [{"monday": MONDAY, "visit_no": n, "request_id": r, "explained_by": VISITS[r][2]} for n, r in enumerate(VISITS)],
        "recent_rated_visit": [{"monday": MONDAY, "visit_no": n, "p_all": p, "p_unexplained": u} for n, (p, u, _) in enumerate(VISITS.values())],
        "recent_unnamed_request": [{"monday": MONDAY, "request_id": "R5", "level": unnamed}] if unnamed is not None else [],
        "week_log": [{"request_id": r, "requester_agency": "A"} for r in (*VISITS, "R5")],
    }  # fmt: skip
    with DuckDBEngine() as engine:
        for name, kinds in TABLES.items():
            engine.given(name, pa.Table.from_pylist(rows[name], schema=pa.schema(list(kinds.items()))))
        given = {"monday": MONDAY, "week": "2026-W46", "share": share}
        return {
            row["request_id"]: row["score"]
            for row in engine.arrow(query("results", "request_scores"), given).to_pylist()
        }


def test_a_reason_lowers_a_score_and_does_not_end_it() -> None:
    found = scores(1.0)
    assert found == pytest.approx({"R2": -log(0.02), "R3": -log(0.1), "R1": log(2), "R4": -log(0.9)})


def test_the_strangest_share_is_kept() -> None:
    assert list(scores(0.5)) == ["R2", "R3"]
    assert not scores(0.0)


def test_what_a_rule_or_a_finding_points_at_is_kept_whoever_made_it() -> None:
    found = scores(0.25, hits=("R4",), pointed={"R5": 2.5})
    assert found == pytest.approx({"R4": 5 - log(0.9), "R5": 2.5})


def test_a_request_without_an_official_is_ordered_by_how_rare_it_is_at_its_agency() -> None:
    assert list(scores(0.4, unnamed=3.0)) == ["R2", "R5"]
    assert scores(1.0, unnamed=3.0)["R5"] == pytest.approx(3.0)
    assert scores(1.0, unnamed=3.0, pointed={"R5": 7.0})["R5"] == pytest.approx(7.0)
