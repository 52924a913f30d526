"""What stands behind a case, beside its requests: its people, what is used for the first time, which reasons were tried,
and earlier cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.catalogue import Bilingual, explanations
from features.contract.identifiers import shorten_key
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Scalar
from features.weeks import Week
from models.cases.against import SHORT_HISTORY
from reports.earlier import EarlierCase, read_earlier
from reports.evidence import Coded
from reports.inputs import ReportInputs
from reports.known import Known, read_known
from reports.names import Names

MOST_PEOPLE, MOST_FIRST, MOST_EARLIER = 8, 6, 5
"""Rows that a case shows of each; the others are counted, so that it stays on two pages of paper."""
RARE = 0.1
"""Used in at most one of ten weeks: rare."""
RESIDENT_RECORD = "住民票関係情報"
"""What the ordinances on data items call the record that only the municipality of residence has (番号法別表に基づく命令)."""
NATIONAL = "national"
"""Stands for the agency where an entity is somebody of the nation."""
_HERE = Path(__file__).parent
_CASE_ROW, _PEOPLE, _FIRST_USE, _TRIED = (
    (_HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("case_row", "people", "first_use", "tried")
)
_IN_CASE = pa.schema([
    ("case_id", pa.string()), ("request_id", pa.string()), ("agency_code", pa.string()), ("official", pa.string()),
    ("national", pa.bool_()),
])  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A person of a case, shortened: requests in it and on how many days; `first` asked about before this week (None: never);
    `officials` and `agencies` that also asked this week (None: the log has no key across agencies); whether the agency's own
    municipality has the resident record (None: the log does not tell)."""

    key: str
    requests: int
    days: int
    first: date | None
    officials: int
    agencies: int | None
    lives_here: bool | None


@dataclass(frozen=True)
class FirstUse:
    """Something that a case uses for the first time or rarely: when `first` used before (None: never), in how many weeks."""

    kind: str
    what: Coded
    requests: int
    first: date | None
    weeks: int


@dataclass(frozen=True)
class Tried:
    """Which reasons the requests of a case were tried for: those that hold, with how many requests; those that hold for none;
    requests without any reason; requests of which nothing is on record; reasons that this log cannot show of anything."""

    held: tuple[tuple[Bilingual, int], ...] = ()
    in_vain: tuple[Bilingual, ...] = ()
    without: int = 0
    unrecorded: int = 0
    untold: tuple[Bilingual, ...] = ()


@dataclass(frozen=True)
class Background:
    """All of that for one case, the most telling rows first. `since` is the first day of the log that was read (None: it has no
    earlier week), `known` in how many earlier weeks the official or agency asked."""

    people: tuple[Person, ...] = ()
    more_people: int = 0
    first_uses: tuple[FirstUse, ...] = ()
    more_first_uses: int = 0
    known: int = 0
    tried: Tried = Tried()
    since: date | None = None
    of_official: bool = False
    earlier: tuple[EarlierCase, ...] = ()
    more_earlier: int = 0

    @property
    def tells_agencies(self) -> bool:
        """Whether anything is known of other agencies."""
        return any(person.agencies is not None for person in self.people)

    @property
    def tells_residence(self) -> bool:
        """Whether the log tells of anybody where he lives."""
        return any(person.lives_here is not None for person in self.people)


