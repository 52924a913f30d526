"""Golden rows of explanations: what is given, and which requests an explanation explains."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyarrow as pa

from features.build import explain, make
from features.contract.columns import LINKAGE_LOG
from features.contract.reference import REFERENCE
from features.engines.duckdb import DuckDBEngine
from tests.spec.golden import NINE, request, table

DAY = NINE.date()
OTHER_AFFAIR = pa.schema([(c, pa.string()) for c in ("request_id", "agency_code", "requester_user", "affair_code")])
SURGE = pa.schema([(c, pa.string()) for c in ("agency_code", "affair_code")])
CONTACT = pa.schema([
    ("agency_code", pa.string()), ("department", pa.string()), ("subject_key", pa.string()), ("affair_code", pa.string()),
    ("case_ref", pa.string()), ("explained_by", pa.string()), ("first_at", pa.timestamp("us")), ("n_requests", pa.int64()),
])  # fmt: skip


@dataclass(frozen=True)
class Golden:
    """Requests, cases, contacts of earlier weeks, and the ids of the requests that the explanation explains."""

    explanation: str
    says: str
    requests: list[dict[str, Any]]
    explained: set[str]
    cases: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    campaigns: list[dict[str, Any]] = field(default_factory=list)
    other_affairs: list[dict[str, Any]] = field(default_factory=list)
    surges: list[dict[str, Any]] = field(default_factory=list)


def case(**values: Any) -> dict[str, Any]:
    """A case of the person `s1`, opened a week ago."""
    usual = {"case_ref": "C1", "agency_code": "A", "affair_code": "JM1", "subject_key": "s1",
             "opened": DAY - timedelta(days=7), "closed": None}  # fmt: skip
    return usual | values


def contact(**values: Any) -> dict[str, Any]:
    """A department dealt with the person `s1` a week ago, on an open case."""
    usual = {"agency_code": "A", "department": "D1", "subject_key": "s1", "affair_code": "JM1", "case_ref": "C1",
             "explained_by": "open_case", "first_at": NINE - timedelta(days=7), "n_requests": 1}  # fmt: skip
    return usual | values


def campaign(**values: Any) -> dict[str, Any]:
    """Mass work of an affair at all cities, for three days."""
    usual = {
        "campaign_id": "K",
        "affair_code": "JM1",
        "agency_kind": "city",
        "starts": DAY,
        "ends": DAY + timedelta(days=2),
    }
    return usual | values


def known_references(listed: int, missing: int, agency: str = "A") -> list[dict[str, Any]]:
    """Requests under so many references that a register lists, and so many under others that none lists."""
    names = [f"C{n}" for n in range(listed)] + [f"X{n}" for n in range(missing)]
    return [
        request(0, request_id=f"{agency}-{name}", requester_agency=agency, case_ref=name, subject_key=name)
        for name in names
    ]


def known_cases(listed: int, agency: str = "A") -> list[dict[str, Any]]:
    """The register that lists those references."""
    names = [f"C{n}" for n in range(listed)]
    return [case(case_ref=name, subject_key=name, agency_code=agency) for name in names]


def explained_of(golden: Golden) -> set[str]:
    """The ids of the requests that the explanation explains, after all those that are tried before it."""
    given: dict[str, list[dict[str, Any]]] = {"cases": golden.cases, "campaigns": golden.campaigns}
    with DuckDBEngine() as engine:
        engine.given("request", table(LINKAGE_LOG, golden.requests))
        for name, columns in REFERENCE.items():
            engine.given(name, table(columns, given.get(name, [])))
        engine.table("agency_now", "SELECT 'A' AS agency_code, 'city' AS kind")
        engine.given("earlier_contact", pa.Table.from_pylist(golden.contacts, schema=CONTACT))
        engine.given("earlier_other_affair", pa.Table.from_pylist(golden.other_affairs, schema=OTHER_AFFAIR))
        engine.given("affair_surge", pa.Table.from_pylist(golden.surges, schema=SURGE))
        make(engine, "other_affair", {})
        explain(engine)
        found = engine.arrow(
            "SELECT request_id FROM explained WHERE explained_by = $name", {"name": golden.explanation}
        )
    return set(found["request_id"].to_pylist())
