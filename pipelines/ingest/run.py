"""One ingest from the first look at the files to the last line of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from features.contract.identifiers import without_individual_numbers
from features.weeks import Week
from pipelines.ingest.batch import Judged, Loading, batches, in_order, weeks_of
from pipelines.ingest.belonging import Belonging
from pipelines.ingest.calendar import draft_calendar
from pipelines.ingest.fractions import fractions_found
from pipelines.ingest.guard import numbers_found
from pipelines.ingest.landing import Landing
from pipelines.ingest.ledger import Count, Entry, Ledger
from pipelines.ingest.manifest import Manifest, Promise
from pipelines.ingest.reading import UNREADABLE
from pipelines.ingest.reference import ReferenceDrafts, References
from pipelines.ingest.report import IngestReport
from pipelines.ingest.rivals import RequestIds
from pipelines.ingest.survey import Delivered, look_at, quick_mark
from pipelines.lake.journal import commit

LONGEST_PERIOD = 60
"""A refused file's period in weeks, beyond which its times are not believed."""


class Run:
    """One ingest: the ledger as it grows, and what there is to report."""

    def __init__(self, loading: Loading, data: Path, threads: int) -> None:
        self.loading, self.lake, self.mapping = loading, loading.lake, loading.mapping
        self.landing = Landing.of(data, loading.mapping, loading.lake)
        self.threads = threads
        self.ledger = Ledger.read(self.lake)
        self.refused_before = set(self.ledger.entries("refused"))
        self.entries: list[Entry] = []
        self.counts: list[Count] = []
        self.unknown: Counter[str] = Counter()
        self.weeks: set[Week] = set()

    def all(self, batch_rows: int) -> IngestReport:
        """Reference tables first, then the files batch by batch; each step is in place before the next begins."""
        references = self._references()
        manifest = Manifest.read(self.landing.folder / "manifest.csv")
        judged = list(self._judge(self._look(), manifest))
        of_status = {
            status: [pair for pair in judged if pair[1].status == status]
            for status in ("refused", "loaded", "duplicate")
        }
        self._enter([entry for _, entry in of_status["refused"]], [])
        if of_status["loaded"]:
            RequestIds(self.loading.engine, self.lake).complete()
        for batch in batches(in_order(of_status["loaded"]), batch_rows):
            self._load(batch)
        self._repeat([entry for _, entry in of_status["duplicate"]])
        self._finish()
        return self._report(references, manifest)

    def _references(self) -> ReferenceDrafts:
        agencies = self.mapping.agencies_query() if self.mapping else None
        loading = self.loading
        drafts = References(loading.engine, self.lake, self.landing.reference, loading.staging, agencies).draft()
        commit(self.lake, drafts.moves)
        return drafts

    def _look(self) -> list[Delivered]:
        """Look at the files that need it; hashes take most of the time, so several at once."""
        settled = self.ledger.settled()
        with ThreadPoolExecutor(self.threads) as pool:
            marks = pool.map(lambda file: quick_mark(file, self.landing.name(file)), self.landing.files)
            fresh = [(file, mark) for file, mark in zip(self.landing.files, marks, strict=True) if mark not in settled]
            return list(pool.map(lambda new: self._look_at(*new), fresh))

    def _look_at(self, file: Path, mark: str) -> Delivered:
        return look_at(file, self.landing.name(file), mark, self.mapping, self.landing.place(file))

    def _judge(self, files: Sequence[Delivered], manifest: Manifest) -> Iterator[Judged]:
        """An entry for every file: refused with all its faults, a duplicate of another content, or to be loaded."""
        places = self.ledger.places() if files else {}
        refused = {entry.file for entry in self.refused_before}
        sound = [file for file in files if not file.faults]
        bad = self.loading.unreadable([file for file in sound if file.name in refused])
        bad |= self._guarded([file for file in sound if file.path not in bad])
        loaded = set(self.ledger.loaded())
        for file in files:
            earlier = places.get((file.name, file.sha256))
            entry = self.ledger.entry(earlier) if earlier is not None else None
            if entry is not None and entry.status != "refused":
                self._enter([replace(entry, mark=file.mark)], [], new=False)
                continue
            says = manifest.of(self.landing.place(file.path))
            faults = [*file.faults, *says.faults(file), *bad.get(file.path, [])]
            status = "refused" if faults else "duplicate" if file.delivery_id in loaded else "loaded"
            if status == "loaded":
                loaded.add(file.delivery_id)
            yield file, _entry(file, says, status, faults)

    def _guarded(self, files: Sequence[Delivered]) -> dict[Path, list[str]]:
        """The faults of files that hold an Individual Number, cannot be read to their end, or belong elsewhere."""
        try:
            readable = self.loading.readable(files)
            engine = self.loading.engine
            faults = numbers_found(engine, readable)
            faults |= fractions_found(engine, readable, self.mapping) if self.mapping else {}
            return Belonging(engine, self.lake, self.mapping).faults(readable) | faults
        except UNREADABLE as error:
            bad = self.loading.recover(error, files)
        return bad | self._guarded([file for file in files if file.path not in bad])

    def _enter(self, entries: Sequence[Entry], counts: Sequence[Count], new: bool = True) -> None:
        self.ledger = self.ledger.joined_by(entries, counts)
        if new:
            self._remember(entries, counts)

    def _remember(self, entries: Sequence[Entry], counts: Sequence[Count]) -> None:
        self.entries += entries
        self.counts += counts

    def _load(self, batch: Sequence[Judged]) -> None:
        """Load a batch; if it fails because of some of its files, refuse those and load the others."""
        try:
            loaded = self.loading.load(batch, self.ledger)
        except UNREADABLE as error:
            bad = self.loading.recover(error, [file for file, _ in batch])
            refused = [
                replace(entry, status="refused", reason="; ".join(bad[file.path]))
                for file, entry in batch
                if file.path in bad
            ]
            self._enter(refused, [])
            if rest := [judged for judged in batch if judged[0].path not in bad]:
                self._load(rest)
            return
        self.ledger = loaded.ledger
        self._remember(loaded.entries, loaded.counts)
        self.unknown.update(loaded.unknown)
        self.weeks |= set(loaded.weeks)

    def _repeat(self, entries: Sequence[Entry]) -> None:
        """Contents that came before: their rows count as duplicates in the weeks of those that were loaded."""
        for entry in entries:
            before = [count for count in self.ledger.counts_of(entry.delivery_id) if count.file != entry.file]
            first = [count for count in before if count.file == before[0].file]
            again = [replace(count, file=entry.file, outcome="duplicate", reason=None) for count in first]
            self._enter([replace(entry, duplicate=entry.rows, weeks=",".join(weeks_of(again)))], _summed(again))

    def _finish(self) -> None:
        """What no batch has put in place: refused and repeated files in the ledger, and the calendar."""
        drafts = draft_calendar(self.lake, self.loading.staging, self.lake.weeks())
        if not self.ledger.equals(Ledger.read(self.lake)):
            drafts |= self.ledger.drafts(self.lake, self.loading.staging)
        commit(self.lake, drafts)

    def _report(self, references: ReferenceDrafts, manifest: Manifest) -> IngestReport:
        new = [entry for entry in self.entries if entry not in self.refused_before]
        files = self.landing.files
        refused = [f"{entry.file}: {entry.reason}" for entry in self.entries if entry.status == "refused"]
        if manifest.fault:
            refused.append(f"manifest.csv: {manifest.fault}")
        weeks = tuple(sorted(self.weeks))
        return replace(
            IngestReport.of(len(files), len(files) - len(new), new, self.counts),
            unknown_values=dict(self.unknown), weeks=weeks, notes=tuple(references.notes),
            reported=tuple(week for week in weeks if (self.lake.report(week) / "manifest.json").exists()),
            refused=(*references.refused, *refused), missing=manifest.missing(map(self.landing.place, files)),
            not_read=(*self.landing.not_read, *references.not_read),
        )  # fmt: skip


def _entry(file: Delivered, says: Promise, status: str, faults: Sequence[str]) -> Entry:
    return Entry(
        file.name, file.mark, file.delivery_id, file.sha256, status, file.rows, reason="; ".join(faults),
        ignored_columns=",".join(file.ignored), weeks=_period(file), source=without_individual_numbers(says.source),
        period_from=without_individual_numbers(says.period_from), period_to=without_individual_numbers(says.period_to),
    )  # fmt: skip


def _period(file: Delivered) -> str:
    """The weeks that a file's footer speaks of, as far as they can be believed."""
    first, last = file.first_week, file.last_week
    if first is None or last is None or last > first.shift(LONGEST_PERIOD):
        return ""
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(weeks[-1].shift(1))
    return ",".join(map(str, weeks))


def _summed(counts: Sequence[Count]) -> list[Count]:
    rows: Counter[str | None] = Counter()
    for count in counts:
        rows[count.week] += count.rows
    return [replace(counts[0], week=week, rows=n) for week, n in rows.items()]
