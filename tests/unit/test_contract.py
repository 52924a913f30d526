"""The contract as code and the contract as a page say the same; check digits are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.contract.columns import CHANNELS, COPIES, DELIVERED, RESPONSE_MODES, RESULTS, Column
from features.contract.identifiers import is_individual_number, is_municipality_code, shorten_key
from features.contract.reference import BASES, KINDS, REFERENCE
from tests.unit.delivery import individual_number

PAGE = (Path(__file__).parents[2] / "docs" / "log-contract.md").read_text(encoding="utf-8")
LOG = PAGE.split("## linkage_log")[1].split("\n## ")[0]
ROWS = [line for line in LOG.splitlines() if line.startswith("| ") and "`" in line.split("|")[2]]
PARTS = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("`")}


@pytest.mark.parametrize("column", DELIVERED, ids=lambda column: column.name)
def test_column_of_the_log_is_documented(column: Column) -> None:
    (line,) = [line for line in ROWS if f"`{column.name}`" in line.split("|")[2]]
    grade, _, kind = (cell.strip() for cell in line.split("|")[1:4])
    assert grade == column.grade
    assert kind.startswith(column.kind)
    assert ("not null" in kind) == column.required
    assert column.at_most is None or f"({column.at_most})" in kind
    assert column.begins in line
    assert all(f"`{value}`" in line for value in column.allowed)


def test_page_has_no_column_that_is_not_declared() -> None:
    named = {name for line in ROWS for name in line.split("|")[2].split("`")[1::2]}
    assert named == {column.name for column in DELIVERED}


@pytest.mark.parametrize("table", REFERENCE)
def test_reference_table_is_documented(table: str) -> None:
    assert all(f"`{column.name}`" in PARTS[table] for column in REFERENCE[table])


def test_allowed_values_are_documented() -> None:
    assert all(f"`{value}`" in PAGE for value in (*RESULTS, *CHANNELS, *COPIES, *RESPONSE_MODES, *KINDS, *BASES))


def test_individual_numbers_have_a_check_digit() -> None:
    assert is_individual_number(individual_number())
    assert is_individual_number("123456789018")
    assert not is_individual_number("123456789012")
    assert not is_individual_number("１２３４５６７８９０１８")
    assert sum(is_individual_number(f"12345678901{d}") for d in range(10)) == 1


@pytest.mark.parametrize("code", ["131016", "011002", "132012", "401307", "472018"])
def test_municipality_codes_have_a_check_digit(code: str) -> None:
    """Chiyoda, Sapporo, Hachioji, Fukuoka, Naha."""
    assert is_municipality_code(code)
    assert not is_municipality_code(code[:5] + str((int(code[5]) + 1) % 10))


def test_keys_are_shortened() -> None:
    assert shorten_key("abcdefghij") == "abcdef…"
    assert shorten_key("abc") == "abc"
