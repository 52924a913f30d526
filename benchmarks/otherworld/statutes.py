"""The law of the other world: affairs, their procedures, what each has to be checked, and with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.habits import MUNICIPAL

HOME, PREVIOUS, PREFECTURE, INSURER, PENSION, MINISTRY, OTHER, ELSEWHERE = range(8)
"""Who holds an item about a person: where he lives, lived, his prefecture, insurer … or where his family lives."""
HOLDERS: dict[int, tuple[str, ...]] = {
    HOME: MUNICIPAL, PREVIOUS: MUNICIPAL, ELSEWHERE: MUNICIPAL, PREFECTURE: ("prefecture",),
    INSURER: ("insurer",), PENSION: ("pension",), MINISTRY: ("ministry",), OTHER: ("other",),
}  # fmt: skip
ITEMS: tuple[tuple[str, int, float, int], ...] = (
    ("income", HOME, 0.02, 14), ("dependants", HOME, 0.03, 6), ("residence", HOME, 0.01, 5),
    ("household", HOME, 0.02, 8), ("assistance", HOME, 0.2, 3), ("childallowance", PREVIOUS, 0.2, 4),
    ("nursery", PREVIOUS, 0.3, 4), ("carelevel", HOME, 0.15, 5), ("premium", HOME, 0.12, 7),
    ("vaccination", PREVIOUS, 0.1, 12), ("maternity", PREVIOUS, 0.15, 6), ("disability", PREFECTURE, 0.2, 4),
    ("specialallowance", PREFECTURE, 0.25, 3), ("intractable", PREFECTURE, 0.3, 4), ("school", PREFECTURE, 0.3, 3),
    ("cover", INSURER, 0.05, 4), ("treatment", INSURER, 0.18, 8), ("pension", PENSION, 0.1, 9),
    ("contributions", PENSION, 0.07, 12), ("unemployment", MINISTRY, 0.28, 5), ("accident", MINISTRY, 0.35, 4),
    ("loan", OTHER, 0.35, 5), ("elderly", PREFECTURE, 0.12, 6), ("spouseincome", ELSEWHERE, 0.04, 14),
    ("parents", ELSEWHERE, 0.03, 5),
)  # fmt: skip
"""Name, holder, share of empty answers, data items in an answer."""
ITEM = {item[0]: number for number, item in enumerate(ITEMS)}

FLAT = (1.0,) * 12
SUMMER = (0.8, 0.9, 1.1, 1.2, 1.2, 2.1, 1.6, 1.0, 0.8, 0.8, 0.8, 0.7)
SPRING = (0.9, 1.0, 1.5, 2.0, 1.2, 0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9)
WINTER = (1.5, 1.2, 0.9, 0.7, 0.7, 0.8, 0.7, 0.8, 0.9, 1.2, 1.7, 1.6)

_M, _P, _I, _N, _G, _O = MUNICIPAL, ("prefecture",), ("insurer",), ("pension",), ("ministry",), ("other",)
AFFAIRS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[float, ...], float, int], ...] = (
    ("child allowance", "child", _M, ("income", "cover", "contributions", "spouseincome"), SUMMER, 1.4, 12),
    ("nursery", "child", _M, ("income", "assistance", "spouseincome", "disability"), WINTER, 1.0, 8),
    ("single parents", "child", _M, ("income", "pension", "parents", "dependants"), SUMMER, 0.6, 9),
    ("assistance", "welfare", _M + _P, ("pension", "unemployment", "cover", "income", "parents"), FLAT, 1.5, 14),
    ("disability", "welfare", _M + _P, ("disability", "pension", "specialallowance", "income"), FLAT, 1.2, 13),
    ("health insurance", "insurance", _M, ("cover", "premium", "income", "contributions"), SPRING, 1.6, 11),
    ("elder care", "care", _M, ("carelevel", "pension", "income", "elderly"), FLAT, 1.3, 12),
    ("elder medicine", "insurance", _M, ("elderly", "cover", "income"), SUMMER, 0.8, 6),
    ("resident tax", "tax", _M, ("dependants", "pension", "income", "disability"), SUMMER, 1.6, 10),
    ("housing", "housing", _M + _P, ("income", "assistance", "dependants", "disability"), WINTER, 0.6, 7),
    ("school aid", "school", _M + _P, ("income", "assistance", "childallowance"), SPRING, 0.8, 7),
    ("vaccination", "health", _M, ("vaccination", "residence"), FLAT, 0.7, 5),
    ("maternity", "health", _M, ("maternity", "cover"), FLAT, 0.6, 5),
    ("moving in", "residents", _M, ("residence", "childallowance", "carelevel", "premium"), SPRING, 1.2, 5),
    ("own affairs", "child", _M + _P, ("income", "cover", "assistance"), FLAT, 0.5, 6),
    ("intractable illness", "health", _P, ("income", "cover", "pension", "treatment"), WINTER, 1.2, 6),
    ("prefecture tax", "tax", _P, ("residence", "disability", "household"), SUMMER, 1.2, 6),
    ("scholarship", "school", _P, ("income", "dependants", "school"), SPRING, 1.0, 5),
    ("insured persons", "claims", _I, ("income", "residence", "dependants", "cover"), SPRING, 1.5, 8),
    ("benefits", "claims", _I, ("income", "pension", "accident", "elderly"), FLAT, 1.2, 7),
    ("pensions", "pension", _N, ("income", "residence", "unemployment", "household", "assistance"), SUMMER, 1.5, 10),
    ("unemployment", "labour", _G, ("pension", "residence", "disability"), SPRING, 1.2, 6),
    ("accidents", "labour", _G, ("pension", "income", "cover"), FLAT, 0.8, 5),
    ("taxation", "revenue", _G, ("residence", "household", "pension"), SUMMER, 1.0, 4),
    ("student loans", "loans", _O, ("income", "assistance", "disability", "residence"), SPRING, 1.0, 6),
    ("price relief", "welfare", _M, ("income", "dependants", "assistance"), FLAT, 0.15, 2),
)  # fmt: skip
"""Name, type of section, who owns it, its items, its year, its weight, its number of procedures."""
RELIEF = len(AFFAIRS) - 1
SLOTS = 6
"""Checks of one procedure at most."""
SECTIONS = tuple(dict.fromkeys(affair[1] for affair in AFFAIRS))


@dataclass(frozen=True)
class Statutes:
    """Procedures as arrays; a procedure's checks fill the first of SLOTS columns, -1 where there is none."""

    affair: NDArray[np.int16]
    weight: NDArray[np.float64]
    item: NDArray[np.int16]
    chance: NDArray[np.float64]
    members: NDArray[np.bool_]
    """Whether the check is made for other members of the household too."""
    starts: tuple[date, ...]
    ends: tuple[date | None, ...]
    first: NDArray[np.int16]
    """The first procedure of each affair; procedures of an affair stand together."""

    def affair_code(self, affair: int) -> str:
        return f"JM{affair * 37 % 997 + 1000:04d}"

    def procedure_code(self, procedure: int) -> str:
        return f"JT{1000 + self.affair[procedure] * 37 % 997:04d}{procedure * 7 % 89 + 10:02d}{procedure % 10}"

    def item_code(self, item: int) -> str:
        return f"TM{item * 131 % 9973 + 10007:06d}"


