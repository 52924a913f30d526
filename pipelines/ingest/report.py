"""What an ingest did, for the one who called it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from features.weeks import Week
from pipelines.ingest.ledger import Count, Entry


@dataclass(frozen=True)
class IngestReport:
    """Counts are of this run. `known` files need nothing, because they were dealt with in an earlier run.

    `refused` has one line a refused file, with all its faults; `missing` are files that the manifest announces and
    that are not there; `reported` are weeks that changed although they had a report; `notes` say what is wrong with
    reference tables that were taken all the same; `not_read` has a line a delivered file that is none to read;
    `unusable` says that new rows came and every one of them was set aside.
    """

    files: int
    known: int
    files_loaded: int
    files_duplicate: int
    rows_delivered: int
    rows_loaded: int
    rows_duplicate: int
    rows_conflicting: int
    rows_quarantined: int
    quarantined_by_reason: dict[str, int] = field(default_factory=dict)
    unknown_values: dict[str, int] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    weeks: tuple[Week, ...] = ()
    reported: tuple[Week, ...] = ()
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    unusable: bool = False

    @classmethod
    def of(cls, files: int, known: int, entries: Sequence[Entry], counts: Iterable[Count]) -> IngestReport:
        """The counts of the new entries of a run."""
        reasons: Counter[str] = Counter()
        for count in counts:
            if count.reason:
                reasons[count.reason] += count.rows
        statuses = Counter(entry.status for entry in entries)
        ignored = {column for entry in entries for column in entry.ignored_columns.split(",") if column}
        new = [entry for entry in entries if entry.status == "loaded" and entry.rows]
        unusable = bool(new) and all(entry.rows == entry.quarantined + entry.conflicting for entry in new)
        return cls(
            files, known, statuses["loaded"], statuses["duplicate"], sum(e.rows for e in entries),
            sum(e.loaded for e in entries), sum(e.duplicate for e in entries), sum(e.conflicting for e in entries),
            sum(e.quarantined for e in entries), dict(sorted(reasons.items())), ignored_columns=tuple(sorted(ignored)),
            unusable=unusable,
        )  # fmt: skip
