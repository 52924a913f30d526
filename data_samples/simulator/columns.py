"""Requests as the columns of the log contract: codes, pseudonyms, and nulls where a grade shows nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_samples.simulator.answers import NEVER, Answers
from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Bools, Ints, mixed, tokens, unit
from data_samples.simulator.requests import NOBODY, RESULTS, Requests
from data_samples.simulator.settings import DAY

COLUMNS = (
    "request_id", "requested_at", "responded_at", "requester_agency", "provider_agency", "affair_code",
    "procedure_code", "item_code", "result", "requester_nondisclosure", "provider_nondisclosure",
    "channel", "requester_department", "requester_user", "requester_terminal", "response_mode",
    "inquiry_from", "inquiry_to", "items_returned", "subject_key", "case_ref", "subject_key_national",
)  # fmt: skip
GRADE_A = COLUMNS[:11]
GRADE_B = COLUMNS[:21]
_PERSON_SALT, _REQUEST_SALT, _CASE_SALT, _USER_SALT = 41, 42, 43, 44


@dataclass(frozen=True)
class LocalNames:
    """Names that are unique within an agency only.

    Words and numbers are kept apart: a coded Parquet column whose dictionary holds a value twice would be
    written with stray memory in it, and the same seed would not give the same bytes.
    """

    words: pa.Array
    word: Ints

    def of(self, numbers: npt.NDArray[np.integer]) -> pa.Array:
        """The names of some departments or terminals."""
        return self.words.take(pa.array(self.word[numbers]))


@dataclass(frozen=True)
class Names:
    """The strings behind the numbers."""

    agency: pa.Array
    affair: pa.Array
    procedure: pa.Array
    item: pa.Array
    department: LocalNames
    user: pa.Array
    terminal: LocalNames
    result: pa.Array

    @classmethod
    def of(cls, world: World) -> Names:
        """For a world; departments and terminals are numbered within their agency."""
        law, staff = world.law, world.staff
        seed = world.settings.seed
        owner = np.concatenate([staff.agency, _counter_agency(world)])
        return cls(
            agency=pa.array(world.country.codes),
            affair=pa.array(law.affair_codes),
            procedure=pa.array(law.procedure_codes),
            item=pa.array(law.item_codes),
            department=_local_names("D", staff.departments.agency.astype(np.int64), 3, seed),
            user=tokens(mixed(np.arange(staff.users), _USER_SALT + 100 * seed), "u", 12),
            terminal=_local_names("T", owner.astype(np.int64), 4, seed + 1),
            result=pa.array(RESULTS),
        )


def _counter_agency(world: World) -> Ints:
    staff = world.staff
    used = np.flatnonzero(staff.last_of_department > staff.first_of_department)
    return staff.departments.agency[used].astype(np.int64)


def _local_names(letter: str, agency: Ints, digits: int, seed: int) -> LocalNames:
    """Names that count up within each agency in an order that means nothing."""
    shuffled = np.lexsort((unit(np.arange(len(agency)), 900 + seed), agency))
    place = np.empty(len(agency), dtype=np.int64)
    first = np.searchsorted(agency[shuffled], agency[shuffled])
    place[shuffled] = np.arange(len(agency)) - first
    words = [f"{letter}{number + 1:0{digits}d}" for number in range(int(place.max()) + 1)]
    return LocalNames(pa.array(words), place)


def request_tokens(world: World, number: Ints) -> pa.Array:
    """Request ids: a scramble of a running number, so that they say nothing about their neighbours."""
    return tokens(mixed(number, _REQUEST_SALT + 100 * world.settings.seed), "R", 16)


def subject_tokens(world: World, agency: Ints, person: Ints, known: Bools | None = None) -> pa.Array:
    """Pseudonyms of people, the same within one agency only."""
    local = mixed(person * 65_536 + agency, _PERSON_SALT + 100 * world.settings.seed)
    return tokens(local, "s", 16, known)


def case_tokens(world: World, case: Ints) -> pa.Array:
    """References of applications; null for none."""
    return tokens(mixed(case, _CASE_SALT + 100 * world.settings.seed), "C", 12, case != NOBODY)


def _coded(values: pa.Array, indices: np.ndarray, known: Bools | None = None) -> pa.Array:
    mask = None if known is None else ~known
    return pa.DictionaryArray.from_arrays(pa.array(indices.astype(np.int32), mask=mask), values)


def _times(values: Ints, known: Bools | None = None) -> pa.Array:
    return pa.array(values.view("datetime64[us]"), mask=None if known is None else ~known)


def columns(week: Week, names: Names, rows: Requests, answers: Answers, number: Ints) -> pa.Table:
    """All columns of the contract; what an agency's grade does not show is null."""
    world = week.world
    grade = world.country.grade[rows.agency, week.number]
    screen = rows.user != NOBODY
    b, c = grade >= 1, grade >= 2
    # Some agencies never fill a column that they could.
    sparse = unit(rows.agency.astype(np.int64), 51) < 0.1
    begins, ends = _inquiry(world, rows)
    affair = world.law.affair[rows.procedure]
    person, agency = rows.person, rows.agency.astype(np.int64)
    arrays = [
        request_tokens(world, number),
        _times(rows.time),
        _times(answers.responded, answers.responded != NEVER),
        _coded(names.agency, rows.agency),
        _coded(names.agency, rows.provider),
        _coded(names.affair, affair),
        _coded(names.procedure, rows.procedure),
        _coded(names.item, rows.item),
        _coded(names.result, rows.result),
        pa.array(answers.shielded & (unit(person, 52) < 0.5)),
        pa.array(answers.shielded),
        _coded(pa.array(["batch", "interactive"]), screen, b),
        _coded(names.department.words, names.department.word[rows.department], b),
        _coded(names.user, rows.user, b & screen),
        _coded(names.terminal.words, names.terminal.word[rows.terminal], b & screen),
        _coded(pa.array(["auto", "manual"]), answers.manual, b),
        pa.array(begins, mask=~b).cast(pa.date32()),
        pa.array(ends, mask=~b).cast(pa.date32()),
        pa.array(answers.returned.astype(np.int32), mask=~b | sparse),
        subject_tokens(world, agency, person, b),
        case_tokens(world, np.where(b, rows.case, NOBODY)),
        tokens(mixed(person, _PERSON_SALT + 7 + 100 * world.settings.seed), "n", 16, c),
    ]
    return pa.Table.from_arrays(arrays, names=list(COLUMNS))


def _inquiry(world: World, rows: Requests) -> tuple[np.ndarray, np.ndarray]:
    """The period asked about: whole fiscal years back from the request, as many as the procedure needs."""
    day = (rows.time // DAY).astype(np.int64)
    years = world.law.window[rows.procedure]
    fiscal = ((day - 90) / 365.2425).astype(np.int64)
    begins = ((fiscal + 1 - years) * 365.2425 + 91).astype(np.int32)
    return begins, day.astype(np.int32)
