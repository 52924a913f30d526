"""A small generated week in which chance makes all the odd rows that a simulator with manners never would."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.build import WeekInputs
from features.contract.columns import LINKAGE_LOG, Column
from features.contract.reference import REFERENCE
from features.weeks import Week

WEEK = Week.parse("2026-W46")
LOADED = (*LINKAGE_LOG, Column("record_copies", "VARCHAR", "記録の別"))
"""The columns of a log in the lake."""
ARROW = {"VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us"), "DATE": pa.date32(), "BOOLEAN": pa.bool_(),
         "INTEGER": pa.int32(), "BIGINT": pa.int64()}  # fmt: skip
AGENCIES = ("A1", "A2", "A3")
AFFAIRS = ("JM1", "JM2", "JM3")
LONG_AGO = date(2020, 1, 1)
RELIEF = {"agency_code": "A2", "affair_code": "JM9", "opened": WEEK.monday, "closed": None}
"""An application for relief, of which many come in within the week."""
IN_HAND = {
    "case_ref": "A2-JM1-50",
    "agency_code": "A2",
    "affair_code": "JM1",
    "subject_key": "s50",
    "opened": date(2026, 10, 1),
    "closed": None,
}
"""A case on which officials work for weeks."""


def generate(folder: Path, seed: int = 11, rows: int = 1_500) -> WeekInputs:
    """The week's log and its reference tables; of earlier weeks only where officials worked."""
    chance = random.Random(seed)
    _write(
        folder / "log.parquet",
        LOADED,
        [_request(chance, number) for number in range(rows)]
        + _to_and_fro(chance)
        + _unnamed(chance)
        + _other_affairs(chance)
        + _relief_and_in_hand(random.Random(seed + 1)),
    )
    tables = {
        "agencies": [{"agency_code": a, "kind": "city", "valid_from": LONG_AGO} for a in AGENCIES[:2]]
        + [{"agency_code": "P1", "kind": "pension", "valid_from": LONG_AGO}],
        "authority": [_authority(affair, item) for affair in AFFAIRS for item in range(5) if (affair, item) != ("JM3", 4)],
        "calendar": [{"date": WEEK.monday + timedelta(days=d), "is_working_day": d < 5} for d in range(7)],
        "campaigns": [{"campaign_id": "C", "affair_code": "JM2", "agency_kind": "city", "starts": date(2026, 11, 12), "ends": date(2026, 11, 13)}],
        "accounts": [_account(agency, user) for agency in AGENCIES for user in range(6)],
        "cases": [_case(chance, agency, number) for agency in AGENCIES[:2] for number in range(30)]
        + [RELIEF | {"case_ref": f"A2-JM9-{n}", "subject_key": f"s{n}"} for n in range(20)] + [IN_HAND],
    }  # fmt: skip
    for name, filled in tables.items():
        _write(folder / f"{name}.parquet", REFERENCE[name], filled)
    pq.write_table(_worked(), folder / "user_profile.parquet")
    pq.write_table(_dealt_with(), folder / "contact.parquet")
    known = {name: [folder / f"{name}.parquet"] for name in ("user_profile", "contact")}
    return WeekInputs(WEEK, folder / "log.parquet", {name: folder / f"{name}.parquet" for name in tables}, known)


def _request(chance: random.Random, number: int) -> dict[str, Any]:
    agency, affair = chance.choice(AGENCIES), chance.choice(AFFAIRS)
    at = WEEK.start + timedelta(days=min(chance.randrange(9), 6), seconds=chance.randrange(86_400))
    batch, case = chance.random() < 0.1, chance.randrange(30)
    straight = chance.random() < 0.97
    return {
        "request_id": f"R{number:05d}", "requested_at": at, "requester_agency": agency, "provider_agency": "P1",
        "responded_at": None if chance.random() < 0.05 else at + timedelta(seconds=chance.randrange(900)),
        "affair_code": affair, "procedure_code": affair.replace("JM", "JT"),
        "item_code": f"TM{4 if chance.random() < 0.01 else chance.randrange(4)}",
        "result": chance.choices(("provided", "no_record", "withheld", "refused", "error", "unknown"), (80, 8, 3, 2, 2, 1))[0],
        "channel": "batch" if batch else chance.choice(("interactive", None)),
        "requester_department": chance.choice(("D1", "D2", None)),
        "requester_user": None if batch or chance.random() < 0.05 else f"u{chance.randrange(7)}",
        "requester_terminal": chance.choice(("T1", "T1", "T1", "T1", "T1", "T1", "T1", "T2", None)),
        "record_copies": chance.choice(("core", "core+provider")),
        "items_returned": chance.choice((None, 0, 1, 3, 7, 100, 2_000)),
        "inquiry_from": chance.choice((None, date(2025, 1, 1))),
        "subject_key": None if chance.random() < 0.05 else f"s{chance.choice((case, chance.randrange(60)))}",
        "subject_key_national": chance.choice((None, f"n{chance.randrange(40)}")),
        "case_ref": None if chance.random() < 0.5 else f"{agency}-{affair if straight else 'JM1'}-{case}",
    }  # fmt: skip


