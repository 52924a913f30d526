"""Identifiers with check digits, and how a subject's pseudonym is shown to a person."""

from __future__ import annotations

import re
from itertools import chain
from unicodedata import normalize

from features.contract.blanks import BLANKS, CLASS

_WEIGHTS = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
"""Weights of the eleven digits of an Individual Number, from the right (番号法施行規則 art. 5)."""
_DIGIT = "[0-9０-９]"
_PARTED = rf"[{CLASS}\-\x{{AD}}\x{{2010}}-\x{{2015}}\x{{2043}}\x{{2212}}\x{{30FC}}\x{{FE58}}\x{{FE63}}\x{{FF0D}}\x{{FF70}}]{{1,3}}"
"""What stands between groups of digits: blanks and hyphens of any kind."""
_GROUPS = (12, 6, 4, 3, 2, 1)
"""Sizes of the groups in which twelve digits are written, all of one size: other groups are numbers of another kind."""
_NUMBER = "|".join(rf"{_DIGIT}{{{n}}}(?:{_PARTED}{_DIGIT}{{{n}}}){{{12 // n - 1}}}" for n in _GROUPS)
_HYPHENS = map(chr, chain((0x2D, 0xAD, 0x2043, 0x2212, 0x30FC, 0xFE58, 0xFE63, 0xFF0D, 0xFF70), range(0x2010, 0x2016)))
_BETWEEN = f"[{re.escape(BLANKS + '_' + ''.join(_HYPHENS))}]{{1,3}}"
_IN_NAMES = re.compile("|".join(
    rf"(?<!{_DIGIT}){_DIGIT}{{{n}}}(?:{_BETWEEN}{_DIGIT}{{{n}}}){{{12 // n - 1}}}(?!{_DIGIT})" for n in _GROUPS
))  # fmt: skip
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


def without_individual_numbers(text: str) -> str:
    """A text such as a file's name, in which "…" stands for each Individual Number; other digits stay.

    In a name it counts wherever no further digit touches it, underscores also part its groups, and it is only hidden: of
    times written as twelve digits one in ten has the right check digit, so a refusal would stop honest files.
    """

    def hidden(found: re.Match[str]) -> str:
        digits = "".join(normalize("NFKC", c) for c in found[0] if c.isdigit())
        return "…" if is_individual_number(digits) else found[0]

    return _IN_NAMES.sub(hidden, text)


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
