"""Check digits and what a person sees of a pseudonym."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.identifiers import (
    individual_number_sql,
    is_individual_number,
    is_municipality_code,
    shorten_key,
    twelve_digits_sql,
)
from features.engines.duckdb import DuckDBEngine


def numbered(digits: str) -> str:
    return next(digits + check for check in "0123456789" if is_individual_number(digits + check))


@given(st.text("0123456789", min_size=11, max_size=11))
def test_each_eleven_digits_have_one_check_digit(digits: str) -> None:
    assert sum(is_individual_number(digits + check) for check in "0123456789") == 1


def test_sql_and_python_agree() -> None:
    texts = [numbered(f"{n:011d}") for n in range(0, 10**11, 1234567891)]
    texts += [text[:11] + str((int(text[11]) + 1) % 10) for text in texts] + ["", "12345678901x", " " + texts[0]]
    values = ", ".join(f"('{text}')" for text in texts)
    with DuckDBEngine() as engine:
        rows = engine.arrow(
            f"SELECT t, CASE WHEN {twelve_digits_sql('t')} THEN {individual_number_sql('t')} END AS found FROM (VALUES {values}) v(t)"
        ).to_pylist()
    assert all(bool(row["found"]) == is_individual_number(row["t"].strip()) for row in rows)


def found(*texts: str) -> list[bool]:
    """Whether each text is an Individual Number, as the engine sees it."""
    values = ", ".join(f"({n}, '{text}')" for n, text in enumerate(texts))
    condition = f"CASE WHEN {twelve_digits_sql('t')} THEN {individual_number_sql('t')} ELSE false END"
    with DuckDBEngine() as engine:
        rows = engine.arrow(f"SELECT {condition} AS found FROM (VALUES {values}) v(n, t) ORDER BY n").to_pylist()
    return [row["found"] for row in rows]


NUMBER = numbered("12345678901")


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_a_number_in_groups_is_one(size: int) -> None:
    parts = [NUMBER[n : n + size] for n in range(0, 12, size)]
    texts = [
        parting.join(parts) for parting in " -\u00a0\u3000\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u30fc\u2003"
    ]
    full_width = [text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) for text in texts]
    assert all(found(*texts, *full_width, " - ".join(parts), "\ufeff" + texts[0]))


def test_other_groups_and_wrong_check_digits_are_numbers_of_another_kind() -> None:
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    assert not any(
        found(f"{wrong[:4]} {wrong[4:8]} {wrong[8:]}", f"{NUMBER[:4]}-{NUMBER[4:]}", f"{NUMBER}-", f"-{NUMBER}")
    )


@pytest.mark.parametrize(("code", "right"), [("131016", True), ("011002", True), ("131015", False), ("13101", False)])
def test_municipality_code(code: str, right: bool) -> None:
    assert is_municipality_code(code) is right


def test_a_key_is_shown_short() -> None:
    assert shorten_key("s1b7ef0123") == "s1b7ef…"
