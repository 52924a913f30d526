"""The optional list that a sender encloses: what was sent, held against what is there."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from features.contract.blanks import trimmed
from features.contract.identifiers import without_individual_numbers
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
        if not file.exists() and not file.is_symlink():
            return cls({})
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
        except UnicodeDecodeError:
            return cls({}, "is no UTF-8 (Shift_JIS?), write it in that encoding; it was left aside")
        except (OSError, csv.Error) as error:
            return cls({}, f"cannot be read ({type(error).__name__}); it was left aside")
        if rows and "file" not in rows[0]:
            return cls({}, "has no column file; it was left aside")
        names = set(Promise.__dataclass_fields__)
        promises = (Promise(**{k: _text(v) for k, v in row.items() if k in names}) for row in rows)
        return cls({_place(p.file): p for p in promises if p.file})

    def of(self, name: str) -> Promise:
        """What was said of a file."""
        return self.promises.get(composed(name), Promise(name))

    def missing(self, present: Iterable[str]) -> tuple[str, ...]:
        """Files that were announced and are not there."""
        return tuple(sorted(map(without_individual_numbers, set(self.promises) - set(map(composed, present)))))


def _text(value: str | list[str] | None) -> str:
    return (trimmed(value) if isinstance(value, str) else None) or ""


def composed(name: str) -> str:
    """A name in Unicode's normal form C: a Mac writes ガ as two characters."""
    return normalize("NFC", name)


def _place(file: str) -> str:
    """The path below the landing folder; senders write it with that folder, below it, or below linkage_log."""
    parts = Path(composed(file).replace("\\", "/")).parts
    parts = parts[1:] if parts[:1] == ("landing",) else parts
    return Path(*parts).as_posix() if parts[:1] == ("linkage_log",) else Path("linkage_log", *parts).as_posix()
