"""The cases about the same official, person or agency in weeks whose report was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.weeks import Week
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
) -> dict[Entity, tuple[EarlierCase, ...]]:
    """The earlier cases of each of the cases' entities, in the order of the weeks."""
    wanted = {_entity(case) for case in cases}
    columns = ["entity", "entity_id", "rank", "title_ja", "title_en"]
    found: dict[Entity, list[EarlierCase]] = {}
    for each in weeks:
        rows = pq.read_table(each.cases, columns=columns, partitioning=None).to_pylist()
        for row in sorted((row for row in rows if _entity(row) in wanted), key=lambda row: int(row["rank"])):
            title = Bilingual(ja=row["title_ja"], en=row["title_en"] or row["title_ja"])
            told = EarlierCase(each.week, row["rank"], names.told(title), f"{each.page}#case-{row['rank']}")
            found.setdefault(_entity(row), []).append(told)
    return {entity: tuple(earlier) for entity, earlier in found.items()}


def _entity(case: Mapping[str, Any]) -> Entity:
    return case["entity"], case["entity_id"]
