"""Delivered files into the lake: what ingest is given, the clock among it, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from features.weeks import Week
from pipelines.lake import Lake
from pipelines.parameters import Ingest

JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Ingested:
    """What a delivery brought, and which of its files are refused, whether now or in an earlier run."""

    files: int
    new_files: int
    rows_loaded: int
    rows_duplicate: int
    rows_quarantined: int
    weeks: tuple[Week, ...]
    refused: tuple[str, ...]


def load(data: Path, lake: Lake, mapping: Path | None, settings: Ingest) -> Ingested:
    """Load what is new below `data`.

    Raises FileRefusedError if the reference tables cannot be used, BadParametersError for a faulty mapping;
    refused log files are in the result.
    """
    from pipelines.ingest import ingest
    from pipelines.mapping import LogMapping

    rules = LogMapping.read(mapping) if mapping else None
    today = datetime.now(JAPAN).date()
    done = ingest(data, lake, rules, today, settings.memory_limit, settings.threads)
    return Ingested(
        files=done.files,
        new_files=done.files - done.known,
        rows_loaded=done.rows_loaded,
        rows_duplicate=done.rows_duplicate,
        rows_quarantined=done.rows_quarantined + done.rows_conflicting,
        weeks=done.weeks,
        refused=tuple(sorted({*done.refused, *_still_refused(data, lake)})),
    )


def _still_refused(data: Path, lake: Lake) -> list[str]:
    """Files that an earlier run refused and that still lie there: what was asked is still not done."""
    from pipelines.ingest.ledger import read_ledger
    from pipelines.ingest.survey import quick_mark

    folder = next(f for f in (data / "landing", data, data.parent) if f.is_dir())
    refused = [entry for entry in read_ledger(lake) if entry.status == "refused" and (folder / entry.file).exists()]
    return [f"{e.file}: {e.reason}" for e in refused if quick_mark(folder / e.file, e.file) == e.mark]
