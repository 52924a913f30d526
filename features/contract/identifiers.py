"""Identifiers with check digits, and how a subject's pseudonym is shown to a person."""

from __future__ import annotations

_WEIGHTS = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
"""Weights of the eleven digits of an Individual Number, from the right (番号法施行規則)."""
IS_INDIVIDUAL_NUMBER = (
    "length(trim({c})) = 12 AND regexp_full_match(trim({c}), '[0-9]{{12}}') AND "
    "TRY_CAST(substr(trim({c}), 12, 1) AS INTEGER) = CASE WHEN ({r}) % 11 <= 1 THEN 0 ELSE 11 - ({r}) % 11 END"
)


def individual_number_sql(column: str) -> str:
    """A DuckDB condition: the whole value of a string column is a valid Individual Number.

    The length is looked at first, so that other values cost next to nothing.
    """
    digits = (f"{w} * TRY_CAST(substr(trim({column}), {11 - n}, 1) AS INTEGER)" for n, w in enumerate(_WEIGHTS))
    return IS_INDIVIDUAL_NUMBER.format(c=column, r=" + ".join(digits))


def is_individual_number(text: str) -> bool:
    """Whether a text is twelve digits of which the last checks the others."""
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(text[:11]), _WEIGHTS, strict=True)) % 11
    return int(text[11]) == (0 if rest <= 1 else 11 - rest)


def is_municipality_code(text: str) -> bool:
    """Whether a text is six digits of which the last checks the others."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text[:5], (6, 5, 4, 3, 2), strict=True)) % 11
    return int(text[5]) == (11 - rest) % 10


def shorten_key(key: str) -> str:
    """A subject's pseudonym as a person sees it: the first six characters."""
    return f"{key[:6]}…" if len(key) > 6 else key
