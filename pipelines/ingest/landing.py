"""Which files were delivered: every file below the landing folder is read, or belongs to its writer, or is named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unicodedata import category
from urllib.parse import unquote

from features.contract.identifiers import without_individual_numbers
from pipelines.ingest.mapping import LogMapping
from pipelines.lake import Lake

PARQUET = ".parquet"
_WRITERS_OWN = ("_", ".")
"""Names that begin so (`_SUCCESS`, `_temporary`, `.part.crc`) are what a writer keeps beside its files."""


def printable(path: Path) -> str:
    """A path as it can be written anywhere: escaped, and without any Individual Number that stands in a name."""
    return "/".join(_shown(part) for part in escaped(path).split("/"))


def _shown(part: str) -> str:
    """A writer may have written digits of a folder's name as `%31`."""
    read = unquote(part)
    hidden = without_individual_numbers(read)
    return part if hidden == read else hidden


def escaped(path: Path) -> str:
    """A path with bytes that are no UTF-8, and control characters, as escapes: to compare, never to be shown."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    return "".join(c.encode("unicode_escape").decode() if category(c) == "Cc" else c for c in text)


def is_parquet(name: str) -> bool:
    """Whether a file's name says so, in any case of letters."""
    return name.lower().endswith(PARQUET)


@dataclass
class Walk:
    """The files below some folders, each once: `files` to read, `left` others with the reason.

    `apart` are not entered, whatever leads there. Links come last, so that a file is called by its own name.
    """

    apart: Iterable[Path] = ()
    files: list[Path] = field(default_factory=list)
    left: list[tuple[Path, str]] = field(default_factory=list)
    _links: list[tuple[Path, bool]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def below(self, folder: Path) -> None:
        """Take in a folder; one that is not there has no files."""
        self._seen |= {os.path.realpath(place) for place in self.apart}
        if folder.is_dir():
            self._enter(folder, is_parquet(folder.name))
        while self._links:
            self._meet(*self._links.pop(0))

    def _enter(self, folder: Path, parts: bool) -> None:
        """`parts`: the folder stands for one file, or lies in one that does."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.left.append((folder, f"the folder cannot be listed ({error.strerror})"))
            return
        for entry in entries:
            if entry.name.startswith(_WRITERS_OWN):
                continue
            if entry.is_symlink():
                self._links.append((folder / entry.name, parts))
            else:
                self._meet(folder / entry.name, parts)

    def _meet(self, path: Path, parts: bool) -> None:
        place = os.path.realpath(path)
        if place in self._seen:
            return
        self._seen.add(place)
        if path.is_dir():
            if not _is_lake(path):
                self._enter(path, parts or is_parquet(path.name))
        elif not path.is_file():
            self.left.append((path, "is no file, or a link that leads nowhere"))
        elif is_parquet(path.name) or (parts and not path.suffix):
            self.files.append(path)
        else:
            self.left.append((path, f"its name does not end in {PARQUET}"))


def _is_lake(folder: Path) -> bool:
    return (folder / "ledger" / "deliveries.parquet").is_file() and (folder / "log").is_dir()


@dataclass(frozen=True)
class Landing:
    """The folder of delivered files, and the folder of reference tables. `not_read` has a line a file that is left."""

    folder: Path
    files: tuple[Path, ...]
    reference: Path
    not_read: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Path, mapping: LogMapping | None, lake: Lake) -> Landing:
        """By the contract's layout; a foreign log may be any file, or any folder of files."""
        if data.is_file() and mapping is not None:
            return cls(data.parent, (data,), data.parent / "reference")
        reference = data / "reference"
        by_contract = mapping is None or (data / "landing").is_dir()
        folder = data / "landing" if by_contract else data
        walk = Walk((lake.root, reference))
        walk.below(folder / "linkage_log" if by_contract else folder)
        left = (f"{printable(path.relative_to(folder))}: {why}" for path, why in walk.left)
        return cls(folder, tuple(sorted(walk.files)), reference, tuple(sorted(left)))

    def name(self, file: Path) -> str:
        """How a file is called everywhere: its path below the folder, as it may be shown."""
        return self._names[file]

    def place(self, file: Path) -> str:
        """Its path below the folder in full, which a manifest names and which may hold values; never to be shown."""
        return escaped(file.relative_to(self.folder))

    @cached_property
    def _names(self) -> dict[Path, str]:
        """Files of which only a hidden number tells the names apart are numbered."""
        names: dict[Path, str] = {}
        often: Counter[str] = Counter()
        for file in self.files:
            name = printable(file.relative_to(self.folder))
            often[name] += 1
            names[file] = name if often[name] == 1 else f"{name} ({often[name]})"
        return names
