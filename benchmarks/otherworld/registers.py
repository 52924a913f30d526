"""The reference tables, as well kept as each agency keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from benchmarks.otherworld.codes import chances
from benchmarks.otherworld.habits import KINDS
from benchmarks.otherworld.lives import Society
from benchmarks.otherworld.machines import Campaign, campaign_name
from benchmarks.otherworld.nation import section_name
from benchmarks.otherworld.records import Names, subject_keys, user_labels
from benchmarks.otherworld.statutes import AFFAIRS, HOLDERS, ITEMS
from benchmarks.otherworld.work import Cases
from features.contract.holidays import holidays
from features.contract.reference import REFERENCE

_TYPES = {"VARCHAR": pa.string(), "DATE": pa.date32(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_()}
Row = tuple[object, ...]


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = pa.schema([(column.name, _TYPES[column.kind]) for column in REFERENCE[name]])
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def registers(
    society: Society, names: Names, cases: Cases, campaigns: list[Campaign], ordinances: list[Row]
) -> Iterator[tuple[str, pa.Table]]:
    """The tables that this world delivers; `ordinances` are further rows of the authority table."""
    habits = society.habits
    yield "agencies", _table("agencies", _agencies(society))
    yield "authority", _table("authority", _authority(society) + ordinances)
    if habits.calendar:
        yield "calendar", _table("calendar", _calendar(society))
    if habits.announced:
        yield "campaigns", _table("campaigns", _campaigns(society, campaigns))
    if habits.accounts:
        yield "accounts", _table("accounts", _accounts(society))
    if habits.cases:
        yield "cases", _cases(society, names, cases)


def _agencies(society: Society) -> list[Row]:
    some = society.agencies
    founded = date(2005, 4, 1)
    return [
        (str(some.code[n]), f"{KINDS[kind].replace('_', ' ')} {n}", KINDS[kind],
         f"{some.prefecture[n] + 1:02d}" if some.prefecture[n] >= 0 else None, str(some.municipality[n]) or None,
         int(some.population[n]) or None, founded, None)
        for n, kind in enumerate(some.kind)
    ]  # fmt: skip


def _authority(society: Society) -> list[Row]:
    law = society.statutes
    rows: list[Row] = []
    for procedure, affair in enumerate(law.affair):
        owners: list[tuple[str | None, str | None]] = [(kind, None) for kind in AFFAIRS[affair][2]]
        basis = "19-8"
        if AFFAIRS[affair][0] == "own affairs":
            who = np.flatnonzero(society.sections.first[:, affair] >= 0)
            owners, basis = [(None, str(society.agencies.code[one])) for one in who], "19-9"
        for item in law.item[procedure][law.item[procedure] >= 0]:
            codes = (law.affair_code(int(affair)), law.procedure_code(procedure))
            last = (basis, law.starts[procedure], law.ends[procedure])
            holders = HOLDERS[ITEMS[item][1]]
            rows += [(*owner, *codes, kind, law.item_code(int(item)), *last) for owner in owners for kind in holders]
    return rows


def _calendar(society: Society) -> list[Row]:
    first, last = society.days.first - timedelta(days=400), society.days.day(society.days.count + 60)
    named = {day: name for year in range(first.year, last.year + 1) for day, name in holidays(year).items()}
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    year_end = {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}
    return [
        (d, d.weekday() < 5 and d not in named and (d.month, d.day) not in year_end, named.get(d), None) for d in days
    ]


def _campaigns(society: Society, campaigns: list[Campaign]) -> list[Row]:
    law, codes = society.statutes, society.agencies.code
    return [
        (f"C{n:03d}", campaign_name(one), law.affair_code(one.affair), one.kind,
         str(codes[one.agency]) if one.agency >= 0 else None, one.first, one.last)
        for n, one in enumerate(campaigns) if one.announced
    ]  # fmt: skip


def _accounts(society: Society) -> list[Row]:
    """Postings and absences; where the table is stale, newcomers are missing and leavers are still there."""
    staff, agencies, days = society.staff, society.agencies, society.days
    listed = agencies.in_accounts & ~agencies.rotating
    stale = agencies.stale_accounts[staff.agency]
    seen_until = np.where(stale, days.count * chances(staff.agency, society.seed, 102), 10**6)
    kept = listed[staff.agency] & (staff.starts <= seen_until)
    label = user_labels(society, np.arange(len(staff.login)), np.zeros(len(staff.login), int))
    rows: dict[int, Row] = {}
    for n in np.flatnonzero(kept):
        ended = staff.ends[n] < min(days.count * 2, seen_until[n])
        rows[int(n)] = (
            label[n].decode(), str(agencies.code[staff.agency[n]]),
            section_name(int(staff.section[n]), society.sections, agencies), days.day(staff.starts[n]),
            days.day(staff.ends[n]) if ended else None,
        )  # fmt: skip
    tells = chances(staff.agency, society.seed, 103) < society.habits.absences_listed
    slip = (
        chances(np.arange(len(staff.leaves)), society.seed, 104) < np.where(stale[staff.leaves[:, 0]], 0.06, 0.01)
    ) * 1
    absences = [
        (*rows[int(n)], days.day(first + off), days.day(last + off))
        for (n, first, last), off in zip(staff.leaves, slip, strict=True)
        if int(n) in rows and tells[n]
    ]
    return [(*row, None, None) for row in rows.values()] + absences


def _cases(society: Society, names: Names, cases: Cases) -> pa.Table:
    kept = np.flatnonzero(cases.listed)
    law, agencies = society.statutes, society.agencies
    affairs = pa.array([law.affair_code(n) for n in range(len(AFFAIRS))])
    origin = np.datetime64(society.days.first, "D")
    still_open = cases.closed[kept] >= society.days.count
    columns = [
        names.case.take(pa.array(kept)),
        pa.array(agencies.code.tolist()).take(pa.array(cases.agency[kept])),
        affairs.take(pa.array(cases.affair[kept])),
        pa.array(subject_keys(society, cases.agency[kept], cases.person[kept])).cast(pa.string()),
        pa.array(origin + cases.opened[kept]),
        pa.array(origin + cases.closed[kept], mask=still_open),
    ]
    return pa.table(columns, names=[column.name for column in REFERENCE["cases"]])
