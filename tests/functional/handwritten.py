"""A DATA folder written by hand from nothing but the log contract: all grades mixed, and what can go wrong.

It shares no code with the simulator or with ingest, so that a misreading of the contract on our side shows.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

WEEKS = 7
MONDAY = date(2026, 11, 9)
"""The Monday of 2026-W46, the week to report."""
LATE, CURRENT = "2026-W44", "2026-W46"

Row = dict[str, Any]

GRADE_A = {
    "request_id": pa.string(),
    "requested_at": pa.timestamp("us"),
    "responded_at": pa.timestamp("us"),
    "requester_agency": pa.string(),
    "provider_agency": pa.string(),
    "affair_code": pa.string(),
    "procedure_code": pa.string(),
    "item_code": pa.string(),
    "result": pa.string(),
    "requester_nondisclosure": pa.bool_(),
    "provider_nondisclosure": pa.bool_(),
}
GRADE_B = GRADE_A | {
    "channel": pa.string(),
    "requester_department": pa.string(),
    "requester_user": pa.string(),
    "requester_terminal": pa.string(),
    "response_mode": pa.string(),
    "inquiry_from": pa.date32(),
    "inquiry_to": pa.date32(),
    "items_returned": pa.int32(),
    "subject_key": pa.string(),
    "case_ref": pa.string(),
}
GRADE_C = GRADE_B | {"subject_key_national": pa.string()}


@dataclass(frozen=True)
class Town:
    """An agency that asks; `columns` are those that its source delivers."""

    code: str
    columns: dict[str, pa.DataType]
    officials: int = 6


TOWNS = (
    Town("132012", GRADE_B),
    Town("132021", GRADE_B),
    Town("132039", GRADE_C),
    Town("132047", GRADE_C),
    Town("132055", GRADE_A),
    Town("132063", GRADE_A),
)


@dataclass
class Delivery:
    """Writes the folder; the same seed writes the same rows."""

    data: Path
    chance: random.Random = field(default_factory=lambda: random.Random(46))
    cases: list[Row] = field(default_factory=list)

    def write_all(self) -> None:
        """Seven usual weeks with a duplicate file, a repeated row and bad rows among them."""
        for back in range(WEEKS - 1, -1, -1):
            monday = MONDAY - timedelta(weeks=back)
            for town in TOWNS:
                self._file(self._name(town, monday), town, self._week(town, monday))
        self._again()
        self._bad_rows()
        self._reference()

    def write_late_file(self) -> int:
        """Twelve more requests for a past week; returns their number."""
        monday = MONDAY - timedelta(weeks=2)
        rows = [self._request(TOWNS[0], monday, f"LATE{n:04d}", "u01", n % 5) for n in range(12)]
        self._file("late/2026-W44.parquet", TOWNS[0], rows)
        return len(rows)

    def write_broken_file(self) -> Path:
        """A file that is no Parquet."""
        file = self._landing("broken/torn.parquet")
        file.write_bytes(b"PAR1 this was cut short")
        return file

    def write_file_with_individual_number(self) -> Path:
        """A file in which a subject key is a valid Individual Number."""
        row = self._request(TOWNS[0], MONDAY, "FORBIDDEN1", "u01", 0)
        return self._file("broken/number.parquet", TOWNS[0], [row | {"subject_key": individual_number()}])

    def write_absence(self) -> None:
        """The table of accounts again: one official was absent in the current week, as it turns out."""
        absent = [(MONDAY if n == 0 else None) for n in range(accounts().num_rows)]
        table = accounts()
        for name in ("absent_from", "absent_to"):
            until = timedelta(days=4 if name == "absent_to" else 0)
            days = pa.array([day and day + until for day in absent], pa.date32())
            table = table.set_column(table.schema.get_field_index(name), name, days)
        pq.write_table(table, self.data / "reference" / "accounts.parquet")

    def _name(self, town: Town, monday: date) -> str:
        return f"{monday.isocalendar().week}/{town.code}.parquet"

    def _week(self, town: Town, monday: date) -> list[Row]:
        rows = []
        for official in range(town.officials):
            for day in range(5):
                for look_up in range(self.chance.randint(3, 9)):
                    name = f"{town.code}{monday:%m%d}{official}{day}{look_up}"
                    rows.append(self._request(town, monday, name, f"u{official:02d}", day))
        return rows

    def _request(self, town: Town, monday: date, name: str, user: str, day: int) -> Row:
        moment = datetime.combine(monday + timedelta(days=day), datetime.min.time())
        moment += timedelta(hours=9, seconds=self.chance.randint(0, 8 * 3600))
        kind = int(user[1:]) % 2 + 1
        subject = f"s{town.code}{self.chance.randint(0, 400):05d}"
        row = {
            "request_id": f"R{name}",
            "requested_at": moment,
            "responded_at": moment + timedelta(seconds=self.chance.randint(1, 40)),
            "requester_agency": town.code,
            "provider_agency": self.chance.choice([other.code for other in TOWNS if other != town]),
            "affair_code": f"JM0{kind}",
            "procedure_code": f"JT0{kind}0{self.chance.randint(1, 3)}",
            "item_code": f"TM0{kind}",
            "result": self.chance.choices(["provided", "no_record", "error"], [90, 8, 2])[0],
            "requester_nondisclosure": False,
            "provider_nondisclosure": False,
            "channel": "interactive",
            "requester_department": f"D{kind}",
            "requester_user": user,
            "requester_terminal": f"T{user}",
            "response_mode": "auto",
            "inquiry_from": monday - timedelta(days=365),
            "inquiry_to": monday,
            "items_returned": 1,
            "subject_key": subject,
            "case_ref": None,
            "subject_key_national": f"n{subject}",
        }
        if self.chance.random() < 0.85:
            row["case_ref"] = self._case(town, row)
        return row

    def _case(self, town: Town, row: Row) -> str:
        reference = f"C{len(self.cases):06d}"
        self.cases.append(
            {
                "case_ref": reference,
                "agency_code": town.code,
                "affair_code": row["affair_code"],
                "subject_key": row["subject_key"],
                "opened": row["requested_at"].date() - timedelta(days=3),
                "closed": None,
            }
        )
        return reference

    def _again(self) -> None:
        """The same file under another name, and one row of it in a file of its own."""
        town = TOWNS[1]
        first = self._landing(self._name(town, MONDAY))
        shutil.copyfile(first, self._landing("again/same_bytes.parquet"))
        pq.write_table(pq.read_table(first).slice(0, 1), self._landing("again/one_row.parquet"))

    def _bad_rows(self) -> None:
        town = TOWNS[0]
        usual = [self._request(town, MONDAY, f"BAD{n}", "u02", 1) for n in range(6)]
        faults: list[Row] = [
            {"provider_agency": None},
            {"responded_at": usual[1]["requested_at"] - timedelta(hours=1)},
            {"requested_at": datetime(2014, 12, 31, 23, 59), "responded_at": None},
            {"result": "perhaps"},
            {"channel": "telepathy"},
            {},
        ]
        rows = [row | fault for row, fault in zip(usual, faults, strict=True)]
        rows.append(rows[-1] | {"item_code": "TM99"})
        extra = town.columns | {"favourite_colour": pa.string()}
        self._write("bad/rows.parquet", extra, [row | {"favourite_colour": "green"} for row in rows])

    def _file(self, name: str, town: Town, rows: list[Row]) -> Path:
        return self._write(name, town.columns, rows)

    def _write(self, name: str, columns: dict[str, pa.DataType], rows: list[Row]) -> Path:
        file = self._landing(name)
        arrays = {column: pa.array([row[column] for row in rows], kind) for column, kind in columns.items()}
        pq.write_table(pa.table(arrays), file)
        return file

    def _landing(self, name: str) -> Path:
        file = self.data / "landing" / "linkage_log" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _reference(self) -> None:
        folder = self.data / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(agencies(), folder / "agencies.parquet")
        pq.write_table(accounts(), folder / "accounts.parquet")
        kinds = {"opened": pa.date32(), "closed": pa.date32()}
        names = ("case_ref", "agency_code", "affair_code", "subject_key", "opened", "closed")
        columns = {n: pa.array([c[n] for c in self.cases], kinds.get(n, pa.string())) for n in names}
        pq.write_table(pa.table(columns), folder / "cases.parquet")


def agencies() -> pa.Table:
    """All towns but the last, which the log names and this table lacks."""
    known = TOWNS[:-1]
    return pa.table(
        {
            "agency_code": [town.code for town in known],
            "name": [f"第{number}市" for number in range(len(known))],
            "kind": ["city"] * len(known),
            "prefecture_code": ["13"] * len(known),
            "municipality_code": [town.code for town in known],
            "population": pa.array([50_000 + 10_000 * n for n in range(len(known))], pa.int64()),
            "valid_from": pa.array([date(2015, 1, 1)] * len(known), pa.date32()),
            "valid_to": pa.array([None] * len(known), pa.date32()),
        }
    )


def accounts() -> pa.Table:
    """One posting for each official of the agencies that tell who asked."""
    named = [(t.code, f"u{n:02d}") for t in TOWNS if t.columns is not GRADE_A for n in range(t.officials)]
    days = {"valid_from": date(2025, 4, 1), "valid_to": None, "absent_from": None, "absent_to": None}
    columns = {
        "requester_user": [user for _, user in named],
        "agency_code": [agency for agency, _ in named],
        "department": [f"D{int(user[1:]) % 2 + 1}" for _, user in named],
    }
    dated = {name: pa.array([day] * len(named), pa.date32()) for name, day in days.items()}
    return pa.table(columns | dated)


def individual_number() -> str:
    """Eleven digits and their check digit, by the formula of the Number Act's ordinance."""
    digits = "12345678901"
    remainder = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits), 1)) % 11
    return digits + str(0 if remainder <= 1 else 11 - remainder)
