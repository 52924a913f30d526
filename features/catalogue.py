"""The declarations beside the SQL, read and checked: what report, documentation, scales and tests say comes from here."""

from __future__ import annotations

import datetime
import hashlib
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from features.errors import DefinitionsDisagreeError

FOLDER = Path(__file__).parent
TEXTS = frozenset(
    [
        "label",
        "meaning",
        "without_reason",
        "ground",
        "title",
        "story",
        "innocent",
        "unit",
        "quantity",
        "requires",
        "reviewed",
        "grain",
    ]
)
"""Keys that a person reads and no query: another wording makes no other facts."""
WITHOUT_REASON = "unexplained_"
"""How an attribute is called where it is counted among visits without a reason only."""
D = TypeVar("D", bound="Declared")


class Declared(BaseModel):
    """A declaration is frozen and knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Declared):
    """The same text in Japanese and English."""

    ja: str
    en: str


class Reviewed(Declared):
    """Who last reviewed a declaration, and when."""

    by: str
    date: datetime.date


class Column(Declared):
    """A column of a table: its type, as portable SQL spells it, and what it means."""

    type: Literal["STRING", "BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN"]
    meaning: str


class Kept(Declared):
    """A table of a week that is kept, and how many earlier weeks of it a new week reads.

    A `running` one holds what the weeks before held as well: of it a new week reads only the newest, and queries over
    several weeks the `newest` so many.
    """

    weeks: int
    running: bool = False
    newest: int = 1


class Table(Declared):
    """A table of a week: what one row is, its columns, and whether later weeks read it."""

    name: str
    grain: str
    kept: Kept | None = None
    columns: dict[str, Column]


class Attribute(Declared):
    """What can be said of a visit.

    Its query gives `visit_no` and `value`, a category that is judged by how often official, department, agency, kind and
    nation have it; or, where it `gives` a `surprisal`, that itself (nats). `several`: a visit may have more than one
    value, of which the rarest counts. `given`: judged given the value of another attribute, which stands before the
    slash. `ordinary`: values that are never surprising, however seldom they are, since what the attribute is called would not be
    true of them (who goes on with his own case took it over from nobody). `sums`: adds to how rare a visit without a reason
    is; all add to how rare it is as a whole. `identifies`: tells a person, so that a day unlike him and like his colleagues is
    read off it. `stands_alone`: may name an official by itself. `without_reason`: what it is called among visits without one.
    """

    name: str
    grade: Literal["A", "B", "C"]
    columns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    gives: Literal["value", "surprisal"] = "value"
    several: bool = False
    given: str | None = None
    identifies: bool = False
    sums: bool = True
    ordinary: tuple[str, ...] = ()
    stands_alone: bool
    label: Bilingual
    meaning: Bilingual
    without_reason: Bilingual | None = None
    reviewed: Reviewed


class Count(Declared):
    """What requests of an agency are counted by, week by week: its query gives `request_id`, `agency_code` and the `cell`
    of each; `cell` says of what kind that is, for people who read it."""

    name: str
    grade: Literal["A", "B", "C"]
    columns: tuple[str, ...]
    cell: str
    label: Bilingual
    reviewed: Reviewed


class Statistic(Declared):
    """What is counted of an official, a person or an agency.

    Its query (NAME.sql, or those that it `reads`) runs over the week and the weeks before. `window` in weeks; `weight`
    is what share of the inspectors' time findings of it may use; `label`, `story`, `innocent` and `unit` are what a case
    says, `quantity` what its number counts where that is not the label (a fall is none of so many requests). One that
    `counts` what `features/counts` declares tells where that is `more` or `less` than is to be expected; where it is `excusable`,
    requests with a reason on record do not count. One that does not lead (`leads`) ranks its entities and makes no case; fewer
    than `at_least` requests are not told of. `of_reasons`: it speaks of missing reasons, which only a register of cases can tell.
    A statistic that no method of `models/statistics` measures gives its `value` in nats itself, with `actual` and `typical`, `agency_code`, `entity_id` and, where it has them, `requester_user` and `subject_key`.
    """

    name: str
    entity: Literal["user", "subject", "agency"]
    grade: Literal["A", "B", "C"]
    window: int
    weight: float
    reads: tuple[str, ...] = ()
    counts: str | None = None
    side: Literal["more", "less"] = "more"
    excusable: bool = False
    leads: bool = True
    at_least: int = 1
    of_reasons: bool = False
    label: Bilingual
    quantity: Bilingual | None = None
    meaning: Bilingual
    story: Bilingual
    innocent: Bilingual
    unit: Bilingual
    reviewed: Reviewed


class Explanation(Declared):
    """A reason that makes a request ordinary; tried in rising `order`. It can hold for nothing where a column of the log or a
    reference table that it `requires` is empty: then it is not told as tried."""

    name: str
    order: int
    grade: str
    requires: tuple[str, ...] = ()
    label: Bilingual
    meaning: Bilingual
    unit: str
    reviewed: Reviewed


class Allowance(Declared):
    """What a rule lets pass, as a number that its query asks for by name, and why; `reason` says it with `{value}`."""

    value: float
    reason: Bilingual

    def told(self) -> Bilingual:
        """The reason with its number in it."""
        return Bilingual(ja=self.reason.ja.format(value=self.value), en=self.reason.en.format(value=self.value))


class Rule(Declared):
    """A request breaks it or not: its legal or factual ground, the grade and the reference tables it needs; `allows` has
    every threshold by which an agency or a combination is exempt.

    `innocent`: what would explain a hit. `excusable`: a hit does not weigh in cases where the request has a reason (an open
    case under an account that should be gone speaks of a late register). What the law forbids no reason excuses.

    `detail` says of a hit what it is; where a rule has several `clauses`, the query gives the name of the one that was broken
    as `clause`, and its text stands instead. `facts` are columns of the query, texts, that fill the placeholders of the
    same name: the date, the row or the number that decides.
    """

    name: str
    grade: str
    needs: tuple[str, ...]
    excusable: bool
    allows: dict[str, Allowance] = {}
    label: Bilingual
    ground: Bilingual
    innocent: Bilingual
    detail: Bilingual
    clauses: dict[str, Bilingual] = {}
    facts: tuple[str, ...] = ()
    reviewed: Reviewed


@cache
def tables() -> tuple[Table, ...]:
    """All tables of a week by name; DefinitionsDisagreeError lists every fault."""
    return tuple(sorted(_read("tables", Table), key=lambda table: table.name))


@cache
def kept_tables() -> tuple[Table, ...]:
    """The tables that are written to the lake."""
    return tuple(table for table in tables() if table.kept)


@cache
def attributes() -> tuple[Attribute, ...]:
    """All attributes by name; DefinitionsDisagreeError lists every fault."""
    found = tuple(_read("attributes", Attribute))
    names = {attribute.name for attribute in found}
    unknown = [
        f"attributes/{a.name}.yaml: given {a.given}, which is no attribute"
        for a in found
        if a.given not in {None, *names}
    ]
    _refuse(unknown)
    return found


@cache
def counts() -> tuple[Count, ...]:
    """All counts by name; DefinitionsDisagreeError lists every fault."""
    return tuple(_read("counts", Count))


@cache
def statistics() -> dict[str, Statistic]:
    """All statistics by name; DefinitionsDisagreeError lists every fault."""
    found = {s.name: s for s in _declared("statistics", Statistic)}
    queries = {file.stem for file in (FOLDER / "statistics").glob("*.sql")}
    read = {query for s in found.values() for query in s.reads or (s.name,)}
    known = {count.name for count in counts()}
    _refuse(
        [
            f"statistics/{s.name}.yaml: counts {s.counts}, which is no count"
            for s in found.values()
            if s.counts not in {None, *known}
        ]
    )
    _refuse([f"statistics/{name}.sql is read by no statistic" for name in sorted(queries - read)]
            + [f"statistics/{name}.sql is read by a statistic and does not exist" for name in sorted(read - queries)])  # fmt: skip
    return found


@cache
def explanations() -> tuple[Explanation, ...]:
    """All explanations in the order in which they are tried; DefinitionsDisagreeError lists every fault."""
    return tuple(sorted(_read("explanations", Explanation), key=lambda e: e.order))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules by name; DefinitionsDisagreeError lists every fault."""
    return tuple(_read("rules", Rule))


