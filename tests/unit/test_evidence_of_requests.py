"""The evidence of findings behind which requests stand: exactly those, and whoever answers for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.cases.evidence import _special
from models.ranking.calibration import Tail
from models.ranking.findings import _other

WEEK = Week.parse("2026-W46")
NINE = datetime(2026, 11, 9, 9, 0)
NOW = {"monday": WEEK.monday, "agency_code": "A"}
RUN = {"department": "D/1", "affair_code": "JM1", "first_at": NINE}


def logged(number: int, user: str | None, **values: Any) -> dict[str, Any]:
    usual = {"request_id": f"R{number}", "requester_agency": "A", "requester_user": user, "subject_key": f"s{number}",
             "requester_department": "D/1", "affair_code": "JM1", "channel": "batch", "requested_at": NINE + timedelta(minutes=number)}  # fmt: skip
    return usual | values


def proof(statistic: str, user: str | None = None, slot: str | None = None, cell: str | None = None) -> tuple[str, ...]:
    """The requests behind a finding of the agency A (or of its official)."""
    log = [
        logged(1, "u1"),
        logged(2, "u2"),
        logged(3, None),
        logged(4, None),
        logged(50, None),
        logged(5, None, affair_code="JM2"),
    ]
    flags = dict.fromkeys(("away", "far", "unknown", "stranger", "alone", "nothing", "at_screen"), False)
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(log))
        engine.given("recent_joined_case", pa.Table.from_pylist(
            [NOW | {"request_id": r, "case_ref": c, "requester_user": u} for r, c, u in
             (("R1", "C1", "u1"), ("R2", "C1", "u2"), ("R3", "C1", None), ("R4", "C2", None))]))  # fmt: skip
        engine.given("recent_lost_answer", pa.Table.from_pylist(
            [NOW | {"request_id": r, "requester_user": u} for r, u in (("R1", "u1"), ("R2", "u2"), ("R3", None))]))  # fmt: skip
        engine.given(
            "recent_batch_run",
            pa.Table.from_pylist([NOW | RUN | {"last_at": NINE + timedelta(minutes=9), "slot": "w9"}]),
        )
        engine.given("recent_run_person", pa.Table.from_pylist(
            [NOW | RUN | {"subject_key": f"s{n}"} | flags | {"stranger": n == 4} for n in (1, 2, 3, 4)]))  # fmt: skip
        finding = SimpleNamespace(statistic=statistic, agency_code="A", requester_user=user, slot=slot, cell=cell)
        found = _special(engine, pd.DataFrame(), finding, None, WEEK)  # type: ignore[arg-type]
    assert found is not None
    return found.request_ids


@pytest.mark.parametrize(
    ("statistic", "user", "slot", "rows"),
    [
        ("joined_case", "u1", "C1", ("R1",)), ("joined_case", None, "C1", ("R3",)),
        ("lost_answer", "u2", None, ("R2",)), ("lost_answer", None, None, ("R3",)),
        ("agency_lost_answers", None, None, ("R1", "R2", "R3")),
    ],
)  # fmt: skip
def test_of_mix_ups(statistic: str, user: str | None, slot: str | None, rows: tuple[str, ...]) -> None:
    assert proof(statistic, user, slot) == rows


def test_of_a_file_all_of_the_run_or_the_people_who_do_not_fit() -> None:
    run = "D/1/JM1/2026-11-09 09:00:00.000000"
    assert proof("file_content", slot=run, cell="stranger") == ("R1", "R2", "R3", "R4")
    assert proof("file_insertion", slot=run, cell="stranger") == ("R4",)


def test_what_nobody_is_named_for_is_the_agencys() -> None:
    frame = pd.DataFrame({"agency_code": ["A", "A"], "requester_user": ["u1", None], "value": [3.0, 2.0]})
    found = _other("lost_answer", frame, Tail.of(np.array([1.0, 2.0]), 8))
    assert list(found.entity) == ["user", "agency"]


def test_behind_an_agencys_count_stand_its_requests_and_how_many_of_them_have_a_reason() -> None:
    log = [logged(n, f"u{n}", procedure_code="JT2" if n == 4 else "JT1") for n in range(5)]
    reasons = [("R0", "open_case"), ("R1", None), ("R2", "household"), ("R4", "open_case")]
    visits = [{"monday": WEEK.monday, "request_id": r, "explained_by": reason} for r, reason in reasons]
    earlier = [{"monday": WEEK.shift(-1).monday, "request_id": "R3", "explained_by": "open_case"}]
    finding = SimpleNamespace(statistic="agency_procedure", agency_code="A", requester_user=None, slot=None, cell="JT1")
    counted = pd.DataFrame({"agency_code": ["A"], "cell": ["JT1"], "value": [9.0]})
    readings: Any = SimpleNamespace(others={"agency_procedure": counted})
    with DuckDBEngine() as engine:
        engine.given("week_log", pa.Table.from_pylist(log))
        engine.given("recent_visit_request", pa.Table.from_pylist([*visits, *earlier]))
        for name in ("recent_agency_seen", "recent_agency_profile"):
            engine.given(name, pa.table({"monday": pa.array([], pa.date32())}))
        found = _special(engine, pd.DataFrame(), finding, readings, WEEK)
    assert found is not None
    assert sorted(found.request_ids) == ["R0", "R1", "R2", "R3"]
    assert found.explained == 2
