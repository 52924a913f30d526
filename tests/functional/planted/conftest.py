"""The week that the tests here look at: it is made once, with something planted at each of three towns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from pipelines.cli import run
from pipelines.lake import Lake
from tests.functional.conftest import SMALL
from tests.functional.handwritten import CURRENT, MONDAY, TOWNS, Delivery, Row

WEEK = Week.parse(CURRENT)
AFTER_DISASTER, OF_LENT, OF_TURNS = (town.code for town in (TOWNS[0], TOWNS[2], TOWNS[3]))
CREW, MISUSER, A_HEAD = ("u01", "u03", "u05"), "u03", 14
"""Who does relief, who of them misuses what he may see, and how many look-ups for relief each makes."""
TWO, NUMBER = ("u01", "u04"), 12
"""Whose accounts take turns at a terminal, and how many requests they make there."""
HOST, LENT = "u01", ("u02", "u03", "u04", "u05")
"""At whose terminal which accounts are used."""


def relief(like: Row) -> list[Row]:
    """The crew looks at households that applied for relief, under these applications, each in an affair of his section."""
    return [
        like | {"request_id": f"RELIEF{user}{n}", "requester_user": user, "requester_terminal": f"T{user}",
                "requested_at": datetime.combine(MONDAY + timedelta(days=n % 4), time(10, 3 * n)),
                "responded_at": datetime.combine(MONDAY + timedelta(days=n % 4), time(10, 3 * n, 2)), "subject_key": f"street{user}{n}", "case_ref": f"RELIEF{user}{n}"}
        for user in CREW for n in range(A_HEAD)
    ]  # fmt: skip


def applications(rows: Sequence[Row]) -> list[Row]:
    return [
        {"case_ref": r["case_ref"], "agency_code": AFTER_DISASTER, "affair_code": "JM09", "subject_key": r["subject_key"],
         "opened": MONDAY, "closed": None}
        for r in rows
    ]  # fmt: skip


def misuse(like: Row) -> list[Row]:
    """One of the crew looks at people who applied for nothing, at night, in another section's procedure."""
    return [
        like | {"request_id": f"MISUSE{n}", "requester_user": MISUSER, "requester_terminal": f"T{MISUSER}",
                "requested_at": datetime.combine(MONDAY + timedelta(days=2), time(22, 5 * n)), "responded_at": datetime.combine(MONDAY + timedelta(days=2), time(22, 5 * n, 2)),
                "affair_code": "JM01", "procedure_code": "JT0101", "item_code": "TM01",
                "subject_key": f"stranger{n}", "case_ref": None}
        for n in range(7)
    ]  # fmt: skip


def turns(like: Row) -> list[Row]:
    """Two accounts in turn at one terminal on Wednesday evening, about people whom nobody has a case of."""
    evening = datetime.combine(MONDAY + timedelta(days=2), time(20))
    return [
        like | {"request_id": f"TURN{n}", "requested_at": evening + timedelta(minutes=3 * n), "case_ref": None,
                "responded_at": evening + timedelta(minutes=3 * n, seconds=2), "requester_user": TWO[n % 2],
                "requester_terminal": "T99", "subject_key": f"turn{n:05d}", "subject_key_national": f"nturn{n:05d}"}
        for n in range(NUMBER)
    ]  # fmt: skip


def lent(like: Row) -> list[Row]:
    """On four days one look-up for each of four accounts at the terminal of a fifth official, about people of whom there is no case."""
    moments = [datetime.combine(MONDAY + timedelta(days=n % 4), time(14, 5 * n)) for n in range(2 * len(LENT))]
    return [
        like | {"request_id": f"LENT{n}", "requested_at": at, "responded_at": at + timedelta(seconds=2), "case_ref": None,
                "requester_user": LENT[n % len(LENT)], "subject_key": f"lent{n:05d}", "subject_key_national": f"nlent{n:05d}"}
        for n, at in enumerate(moments)
    ]  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """The week after `shirabe weekly`, and the rows that were planted at each town."""

    data: Path
    lake: Lake
    relief: Sequence[Row]
    misuse: Sequence[Row]
    turns: Sequence[Row]
    lent: Sequence[Row]

    def weekly(self) -> int:
        """Run `shirabe weekly` on it."""
        folders = ["--data", str(self.data), "--lake", str(self.lake.root)]
        return run(["weekly", *folders, "--week", CURRENT, "--params", str(SMALL)])

    def cases(self) -> list[dict[str, Any]]:
        return list(pq.ParquetFile(self.lake.cases(WEEK)).read().to_pylist())

    def page(self) -> str:
        return (self.lake.report(WEEK, 1) / "report.html").read_text(encoding="utf-8")


def ids(rows: Sequence[Row]) -> frozenset[str]:
    return frozenset(str(row["request_id"]) for row in rows)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Seven usual weeks of which the last holds all that is planted."""
    base = tmp_path_factory.mktemp("planted")
    data, lake = base / "data", Lake(base / "lake")
    Delivery(data).write_all()
    week = data / "landing" / "linkage_log" / str(MONDAY.isocalendar().week)

    def like(town: str, user: str) -> Row:
        rows = pq.read_table(week / f"{town}.parquet").to_pylist()
        return next(row for row in rows if row["requester_user"] == user and row["result"] == "provided")

    of_crew = like(AFTER_DISASTER, CREW[0])
    made = Planted(
        data, lake, relief(of_crew), misuse(of_crew), turns(like(OF_TURNS, TWO[0])), lent(like(OF_LENT, HOST))
    )
    _add(week / f"{AFTER_DISASTER}.parquet", [*made.relief, *made.misuse])
    _add(week / f"{OF_TURNS}.parquet", made.turns)
    _add(week / f"{OF_LENT}.parquet", made.lent)
    _add(data / "reference" / "cases.parquet", applications(made.relief))
    made.weekly()
    return made


def _add(file: Path, rows: Sequence[Row]) -> None:
    table = pq.read_table(file)
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist(list(rows), schema=table.schema)]), file)
