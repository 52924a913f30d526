"""The cases about the same officials, person or agency in weeks whose report was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.weeks import Week
from models.cases import entities_of
from reports.inputs import EarlierWeek
from reports.names import Names

Entity = tuple[str, str]


@dataclass(frozen=True)
class EarlierCase:
    """A case as an earlier report has it; `page` leads there from the folder of this report."""

    week: Week
    rank: int
    title: Bilingual
    page: str


def read_earlier(
    weeks: Sequence[EarlierWeek], cases: Sequence[Mapping[str, Any]], names: Names
) -> dict[str, tuple[EarlierCase, ...]]:
    """The earlier cases about anybody whom each of the cases is about, those who join it too, by case id, in the order of the weeks."""
    about = {case["case_id"]: frozenset(entities_of(case)) for case in cases}
    wanted = frozenset().union(*about.values())
    found: list[tuple[frozenset[Entity], EarlierCase]] = []
    for each in weeks:
        rows = sorted(_read(each), key=lambda row: int(row["rank"]))
        for row in rows:
            if wanted & (whom := frozenset(entities_of(row))):
                title = Bilingual(ja=row["title_ja"], en=row["title_en"] or row["title_ja"])
                told = EarlierCase(each.week, row["rank"], names.told(title), f"{each.page}#case-{row['rank']}")
                found.append((whom, told))
    return {case: tuple(told for whom, told in found if whom & own) for case, own in about.items()}


def _read(week: EarlierWeek) -> list[dict[str, Any]]:
    columns = ["agency_code", "entity", "entity_id", "joined", "rank", "title_ja", "title_en"]
    known = set(pq.read_schema(week.cases).names)
    return list(pq.read_table(week.cases, columns=[c for c in columns if c in known], partitioning=None).to_pylist())
