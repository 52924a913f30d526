"""The reference tables of the log contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.simulator.batches import Campaign
from data_samples.simulator.casework import Cases, World
from data_samples.simulator.chance import Ints, unit
from data_samples.simulator.columns import Names, case_tokens, subject_tokens
from data_samples.simulator.law import KINDS, KINDS_OF_CLASS

TEXT = pa.string()
AUTHORITY = pa.schema([
    ("requester_kind", TEXT), ("requester_agency", TEXT), ("affair_code", TEXT), ("procedure_code", TEXT),
    ("provider_kind", TEXT), ("item_code", TEXT), ("basis", TEXT),
    ("valid_from", pa.date32()), ("valid_to", pa.date32()),
])  # fmt: skip


def dates(days: Ints, unlimited: int | None = None) -> pa.Array:
    """Dates from days since 1970; null from `unlimited` on (it has no end)."""
    mask = None if unlimited is None else np.asarray(days) >= unlimited
    return pa.array(np.asarray(days).astype(np.int32), mask=mask).cast(pa.date32())


def _save(folder: Path, name: str, table: pa.Table) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)


def write_reference(folder: Path, world: World, names: Names, campaigns: list[Campaign]) -> None:
    """All tables but the cases, which grow week by week."""
    _save(folder, "agencies", agencies(world))
    _save(folder, "authority", authority(world))
    _save(folder, "calendar", calendar(world))
    _save(folder, "campaigns", announced(world, campaigns))
    _save(folder, "accounts", accounts(world, names))
    _save(folder, "codes", codes(world))


def codes(world: World) -> pa.Table:
    """What affairs, procedures and items are called, in the words of the statute."""
    law = world.law
    kinds = (
        ("affair", law.affair_codes, law.affair_names),
        ("procedure", law.procedure_codes, law.procedure_names),
        ("item", law.item_codes, law.item_names),
    )
    rows = [(kind, code, name) for kind, codes, names in kinds for code, name in zip(codes, names, strict=True)]
    columns = {column: pa.array([row[n] for row in rows], TEXT) for n, column in enumerate(("kind", "code", "name"))}
    unlimited = pa.nulls(len(rows), pa.date32())
    return pa.table(columns | {"valid_from": unlimited, "valid_to": unlimited})


def agencies(world: World) -> pa.Table:
    """Every agency that asks or answers."""
    country = world.country
    end = world.settings.first_day + 20_000
    return pa.table(
        {
            "agency_code": pa.array(country.codes),
            "name": pa.array(country.names),
            "kind": pa.array([KINDS[k] for k in country.kind]),
            "prefecture_code": pa.array([f"{p:02d}" if p else None for p in country.prefecture], TEXT),
            "municipality_code": pa.array(country.municipality_codes, TEXT),
            "population": pa.array(country.population, mask=country.population == 0),
            "valid_from": dates(np.full(len(country), 16_000)),
            "valid_to": dates(country.valid_to, end),
        }
    )


def authority(world: World) -> pa.Table:
    """One line for each kind of requester, procedure, item and kind of provider."""
    law, settings = world.law, world.settings
    lines: list[tuple[str | None, str | None, str, str, str, str, str, int, int]] = []
    for procedure in range(len(law)):
        affair, code = law.affair_codes[law.affair[procedure]], law.procedure_codes[procedure]
        stretch = range(law.first[procedure], law.first[procedure] + law.count[procedure])
        kinds = [k for c in np.flatnonzero(law.classes[procedure]) for k in KINDS_OF_CLASS[c]]
        grants = {(k, law.item_codes[law.item[i]]) for i in stretch for k in KINDS_OF_CLASS[law.provider_class[i]]}
        start, end = int(law.starts[procedure]), int(law.ends[procedure])
        lines += [
            (kind, None, affair, code, k, item, "19-8", start, end) for kind in kinds for k, item in sorted(grants)
        ]
    lines += _own_affairs(world)
    parts = list(zip(*lines, strict=True))
    arrays = [pa.array(parts[i], TEXT) for i in range(7)]
    limit = settings.first_day + 20_000
    arrays += [dates(np.array(parts[7])), dates(np.array(parts[8]), limit)]
    return pa.Table.from_arrays(arrays, schema=AUTHORITY)


def _own_affairs(world: World) -> list[tuple[str | None, str | None, str, str, str, str, str, int, int]]:
    law, desks, codes = world.law, world.desks, world.country.codes
    found: list[tuple[str | None, str | None, str, str, str, str, str, int, int]] = []
    for desk in np.flatnonzero(desks.own_affair_from >= 0):
        p = int(desks.procedure[desk])
        start = max(int(desks.own_affair_from[desk]), int(law.starts[p]))
        grants = {
            (k, law.item_codes[law.item[i]])
            for i in range(law.first[p], law.first[p] + law.count[p])
            for k in KINDS_OF_CLASS[law.provider_class[i]]
        }
        found += [
            (None, codes[desks.agency[desk]], law.affair_codes[law.affair[p]],
             law.procedure_codes[p], kind, item,
             "19-9", start, int(law.ends[p]))
            for kind, item in sorted(grants)
        ]  # fmt: skip
    return found


def calendar(world: World) -> pa.Table:
    """Every day of the log with some months before and after."""
    year = world.year
    days = year.first + np.arange(len(year.working))
    return pa.table(
        {
            "date": dates(days),
            "is_working_day": pa.array(year.working),
            "holiday_name": pa.array(year.names, TEXT),
            "note": pa.nulls(len(days), TEXT),
        }
    )


def announced(world: World, campaigns: list[Campaign]) -> pa.Table:
    """Campaigns that were announced."""
    law = world.law
    return pa.table(
        {
            "campaign_id": pa.array([c.campaign_id for c in campaigns], TEXT),
            "name": pa.array([c.name for c in campaigns], TEXT),
            "affair_code": pa.array([law.affair_codes[law.affair[c.procedure]] for c in campaigns], TEXT),
            "agency_kind": pa.array([c.kind for c in campaigns], TEXT),
            "agency_code": pa.array([_only(world, c) for c in campaigns], TEXT),
            "starts": dates(np.array([c.starts for c in campaigns])),
            "ends": dates(np.array([c.ends for c in campaigns])),
        }
    )


def _only(world: World, campaign: Campaign) -> str | None:
    return world.country.codes[int(campaign.agencies[0])] if len(campaign.agencies) == 1 else None


def accounts(world: World, names: Names) -> pa.Table:
    """One row for each posting, one more for each absence; not everything is entered in time."""
    staff = world.staff
    posting = np.concatenate([np.arange(len(staff)), staff.absent_posting])
    away = len(staff.absent_posting)
    none = np.full(len(staff), world.settings.first_day + 20_000)
    limit = world.settings.first_day + 20_000
    department = staff.department[posting]
    # Personnel sections enter some moves days late: honest work then stands before its posting.
    slow = (unit(posting, 71) < 0.04) & (staff.valid_from[posting] > world.settings.first_day)
    begins = staff.valid_from[posting] + np.where(slow, 1 + (unit(posting, 72) * 4).astype(np.int64), 0)
    return pa.table(
        {
            "requester_user": names.user.take(pa.array(staff.user[posting])),
            "agency_code": names.agency.take(pa.array(staff.agency[posting])),
            "department": names.department.of(department),
            "valid_from": dates(begins),
            "valid_to": dates(staff.valid_to[posting], limit),
            "absent_from": dates(np.concatenate([none, staff.absent_from]), limit),
            "absent_to": dates(np.concatenate([none, staff.absent_to]), limit if away else 0),
        }
    )


class CaseRegister:
    """`cases.parquet`, written week by week."""

    SCHEMA = pa.schema([
        ("case_ref", TEXT), ("agency_code", TEXT), ("affair_code", TEXT), ("subject_key", TEXT),
        ("opened", pa.date32()), ("closed", pa.date32()),
    ])  # fmt: skip

    def __init__(self, folder: Path, world: World, names: Names) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.world, self.names = world, names
        self.last_day = world.settings.first_day + 7 * world.settings.weeks - 1
        self.writer = pq.ParquetWriter(folder / "cases.parquet", self.SCHEMA, compression="zstd", store_schema=False)

    def add(self, given: Cases) -> None:
        """Cases opened in a week, in an order that says nothing; no closing day after the end of the log."""
        order = np.lexsort((unit(given.case, 73), given.opened, given.agency))
        cases = Cases(**{name: values[order] for name, values in vars(given).items()})
        law = self.world.law
        affair = pa.array(law.affair[cases.procedure])
        table = pa.Table.from_arrays(
            [
                case_tokens(self.world, cases.case),
                self.names.agency.take(pa.array(cases.agency)),
                self.names.affair.take(affair),
                subject_tokens(self.world, cases.agency, cases.person),
                dates(cases.opened),
                dates(cases.closed, self.last_day + 1),
            ],
            schema=self.SCHEMA,
        )
        self.writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        self.writer.close()
