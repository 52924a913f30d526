"""Blanks are padding, never a value: which characters they are, and a text without those at its ends."""

from __future__ import annotations

CODE_POINTS = (
    0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C),
    0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF,
)  # fmt: skip
"""White space of every width, no-break and invisible ones, and the byte order mark that begins a converted file."""
BLANKS = "".join(map(chr, CODE_POINTS))
CLASS = "".join(rf"\x{{{point:X}}}" for point in CODE_POINTS)
"""The same inside the brackets of a regular expression (RE2)."""


def trimmed_sql(text: str) -> str:
    """A DuckDB expression: the text without blanks at its ends; null if nothing else is there.

    Trimming by code point costs ten times as much as reading, so plain ASCII at both ends is passed by.
    """
    plain = f"({text})[1] BETWEEN '!' AND '~' AND ({text})[-1] BETWEEN '!' AND '~'"
    return f"CASE WHEN {plain} THEN {text} ELSE nullif(trim({text}, '{BLANKS}'), '') END"


def trimmed(text: str | None) -> str | None:
    """The same for one value."""
    return (text or "").strip(BLANKS) or None
