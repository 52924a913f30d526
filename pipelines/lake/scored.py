"""Which models' versions the tables of scored weeks name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.lake.paths import Lake


def versions_in(tables: Iterable[Path]) -> tuple[str, ...]:
    """The versions that rows of these tables name."""
    columns = (pq.ParquetFile(table).read(["model_version"])["model_version"] for table in tables)
    return tuple(sorted({version for column in columns for version in column.unique().to_pylist()}))


def models_of_scored_weeks(lake: Lake) -> dict[Week, tuple[str, ...]]:
    """The versions that the tables of each scored week name, the earliest week first."""
    folders = lake.root.glob("scores/entity=*/week=*")
    weeks = sorted({Week.parse(folder.name.removeprefix("week=")) for folder in folders})
    return {week: versions_in(lake.score_tables(week)) for week in weeks}


def weeks_scored_by(lake: Lake, version: str | None) -> tuple[Week, ...]:
    """The weeks whose tables name a version."""
    return weeks_of(models_of_scored_weeks(lake), version)


def weeks_of(scored: dict[Week, tuple[str, ...]], version: str | None) -> tuple[Week, ...]:
    """The weeks of these in which a version is named."""
    return tuple(week for week, versions in scored.items() if version in versions)
