"""The log contract as code and as a page say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from features.contract.columns import DELIVERED, Column
from features.contract.reference import REFERENCE

PAGE = (Path(__file__).parents[2] / "docs" / "log-contract.md").read_text(encoding="utf-8")
ROWS = {
    name: [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| (A|B|C|any) \|", line)
    for name in re.findall(r"`(\w+)`", line.split("|")[2])
}


@pytest.mark.parametrize("column", DELIVERED, ids=lambda column: column.name)
def test_delivered_column_is_on_the_page(column: Column) -> None:
    grade, _, kind, _, meaning = ROWS[column.name]
    assert grade == column.grade
    assert re.match(r"\w+", kind)[0] == column.kind  # type: ignore[index]
    assert ("not null" in kind) == column.required
    assert [value for value in column.allowed if f"`{value}`" not in meaning] == []
    assert column.begins in meaning


def test_page_has_no_column_that_the_code_lacks() -> None:
    assert set(ROWS) == {column.name for column in DELIVERED}


@pytest.mark.parametrize("table", REFERENCE)
def test_reference_table_is_on_the_page(table: str) -> None:
    paragraph = next(part for part in PAGE.split("\n\n") if part.startswith(f"`{table}`"))
    assert [c.name for c in REFERENCE[table] if f"`{c.name}`" not in paragraph] == []
    allowed = (value for column in REFERENCE[table] for value in column.allowed)
    assert [value for value in allowed if f"`{value}`" not in paragraph] == []
