"""The record that is delivered: numbers become the log contract's columns, by week and grade, in files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.otherworld.answers import NEVER, Answers
from benchmarks.otherworld.codes import chances, keys, mixed
from benchmarks.otherworld.lives import Society
from benchmarks.otherworld.nation import Ints, section_name
from benchmarks.otherworld.slips import DAY, Slips
from benchmarks.otherworld.statutes import ITEMS
from benchmarks.otherworld.work import Cases
from features.contract.columns import RESULTS
from features.weeks import Week

GRADE_A = ("request_id", "requested_at", "responded_at", "requester_agency", "provider_agency", "affair_code",
           "procedure_code", "item_code", "result", "requester_nondisclosure", "provider_nondisclosure",
           "requester_delegator", "provider_delegator")  # fmt: skip
ROTATION = 4
"""Weeks after which an agency that rotates its user ids gives new ones."""


@dataclass(frozen=True)
class Names:
    """The codes of everything, ready to be looked up by number."""

    agency: pa.Array
    affair: pa.Array
    procedure: pa.Array
    item: pa.Array
    section: pa.Array
    case: pa.Array


def named(society: Society, cases: Cases) -> Names:
    """Write out all codes once."""
    law, agencies = society.statutes, society.agencies
    return Names(
        pa.array(agencies.code.tolist()),
        pa.array([law.affair_code(int(law.affair[p])) for p in range(len(law.affair))]),
        pa.array([law.procedure_code(p) for p in range(len(law.affair))]),
        pa.array([law.item_code(i) for i in range(len(ITEMS))]),
        pa.array([section_name(s, society.sections, agencies) for s in range(len(society.sections.agency))]),
        _case_refs(society, cases),
    )


def _case_refs(society: Society, cases: Cases) -> pa.Array:
    """Each agency numbers in its own way; numbers rise with the day of opening."""
    order = np.lexsort((mixed(np.arange(len(cases.agency)), society.seed, 51), cases.opened, cases.agency))
    first = np.searchsorted(cases.agency[order], cases.agency[order])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - first
    year, style = society.days.first.year, society.agencies.style
    ways = (
        lambda n, a: f"{year}-{n + 1200:06d}",
        lambda n, a: f"R{year % 100}{a:02d}{n * 3 + 70000}",
        lambda n, a: f"{n + 4000:07d}",
        lambda n, a: f"{a + 10}/{n + 310}",
    )
    rows = zip(place.tolist(), cases.affair.tolist(), style[cases.agency].tolist(), strict=True)
    return pa.array([ways[s](n, a) for n, a, s in rows])


def user_labels(society: Society, official: Ints, week: Ints) -> NDArray[np.bytes_]:
    """The id that an agency's servers write for an official in a week of the period."""
    staff, agencies = society.staff, society.agencies
    agency = staff.agency[official]
    turn = np.where(agencies.rotating[agency], 1 + week // ROTATION, 0)
    text = keys(mixed(staff.login[official], turn, agency, society.seed + 61))
    letter = np.array([b"u", b"S", b"k-", b""])[agencies.style[agency]]
    return np.char.add(letter, text.astype("S9"))


def _texts(values: NDArray[np.bytes_], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(values, mask=missing).cast(pa.string())


def _taken(names: pa.Array, index: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return names.take(pa.array(index.astype(np.int64), mask=missing))


def request_ids(society: Society, rows: Ints) -> NDArray[np.bytes_]:
    """The network's numbers, without order."""
    return keys(mixed(rows, society.seed, 71), "Q")


def table(society: Society, names: Names, heap: Slips, answers: Answers, rows: Ints) -> pa.Table:
    """Some rows of the log at grade C with all columns; `rows` are numbers of slips."""
    some = heap.take(rows)
    agency, person = some.requester.astype(np.int64), some.person.astype(np.int64)
    machine = some.official < 0
    origin = np.datetime64(society.days.first, "us")
    responded = answers.responded[rows]
    protected = society.citizens.protected[person]
    day = some.day()
    last = origin.astype("datetime64[D]") + day
    delegated = chances(agency, society.seed, 81) < 0.04
    capital = np.where(society.agencies.prefecture[agency] >= 0, society.agencies.prefecture[agency], 0)
    ordinary = _taken(names.case, np.maximum(some.case, 0), some.case < 0)
    month = last.astype("datetime64[M]").astype(str)
    collective = pa.array(np.char.add("TEL", month), mask=some.case != -2)
    columns = {
        "request_id": _texts(request_ids(society, rows)),
        "requested_at": pa.array(origin + some.at),
        "responded_at": pa.array(origin + np.maximum(responded, 0), mask=responded == NEVER),
        "requester_agency": _taken(names.agency, agency),
        "provider_agency": _taken(names.agency, some.provider),
        "affair_code": _taken(names.affair, some.procedure),
        "procedure_code": _taken(names.procedure, some.procedure),
        "item_code": _taken(names.item, some.item),
        "result": _taken(pa.array(RESULTS), answers.result[rows]),
        "requester_nondisclosure": pa.array(protected & (chances(agency, person, 82) < 0.7)),
        "provider_nondisclosure": pa.array(protected & (chances(some.provider.astype(int), person, 83) < 0.9)),
        "requester_delegator": _taken(names.agency, _capitals(society)[capital], ~delegated),
        "provider_delegator": pa.nulls(len(rows), pa.string()),
        "channel": _taken(pa.array(["interactive", "batch"]), machine.astype(int)),
        "requester_department": _taken(names.section, some.section),
        "requester_user": _texts(user_labels(society, np.maximum(some.official, 0), day // 7), machine),
        "requester_terminal": _texts(keys(mixed(some.terminal.astype(int), society.seed, 84), "T").astype("S8"),
                                     some.terminal < 0),
        "response_mode": _taken(pa.array(["auto", "manual"]), answers.manual[rows].astype(int), responded == NEVER),
        "inquiry_from": pa.array((last - some.months.astype(int) * 30).astype("datetime64[M]").astype("datetime64[D]")),
        "inquiry_to": pa.array(last),
        "items_returned": pa.array(answers.items[rows].astype(np.int32), mask=responded == NEVER),
        "subject_key": _texts(subject_keys(society, agency, person)),
        "case_ref": pa.compute.coalesce(ordinary, collective),
        "subject_key_national": _texts(keys(mixed(person, society.seed, 92))),
    }  # fmt: skip
    return pa.table(columns)


def _capitals(society: Society) -> Ints:
    return society.agencies.of_kind("prefecture")


def subject_keys(society: Society, agency: Ints, person: Ints) -> NDArray[np.bytes_]:
    """A person's pseudonym within an agency."""
    return keys(mixed(person, agency, society.seed, 91))


def at_grade(rows: pa.Table, grade: int) -> pa.Table:
    """What is delivered at a grade (0 A, 1 B, 2 C)."""
    if grade == 0:
        return rows.select(GRADE_A)
    return rows if grade == 2 else rows.drop_columns(["subject_key_national"])


def delivered(society: Society, names: Names, heap: Slips, answers: Answers) -> Iterator[tuple[str, pa.Table]]:
    """File names and their rows, week by week, one file for each grade; slips must be in order of time."""
    edges = np.searchsorted(heap.at, np.arange(society.days.weeks + 1) * 7 * DAY)
    for number in range(society.days.weeks):
        rows = np.arange(edges[number], edges[number + 1])
        week = Week(society.days.day(number * 7))
        grade = society.agencies.grade_on(heap.requester[rows].astype(int), heap.at[rows] // DAY)
        for level in range(3):
            mine = rows[grade == level]
            if len(mine):
                yield f"{week}/{'abc'[level]}", at_grade(table(society, names, heap, answers, mine), level)


def write(rows: pa.Table, target: Path) -> None:
    """One Parquet file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, target, compression="zstd")


def moment(society: Society, at: int) -> datetime:
    """A slip's time as a wall-clock time."""
    return (np.datetime64(society.days.first, "us") + at).astype(datetime)  # type: ignore[no-any-return]