def enacted(seed: int, first_day: date, last_day: date) -> Statutes:
    """The law: popularity of procedures by a power law; one in forty begins, another ends within the period."""
    rng = np.random.default_rng(seed)
    rows = [(affair, n) for affair, spec in enumerate(AFFAIRS) for n in range(spec[6])]
    affair = np.array([row[0] for row in rows], np.int16)
    place = np.array([row[1] for row in rows])
    item = np.full((len(rows), SLOTS), -1, np.int16)
    chance, members = np.zeros((len(rows), SLOTS)), np.zeros((len(rows), SLOTS), bool)
    for row, (owner, n) in enumerate(rows):
        checks = _checks(rng, AFFAIRS[owner][3], n)
        item[row, : len(checks)] = checks
        chance[row, : len(checks)] = rng.uniform(0.15, 0.95, len(checks))
        chance[row, 0] = 0.97
        members[row, : len(checks)] = rng.random(len(checks)) < 0.22
    days = (last_day - first_day).days
    begins = [date(2016 + int(rng.integers(8)), 4, 1)] * len(rows)
    ends: list[date | None] = [None] * len(rows)
    changed = rng.choice(np.flatnonzero(place >= 2), 10, replace=False)
    for row in changed[:5]:
        begins[row] = date.fromordinal(first_day.toordinal() + int(days * rng.uniform(0.3, 0.8)))
    for row in changed[5:]:
        ends[row] = date.fromordinal(first_day.toordinal() + int(days * rng.uniform(0.3, 0.75)))
    first = np.searchsorted(affair, np.arange(len(AFFAIRS))).astype(np.int16)
    weight = (place + 1.0) ** -rng.uniform(1.1, 1.7)
    return Statutes(affair, weight, item, chance, members, tuple(begins), tuple(ends), first)


def _checks(rng: np.random.Generator, usual: tuple[str, ...], place: int) -> list[int]:
    """The first procedure of an affair asks for all its items, the others for some, and now and then for a rare one."""
    known = [ITEM[name] for name in usual]
    if place == 0:
        return known
    kept = list(rng.choice(known, int(rng.integers(1, len(known) + 1)), replace=False))
    if rng.random() < 0.45:
        kept += [int(extra) for extra in rng.choice(len(ITEMS), 1) if extra not in kept]
    return [int(one) for one in kept[:SLOTS]]
