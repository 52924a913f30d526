"""The optional list that a sender encloses: what was sent, held against what is there."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.ingest.survey import Delivered


@dataclass(frozen=True)
class Promise:
    """A line of `manifest.csv`; what is not said is empty."""

    file: str
    rows: str = ""
    sha256: str = ""
    source: str = ""
    period_from: str = ""
    period_to: str = ""

    def faults(self, file: Delivered) -> list[str]:
        """Where the file is not what the sender says."""
        found = []
        if self.sha256 and self.sha256.lower() != file.sha256:
            found.append("its SHA-256 is not the one in manifest.csv")
        if self.rows and not file.faults and self.rows != str(file.rows):
            found.append(f"manifest.csv says {self.rows} rows, found {file.rows}")
        return found


@dataclass(frozen=True)
class Manifest:
    """All lines, by the path below the landing folder; `fault` says why it could not be read."""

    promises: dict[str, Promise]
    fault: str = ""

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """Read the list; an absent one promises nothing, and neither does one that cannot be read."""
        if not file.exists():
            return cls({})
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            return cls({}, f"cannot be read ({type(error).__name__}); it was left aside")
        if rows and "file" not in rows[0]:
            return cls({}, "has no column file; it was left aside")
        names = set(Promise.__dataclass_fields__)
        promises = (Promise(**{k: (v or "").strip() for k, v in row.items() if k in names}) for row in rows)
        return cls({_place(p.file): p for p in promises if p.file})

    def of(self, name: str) -> Promise:
        """What was said of a file."""
        return self.promises.get(name, Promise(name))

    def missing(self, present: Iterable[str]) -> tuple[str, ...]:
        """Files that were announced and are not there."""
        return tuple(sorted(set(self.promises) - set(present)))


def _place(file: str) -> str:
    """The path below the landing folder; senders write it with that folder, below it, or below linkage_log."""
    parts = Path(file.replace("\\", "/")).parts
    parts = parts[1:] if parts[:1] == ("landing",) else parts
    return Path(*parts).as_posix() if parts[:1] == ("linkage_log",) else Path("linkage_log", *parts).as_posix()
