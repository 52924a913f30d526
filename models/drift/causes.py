"""What may lie behind an alarm: a broken source, a new platform, a new procedure, or a real change of behaviour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from features.catalogue import Bilingual, Declared, attributes
from models.drift import Drift, Drifted, WeekCells
from models.drift.effects import pooled, upper

FILE = Path(__file__).with_name("causes.yaml")
BROKEN_SOURCE, NEW_PLATFORM, NEW_PROCEDURE, BEHAVIOUR = "broken_source", "new_platform", "new_procedure", "behaviour"
CAUSES = (BROKEN_SOURCE, NEW_PLATFORM, NEW_PROCEDURE, BEHAVIOUR)
"""The first that fits is told."""
FALLEN = math.log(0.5)
"""A column or a volume that falls below half is taken for missing, not for a change of work."""
TERMINAL = "attribute:terminal"
PROCEDURES = ("count:procedure", "attribute:procedure")
RARELY = 0.05
"""A terminal is new if it is rarer than so large a share of visits of the compared weeks."""


class Cause(Declared):
    """What may lie behind a change, how it is told, and what to do."""

    label: Bilingual
    text: Bilingual
    todo: Bilingual


class Wording(Declared):
    """Everything in `causes.yaml`."""

    causes: dict[str, Cause]
    measures: dict[str, Bilingual]
    kinds: dict[str, Bilingual]


@dataclass(frozen=True)
class Message:
    """What is told of the alarms of one cause, and what to do."""

    cause: str
    label: Bilingual
    text: Bilingual
    todo: Bilingual
    kinds: tuple[str, ...]
    measures: tuple[str, ...]


@cache
def wording() -> Wording:
    """The sentences; a pydantic ValidationError names what is missing."""
    return Wording.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def explained(drift: Drift, now: WeekCells, learned: Sequence[WeekCells]) -> Drift:
    """The same drift, each alarm with its cause. `learned` holds at least the weeks that it was held against."""
    weeks = [week for week in learned if week.week in drift.compared]
    causes = {kind: _causes(kind, drift.alarms, now, weeks) for kind in {each.kind for each in drift.alarms}}
    measured = tuple(
        replace(each, cause=causes[each.kind].get(each.measure, BEHAVIOUR)) if each.alarm else each
        for each in drift.measured
    )
    return replace(drift, measured=measured)


def _causes(kind: str, alarms: Sequence[Drifted], now: WeekCells, weeks: Sequence[WeekCells]) -> dict[str, str]:
    """The cause of each measure of a kind that is not mere behaviour. How rare look-ups are as a whole follows from what
    goes in: it has the cause of that."""
    mine = {each.measure: each for each in alarms if each.kind == kind}
    fallen = [m for m, each in mine.items() if _fallen(each) and _fewer(m, now, weeks, kind)]
    if any(measure.startswith("volume:") for measure in fallen):
        return dict.fromkeys(mine, BROKEN_SOURCE)  # who is missing changes every mix
    found: dict[str, str] = {}
    if fallen:
        columns = {column for measure in fallen for column in _columns(measure)} - _still_filled(mine, now, kind)
        found |= {m: BROKEN_SOURCE for m in mine if m in fallen or columns & _columns(m)}
    if TERMINAL in mine and TERMINAL not in found and _mostly_new(now, weeks, kind):
        found[TERMINAL] = NEW_PLATFORM
    if "count:procedure" in mine and _unseen_lead(now, weeks, kind):
        found |= {m: NEW_PROCEDURE for m in PROCEDURES if m in mine and m not in found}
    leading = next((cause for cause in CAUSES if cause in found.values()), None)
    if leading is not None:
        found |= {m: leading for m in mine if m.startswith(("strangeness:", "share:")) and m not in found}
    return found


def _fallen(each: Drifted) -> bool:
    return each.measure.startswith(("filled:", "volume:")) and each.effect < FALLEN


def _fewer(measure: str, now: WeekCells, weeks: Sequence[WeekCells], kind: str) -> bool:
    """Whether rows with a value have become fewer a working day too: a share also falls where others become more."""
    family, _, name = measure.partition(":")
    if family == "volume":
        return True
    part = "count:channel" if name == "channel" else f"attribute:{name}"
    usual = sum(week.total(kind, part) / max(week.working_days, 1) for week in weeks) / len(weeks)
    return now.total(kind, part) / max(now.working_days, 1) < usual / 2


def _columns(measure: str) -> frozenset[str]:
    """The delivered columns that a measure of an attribute is read from."""
    family, _, name = measure.partition(":")
    if family not in ("attribute", "filled"):
        return frozenset()
    if name == "channel":
        return frozenset({"channel"})
    return frozenset(next(a.columns for a in attributes() if a.name == name))


def _still_filled(mine: dict[str, Drifted], now: WeekCells, kind: str) -> frozenset[str]:
    """Columns of attributes that did not become fewer: they are not what is missing."""
    kept = [a for a in attributes() if f"filled:{a.name}" not in mine and now.total(kind, f"attribute:{a.name}")]
    return frozenset(column for attribute in kept for column in attribute.columns)


def _mostly_new(now: WeekCells, weeks: Sequence[WeekCells], kind: str) -> bool:
    """Whether most visits come from terminals rarer than nearly all of the compared weeks."""
    limit = upper(pooled(weeks, kind, TERMINAL), RARELY)
    cells = now.cells(kind, TERMINAL)
    rare = sum(n for cell, n in cells.items() if limit is not None and float(cell) >= limit)
    return rare > sum(cells.values()) / 2


def _unseen_lead(now: WeekCells, weeks: Sequence[WeekCells], kind: str) -> bool:
    """Whether at least half of the squared distance comes from procedures that no compared week had: a cell of share p on
    one side only adds p / 2 to the squared Hellinger distance."""
    before, cells = pooled(weeks, kind, "count:procedure"), now.cells(kind, "count:procedure")
    total, total_before = sum(cells.values()), sum(before.values())
    unseen = sum(n for cell, n in cells.items() if cell not in before) / total / 2.0
    affinity = sum(math.sqrt(n / total * before[cell] / total_before) for cell, n in cells.items() if cell in before)
    return unseen >= (1.0 - affinity) / 2.0


def messages(drift: Drift) -> tuple[Message, ...]:
    """One message for each cause, the most urgent first."""
    found = []
    for name in CAUSES:
        alarms = [each for each in drift.alarms if each.cause == name]
        if alarms:
            kinds = tuple(dict.fromkeys(each.kind for each in alarms))
            measures = tuple(dict.fromkeys(each.measure for each in _told(name, alarms)))
            found.append(_message(name, kinds, measures))
    return tuple(found)


def _told(name: str, alarms: Sequence[Drifted]) -> list[Drifted]:
    """Of a broken source only what has fallen; of everything else all."""
    fallen = [a for a in alarms if _fallen(a)]
    return fallen if name == BROKEN_SOURCE and fallen else list(alarms)


def _message(name: str, kinds: tuple[str, ...], measures: tuple[str, ...]) -> Message:
    cause = wording().causes[name]
    where, what = [kind_label(kind) for kind in kinds], [measure_label(measure) for measure in measures]
    given_ja = {"kinds": "、".join(w.ja for w in where), "measures": _some([w.ja for w in what], "、", "等")}
    given_en = {"kinds": ", ".join(w.en for w in where), "measures": _some([w.en for w in what], ", ", " and more")}
    text = Bilingual(ja=cause.text.ja.format(**given_ja), en=cause.text.en.format(**given_en))
    return Message(name, cause.label, text, cause.todo, kinds, measures)


def _some(texts: Sequence[str], between: str, more: str, most: int = 4) -> str:
    return between.join(texts[:most]) + (more if len(texts) > most else "")


def kind_label(kind: str) -> Bilingual:
    """How a kind of agency is called; an unknown one keeps its name."""
    return wording().kinds.get(kind, Bilingual(ja=kind, en=kind))


def measure_label(measure: str) -> Bilingual:
    """How a measure is called."""
    words = wording().measures
    if measure in words:
        return words[measure]
    family, _, name = measure.partition(":")
    label = next(a.label for a in attributes() if a.name == name)
    return Bilingual(ja=words[family].ja.format(label=label.ja), en=words[family].en.format(label=label.en))
