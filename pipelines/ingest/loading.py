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
    """What a delivery brought, and which of its files are refused, now or once more; `missing`, `not_read`, `notes`
    and `unusable` as in `IngestReport`."""

    files: int
    new_files: int
    rows_loaded: int
    rows_duplicate: int
    rows_quarantined: int
    weeks: tuple[Week, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unusable: bool = False


def load(data: Path, lake: Lake, mapping: Path | None, settings: Ingest) -> Ingested:
    """Load what is new below `data`.

    Raises FileRefusedError if the reference tables cannot be used, BadParametersError for a faulty mapping;
    refused log files are in the result.
    """
    from pipelines.ingest import ingest
    from pipelines.ingest.mapping import LogMapping

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
        refused=tuple(sorted(set(done.refused))),
        missing=done.missing,
        not_read=done.not_read,
        notes=done.notes,
        unusable=done.unusable,
    )
