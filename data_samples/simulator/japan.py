"""The public facts that a world is built on: municipalities, holidays, the authority table of 2015."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "japan"


@dataclass(frozen=True)
class Municipality:
    """A city, special ward, town or village."""

    code: str
    prefecture: str
    name: str
    latitude: float
    longitude: float
    population: int

    @property
    def kind(self) -> str:
        """Kind in the words of the log contract; designated cities are those with wards of their own."""
        endings = {"区": "ward", "町": "town", "村": "village"}
        return endings.get(self.name[-1], "city")


@dataclass(frozen=True)
class Entitlement:
    """One line of the authority table: who may ask whom for what, for which affair."""

    line: str
    requester: str
    affair: str
    provider: str
    info: str


def municipalities() -> tuple[list[Municipality], frozenset[str]]:
    """All municipalities, and the names of the designated cities among them."""
    with (FOLDER / "municipalities.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    designated = frozenset(r["name"].split()[0] for r in rows if r["is_ward_of_designated_city"] == "True")
    places = [
        Municipality(
            code=row["municipality_code"],
            prefecture=row["prefecture"],
            name=row["name"],
            latitude=float(row["lat"]),
            longitude=float(row["lng"]),
            population=max(int(row["population_2020"] or 0), 100),
        )
        for row in rows
        if row["is_ward_of_designated_city"] != "True"
    ]
    return places, designated


def holidays() -> dict[date, str]:
    """Public holidays by date."""
    with (FOLDER / "holidays.csv").open(encoding="utf-8") as lines:
        return {date.fromisoformat(row["date"]): row["name"] for row in csv.DictReader(lines)}


def entitlements() -> list[Entitlement]:
    """The lines of the authority table that name an affair (repealed lines are left out)."""
    with (FOLDER / "authority_table_2015.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Entitlement(row["row"], row["requester"], row["affairs"], row["provider"], row["info"])
            for row in rows
            if row["affairs"] and row["provider"] and row["info"]
        ]
