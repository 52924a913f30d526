"""What the list would have held, for a reader: a sentence and a table from the result of `shirabe power`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.catalogue import Bilingual
from models.evaluation.power import CAPACITIES, LEVELS, scenarios
from models.evaluation.power.table import Rate, read, supposition
from reports.wording import wording

ENOUGH = 5
"""Fewer events than this are no share to put into a sentence."""
IN_TEN = ("next to none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "nearly all")


@dataclass(frozen=True)
class Line:
    """A kind and level: how much was planted how often, the shares listed at each capacity in words, the last with its interval."""

    kind: Bilingual
    level: Bilingual
    amount: Bilingual
    planted: int
    shares: tuple[str, ...]
    interval: str


@dataclass(frozen=True)
class Told:
    """The sentence, the table and, by name, the kinds that this log does not let measure."""

    sentence: Bilingual
    capacities: tuple[int, ...]
    lines: tuple[Line, ...]
    unmeasurable: tuple[Bilingual, ...]


def told(result: Path | None, week: str) -> Told:
    """The result in words; without one, that nothing was measured and by which command it is."""
    rows = [] if result is None else read(result)
    if not any(row.planted for row in rows):
        text = wording().power["not_measured"]
        return Told(Bilingual(ja=text.ja.format(week=week), en=text.en.format(week=week)), CAPACITIES, (), ())
    declared = {kind.name: kind for kind in scenarios()}
    lines = [
        _line([row for row in rows if row.kind == kind and row.level == level]) for kind in declared for level in LEVELS
    ]
    lacking = {row.kind for row in rows if row.lacks}
    first = leading(rows)
    return Told(
        wording().power["too_few"] if first is None else sentence(first), CAPACITIES, tuple(line for line in lines if line is not None),
        tuple(kind.label for kind in declared.values() if kind.name in lacking),
    )  # fmt: skip


def leading(rows: list[Rate]) -> Rate | None:
    """The row that the sentence tells: the first kind that was planted often enough, at the plain level if it was, at the
    longest list; None if nothing was."""
    able = [row for row in rows if row.planted >= ENOUGH and row.capacity == CAPACITIES[-1]]
    return next((row for row in able if row.level == "plain"), able[0] if able else None)


def sentence(rate: Rate) -> Bilingual:
    """The share as a reader takes it in, with what it was counted from; the row has one."""
    tenths = round(10 * (rate.share or 0.0))
    supposed = supposition(rate, {kind.name: kind for kind in scenarios()})
    share = Bilingual(
        ja="この一覧にはほとんど載らない"
        if tenths == 0
        else "ほぼ全てがこの一覧に載った"
        if tenths == 10
        else f"約{tenths}割がこの一覧に載った",
        en=IN_TEN[tenths] if tenths in (0, 10) else f"about {IN_TEN[tenths]} in ten",
    )
    given = {
        "week": rate.week, "capacity": rate.capacity, "planted": rate.planted, "listed": rate.listed,
        "low": _percent(rate.low), "high": _percent(rate.high),
    }  # fmt: skip
    text = wording().power["measured"]
    return Bilingual(
        ja=text.ja.format(supposed=supposed.ja, share=share.ja, **given),
        en=text.en.format(supposed=supposed.en, share=share.en, **given),
    )


def _line(at: list[Rate]) -> Line | None:
    if not at or not at[0].planted:
        return None
    kind = next(kind for kind in scenarios() if kind.name == at[0].kind)
    amount = Bilingual(ja=f"{at[0].amount}{kind.unit.ja}", en=f"{at[0].amount} {kind.unit.en}")
    by_length = sorted(at, key=lambda row: row.capacity)
    interval = f"{_percent(by_length[-1].low)}–{_percent(by_length[-1].high)}"
    shares = tuple(_percent(row.share) for row in by_length)
    return Line(kind.label, wording().power[at[0].level], amount, at[0].planted, shares, interval)


def _percent(share: float | None) -> str:
    return "－" if share is None else f"{100 * share:.0f}%"
