"""Relief after a disaster: officials who ask, each in an affair of his own, under cases of relief."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.spec.golden import NINE, request


def relief(officials: dict[str, int], **values: Any) -> list[dict[str, Any]]:
    """So many requests of each official, in an affair of their own, under a case of relief that each person has."""
    who = [name for name, n in officials.items() for _ in range(n)]
    usual: dict[str, Any] = {"affair_code": "JM1"} | values
    return [
        request(n, requester_user=name, subject_key=f"s{n}", case_ref=f"C{n}", **usual) for n, name in enumerate(who)
    ]


def relief_cases(n: int, **values: Any) -> list[dict[str, Any]]:
    """The cases of relief of the people `s0` and on."""
    usual = {"agency_code": "A", "affair_code": "RELIEF", "opened": NINE.date() - timedelta(days=7), "closed": None}
    return [usual | {"case_ref": f"C{i}", "subject_key": f"s{i}"} | values for i in range(n)]


def earlier_relief(**officials: int) -> list[dict[str, Any]]:
    """The same of the week before, as it is kept."""
    who = [name for name, n in officials.items() for _ in range(n)]
    return [
        {"request_id": f"E{n}", "agency_code": "A", "requester_user": name, "affair_code": "RELIEF"}
        for n, name in enumerate(who)
    ]
