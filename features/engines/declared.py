"""The files whose SQL both engines run unchanged, and which of them a statement came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("tables", "attributes", "counts", "rules", "explanations", "statistics", "evidence", "results")
"""Folders of `features` whose SQL is portable; what ingest reads delivered files with is DuckDB's only."""


@dataclass(frozen=True)
class Origin:
    """A file whose text stands in a statement, and the line of the statement on which it begins (from 1)."""

    file: Path
    begins: int

    def line(self, of_statement: int) -> int:
        """The line of the file that is this line of the statement."""
        return max(1, of_statement - self.begins + 1)


def portable_files() -> list[Path]:
    """All files of portable SQL, in a fixed order."""
    root = Path(__file__).parents[1]
    return [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.sql"))]


def origin(statement: str) -> Origin | None:
    """The file that a statement was made of, the longest if several fit; None if it is the program's own."""
    texts = {file: file.read_text(encoding="utf-8").strip() for file in portable_files()}
    within = [file for file, text in texts.items() if text and text in statement]
    if not within:
        return None
    file = max(within, key=lambda each: len(texts[each]))
    raw = file.read_text(encoding="utf-8")
    skipped = raw[: len(raw) - len(raw.lstrip())].count("\n")
    return Origin(file, statement.count("\n", 0, statement.index(texts[file])) + 1 - skipped)
