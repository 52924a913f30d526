"""Identifiers with check digits, and how a subject's pseudonym is shown to a person."""

from __future__ import annotations

from features.contract.blanks import CLASS

_WEIGHTS = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
"""Weights of the eleven digits of an Individual Number, from the right (番号法施行規則 art. 5)."""
_DIGIT = "[0-9０-９]"
_PARTED = rf"[{CLASS}\-\x{{AD}}\x{{2010}}-\x{{2015}}\x{{2043}}\x{{2212}}\x{{30FC}}\x{{FE58}}\x{{FE63}}\x{{FF0D}}\x{{FF70}}]{{1,3}}"
"""What stands between groups of digits: blanks and hyphens of any kind."""
_GROUPS = (12, 6, 4, 3, 2, 1)
"""Sizes of the groups in which twelve digits are written, all of one size: other groups are numbers of another kind."""
_NUMBER = "|".join(rf"{_DIGIT}{{{n}}}(?:{_PARTED}{_DIGIT}{{{n}}}){{{12 // n - 1}}}" for n in _GROUPS)
TWELVE_DIGITS = f"[{CLASS}]*({_NUMBER})[{CLASS}]*"
"""A regular expression (RE2): twelve digits, half or full width, also in groups, and nothing but blanks around them."""


def twelve_digits_sql(text: str) -> str:
    """A DuckDB condition: the whole value is twelve digits. Looks at the length first, so that codes cost nothing."""
    return f"strlen({text}) >= 12 AND regexp_full_match({text}, '{TWELVE_DIGITS}')"


def individual_number_sql(text: str) -> str:
    """A DuckDB condition on a text that is twelve digits, groups and blanks apart: the last digit checks the others."""
    digits_only = f"regexp_replace({text}, '[^0-9０-９]', '', 'g')"
    plain = f"translate({digits_only}, '０１２３４５６７８９', '0123456789')"
    digits = " + ".join(f"{w} * CAST(({plain})[{11 - n}] AS INTEGER)" for n, w in enumerate(_WEIGHTS))
    rest = f"(({digits}) % 11)"
    return f"CAST(({plain})[12] AS INTEGER) = CASE WHEN {rest} <= 1 THEN 0 ELSE 11 - {rest} END"


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