def attribute_of(counted: str) -> tuple[Attribute | None, bool]:
    """The attribute that is counted under a name, and whether among visits without a reason only; None if it is none."""
    names = {attribute.name: attribute for attribute in attributes()}
    if counted in names:
        return names[counted], False
    crossed = names.get(counted.removeprefix(WITHOUT_REASON))
    return (
        (crossed, True) if crossed and counted.startswith(WITHOUT_REASON) and crossed.without_reason else (None, False)
    )


def query_file(folder: str, name: str) -> Path:
    """Where the query of a declaration stands; tables stand in chapters."""
    return next((FOLDER / folder).rglob(f"{name}.sql"))


def query(folder: str, name: str) -> str:
    """The text of a declaration's query."""
    return query_file(folder, name).read_text(encoding="utf-8")


def fingerprint() -> str:
    """SHA-256 of all that decides what the tables of a week hold: queries and declarations, but no text that people read."""
    digest = hashlib.sha256()
    for folder in ("tables", "attributes", "counts", "explanations", "rules"):
        for file in sorted((FOLDER / folder).rglob("*.sql")):
            digest.update(file.name.encode() + file.read_bytes())
    for declared in (*tables(), *attributes(), *counts(), *explanations(), *rules()):
        digest.update(declared.model_dump_json(exclude=set(TEXTS)).encode())
    return digest.hexdigest()


def _read(folder: str, kind: type[D]) -> list[D]:
    """Declarations that stand in pairs with their queries."""
    files = {file.stem for file in (FOLDER / folder).rglob("*.yaml")}
    queries = {file.stem for file in (FOLDER / folder).rglob("*.sql")}
    _refuse([f"{folder}/{name}.sql has no {name}.yaml" for name in sorted(queries - files)]
            + [f"{folder}/{name}.yaml has no {name}.sql" for name in sorted(files - queries)])  # fmt: skip
    return _declared(folder, kind)


def _declared(folder: str, kind: type[D]) -> list[D]:
    found, faults = [], []
    for file in sorted((FOLDER / folder).rglob("*.yaml")):
        try:
            declared = kind.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        except ValidationError as error:
            faults += [f"{folder}/{file.name}: {_said(fault)}" for fault in error.errors()]
            continue
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{folder}/{file.name}: it is no YAML ({_place(error)})")
            continue
        if getattr(declared, "name", None) != file.stem:
            faults.append(f"{folder}/{file.name}: its name is not that of the file")
        found.append(declared)
    _refuse(faults)
    return found


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DefinitionsDisagreeError("declarations disagree; mend these:\n" + "\n".join(f"  {f}" for f in faults))


def _said(fault: ErrorDetails) -> str:
    """A fault by the keys that lead to it, as the file spells them."""
    place = ".".join(str(part) for part in fault["loc"]) or "the file as a whole"
    return f"{place}: {fault['msg']}"


def _place(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "a character that YAML does not allow"
    return f"line {mark.line + 1}: {getattr(error, 'problem', None) or 'it cannot be read on'}"