def read_backgrounds(inputs: ReportInputs, cases: Sequence[Mapping[str, Any]], names: Names) -> dict[str, Background]:
    """The background of each case, by case id; cases are rows of the table `cases`. Each query reads the log once for all."""
    if not inputs.logs:
        return {}
    past, week, known = inputs.past or inputs.logs, inputs.week, read_known(inputs)
    since = inputs.past_since if inputs.past_since is not None and inputs.past_since < week else None
    with DuckDBEngine() as engine:
        engine.given("in_case", _requests_of(cases))
        engine.given(
            "resident_item", pa.table({"code": pa.array(names.codes_called("item", RESIDENT_RECORD), pa.string())})
        )
        for view, files in (("linkage_log", inputs.logs), ("week_log", inputs.logs[:1]), ("past_log", past)):
            engine.view(view, files)
        engine.view("agencies", [inputs.agencies])
        if inputs.explained:
            engine.view("visit_request", inputs.explained)
        engine.table("case_row", _CASE_ROW)
        days = {"monday": week.start, "last_day": week.monday + timedelta(days=6), "week_end": week.end}
        people = _by_case(engine, _PEOPLE, days)
        uses = _by_case(engine, _FIRST_USE, {"least": SHORT_HISTORY, "rare": RARE})
        tried = _by_case(engine, _TRIED) if inputs.explained else {}
    monday, earlier = None if since is None else since.monday, read_earlier(inputs.earlier, cases, names)
    return {
        name: Background(
            tuple(_person(row, week) for row in people.get(name, ())[:MOST_PEOPLE]), max(len(people.get(name, ())) - MOST_PEOPLE, 0),
            tuple(_first_use(row, names) for row in uses.get(name, ())[:MOST_FIRST]), max(len(uses.get(name, ())) - MOST_FIRST, 0),
            max((row["known"] for row in uses.get(name, ())), default=0), _tried(tried.get(name, ()), known), monday, case["entity"] == "user",
            before[:MOST_EARLIER], max(len(before) - MOST_EARLIER, 0),
        )
        for case in cases for name in [case["case_id"]] for before in [earlier.get(name, ())]
    }  # fmt: skip


def _requests_of(cases: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Each request of each case; an official's case names him (`case_row` then names whoever made the request: of several officials in
    one case each his own), one about a person of the nation spans agencies."""
    rows = []
    for case in cases:
        place, _, who = case["entity_id"].partition("/")
        common = {"case_id": case["case_id"], "agency_code": case["agency_code"], "official": who if case["entity"] == "user" else None,
                  "national": case["entity"] == "subject" and place == NATIONAL}  # fmt: skip
        rows += [common | {"request_id": request} for request in case["request_ids"] or ()]
    return pa.Table.from_pylist(rows, schema=_IN_CASE)


def _by_case(
    engine: DuckDBEngine, sql: str, given: Mapping[str, Scalar] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The rows of a query that is ordered by case."""
    rows = engine.arrow(sql, given).to_pylist()
    return {case: list(mine) for case, mine in groupby(rows, key=lambda row: str(row["case_id"]))}


def _person(row: Mapping[str, Any], week: Week) -> Person:
    first = row["first_at"]
    return Person(
        shorten_key(row["person"]), row["requests"], row["days"], first.date() if first and first < week.start else None,
        row["officials"], row["agencies"], row["lives_here"],
    )  # fmt: skip


def _first_use(row: Mapping[str, Any], names: Names) -> FirstUse:
    kind, value = row["kind"], row["value"]
    name = names.agencies.get(value, "") if kind == "provider" else names.of(kind, value)
    return FirstUse(kind, Coded(value, name), row["requests"], row["first"], row["weeks"])


def _tried(rows: Sequence[Mapping[str, Any]], known: Known) -> Tried:
    """Explanations are tried in their order until one holds: those before it were tried in vain, those after it were not."""
    counted = {row["explained_by"]: row["requests"] for row in rows if row["tried"]}
    declared = explanations()
    reached = (
        len(declared) if None in counted else max((n for n, e in enumerate(declared) if e.name in counted), default=0)
    )
    vain = [e for e in declared[:reached] if e.name not in counted]
    return Tried(
        tuple((e.label, counted[e.name]) for e in declared if e.name in counted),
        tuple(e.label for e in vain if known.has(*e.requires)),
        counted.get(None, 0), sum(row["requests"] for row in rows if not row["tried"]),
        tuple(e.label for e in vain if not known.has(*e.requires)),
    )  # fmt: skip
