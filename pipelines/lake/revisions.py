"""A report that was given out stays as it was; what changes afterwards becomes a new revision."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from features.weeks import Week
from pipelines.lake import Lake


def reported_revision(lake: Lake, week: Week) -> int:
    """The latest revision that was reported; 0 if none was."""
    revision = 0
    while (lake.report(week, revision + 1) / "manifest.json").exists():
        revision += 1
    return revision


def published_cases(lake: Lake, week: Week, revision: int) -> Path:
    """The table of cases behind the latest reported revision: the copy kept aside where the week was scored again since."""
    kept = lake.kept_revision(week, revision)
    return kept.cases(week) if kept.root.exists() else lake.cases(week)


def keep_tables(lake: Lake, week: Week, revision: int) -> None:
    """Copy the tables behind a reported revision aside, before a new one replaces them.

    The copy appears whole or not at all, and an existing one is left alone: after a kill the tables may
    already be half replaced.
    """
    kept = lake.kept_revision(week, revision).root
    if kept.exists():
        return
    draft = lake.root / ".staging" / uuid.uuid4().hex
    for table in lake.tables(week):
        copy = draft / table.relative_to(lake.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(table, copy)
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(kept)
