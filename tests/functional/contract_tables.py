"""Reads the tables of docs/results-contract.md: what each file must hold."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

CONTRACT = Path(__file__).parents[2] / "docs" / "results-contract.md"
TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR[]": pa.list_(pa.string()),
}
_SECTION = re.compile(r"^### `(?P<dataset>\w+)/\S*\.parquet`", re.MULTILINE)
_ROW = re.compile(r"^\| `(?P<column>\w+)` \| (?P<type>[^|]+?) \|", re.MULTILINE)
_MEMBER = re.compile(r"`(\w+)` ([A-Z]+)")


def columns_of(dataset: str) -> dict[str, pa.DataType]:
    """Name and type of every column that the contract names for a dataset."""
    text = CONTRACT.read_text(encoding="utf-8")
    match = next(m for m in _SECTION.finditer(text) if m["dataset"] == dataset)
    body = re.split(r"^#", text[match.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    return {row["column"]: _type(row["type"]) for row in _ROW.finditer(body)}


def _type(text: str) -> pa.DataType:
    if text.startswith("STRUCT[]"):
        return pa.list_(pa.struct([(name, TYPES[kind]) for name, kind in _MEMBER.findall(text)]))
    return TYPES[text]


def same_type(found: pa.DataType, promised: pa.DataType) -> bool:
    """Whether a column is of the promised type; further members of structs do not count."""
    if pa.types.is_list(promised):
        return bool(pa.types.is_list(found)) and same_type(found.value_type, promised.value_type)
    if pa.types.is_struct(promised):
        members = range(found.num_fields) if pa.types.is_struct(found) else ()
        names = {found.field(i).name for i in members}
        return all(m.name in names and same_type(found.field(m.name).type, m.type) for m in promised)
    return bool(found == promised)