def _to_and_fro(chance: random.Random) -> list[dict[str, Any]]:
    """One account at two terminals within four minutes, there, elsewhere and back."""
    used = zip((9_001, 9_002, 9_003), ("T1", "T2", "T1"), strict=True)
    return [
        _request(chance, number) | {"requester_agency": "A3", "requester_user": "u9", "requester_terminal": terminal,
                                    "requested_at": WEEK.start + timedelta(hours=9, minutes=2 * place)}
        for place, (number, terminal) in enumerate(used)
    ]  # fmt: skip


def _unnamed(chance: random.Random) -> list[dict[str, Any]]:
    """Within minutes of a Sunday night four requests without an official, at a provider that nobody else asks."""
    return [
        _request(chance, 9_100 + n) | {"requester_agency": "A1", "requester_user": None, "channel": "interactive", "provider_agency": "P2",
                                       "requested_at": WEEK.start + timedelta(days=6, hours=3, minutes=2 * n)}
        for n in range(4)
    ]  # fmt: skip


def _other_affairs(chance: random.Random) -> list[dict[str, Any]]:
    """Three officials ask about a person under his case of another affair."""
    other = {"JM1": "JM2", "JM2": "JM3", "JM3": "JM1"}
    return [
        _request(chance, 9_200 + n) | {"requester_agency": "A1", "requester_user": f"u{n % 3}", "channel": "interactive", "subject_key": f"s{n}",
                                       "affair_code": other[affair], "procedure_code": other[affair].replace("JM", "JT"),
                                       "case_ref": f"A1-{affair}-{n}"}
        for n in range(7) for affair in AFFAIRS
    ]  # fmt: skip


def _relief_and_in_hand(chance: random.Random) -> list[dict[str, Any]]:
    """One official asks under applications for relief; another about the person of a case, and for another affair about his household."""
    asked = [("u3", f"s{n}", "JM1", f"A2-JM9-{n}") for n in range(3)] + [
        ("u4", "s50", "JM1", "A2-JM1-50"),
        ("u4", "s51", "JM2", "A2-JM1-50"),
    ]
    return [
        _request(chance, 9_300 + n) | {"requester_agency": "A2", "requester_user": user, "channel": "interactive", "subject_key": person,
                                       "affair_code": affair, "procedure_code": affair.replace("JM", "JT"), "case_ref": case}
        for n, (user, person, affair, case) in enumerate(asked)
    ]  # fmt: skip


def _dealt_with() -> pa.Table:
    """The case in hand was asked under in an earlier week, about its person and another of the household."""
    reasons = {"s50": "open_case", "s51": "household_of_case"}
    return pa.Table.from_pylist([
        {"agency_code": "A2", "department": "D1", "subject_key": person, "affair_code": "JM1", "case_ref": IN_HAND["case_ref"],
         "explained_by": reason, "first_at": WEEK.start - timedelta(days=7)}
        for person, reason in reasons.items()
    ])  # fmt: skip


def _worked() -> pa.Table:
    """T2 is the terminal of u5, elsewhere all share T1."""
    rows = [
        {"attribute": "terminal", "agency_code": agency, "department": "D1", "requester_user": f"u{user}",
         "value": "T2" if user == 5 else "T1", "n": 40_000.0, "slow": 40_000.0}
        for agency in AGENCIES for user in range(6)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def _authority(affair: str, item: int) -> dict[str, Any]:
    late = affair == "JM2" and item == 3
    return {
        "requester_kind": "city", "affair_code": affair, "procedure_code": affair.replace("JM", "JT"), "item_code": f"TM{item}",
        "provider_kind": "pension", "basis": "19-8", "valid_from": date(2026, 11, 11) if late else LONG_AGO,
    }  # fmt: skip


def _account(agency: str, user: int) -> dict[str, Any]:
    away = date(2026, 11, 10) if user == 1 else None
    left = date(2026, 11, 13) if (agency, user) == ("A1", 2) else None
    return {
        "requester_user": f"u{user}", "agency_code": agency, "valid_from": LONG_AGO, "valid_to": left,
        "absent_from": away, "absent_to": away,
    }  # fmt: skip


def _case(chance: random.Random, agency: str, number: int) -> dict[str, Any]:
    affair = chance.choice(AFFAIRS)
    closed = date(2026, 11, 14) if number == 7 else None
    return {
        "case_ref": f"{agency}-{affair}-{number}", "agency_code": agency, "affair_code": affair, "subject_key": f"s{number}",
        "opened": date(2026, 10, 1), "closed": closed,
    }  # fmt: skip


def _write(file: Path, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([(column.name, ARROW[column.kind]) for column in columns])
    pq.write_table(
        pa.Table.from_pylist([{c.name: row.get(c.name) for c in columns} for row in rows], schema=schema), file
    )
