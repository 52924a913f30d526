"""Rows of the log as evidence: what an inspector may see of them, and nothing that hints at non-disclosure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.contract.identifiers import shorten_key
from features.engines.duckdb import DuckDBEngine
from reports.names import Names

_SQL = (Path(__file__).parent / "evidence.sql").read_text(encoding="utf-8")
NOT_PROVIDED = "not_provided"
_TOLD_AS = {"withheld": NOT_PROVIDED, "refused": NOT_PROVIDED}
"""`withheld` would tell of a 不開示 flag, often of a victim of violence: it reads like any other refusal."""


@dataclass(frozen=True)
class Coded:
    """A code and what it is called; the name is empty where none was delivered."""

    code: str
    name: str


@dataclass(frozen=True)
class Row:
    """A request as evidence. The person is shortened to six characters; 不開示 flags are not read at all."""

    request_id: str
    at: datetime
    official: str
    terminal: str
    department: str
    person: str
    procedure: Coded
    item: Coded
    provider: str
    result: str
    case_ref: str

    @property
    def of_people(self) -> bool:
        """Whether the record is of a kind that could hold a case reference: it names an official or a person."""
        return bool(self.official or self.person)


def fetch(logs: Sequence[Path], request_ids: Iterable[str], names: Names) -> dict[str, Row]:
    """The log rows of some requests, by request id; a request that no log holds is left out."""
    wanted = pa.table({"request_id": pa.array(sorted(set(request_ids)), pa.string())})
    if not logs or not wanted.num_rows:
        return {}
    with DuckDBEngine() as engine:
        engine.view("linkage_log", logs)
        engine.connection.register("wanted", wanted)
        return {row["request_id"]: _row(row, names) for row in engine.arrow(_SQL).to_pylist()}


def _row(row: Mapping[str, Any], names: Names) -> Row:
    return Row(
        row["request_id"], row["requested_at"], row["requester_user"] or "", row["requester_terminal"] or "",
        row["requester_department"] or "", shorten_key(row["subject_key"] or ""), 
        Coded(row["procedure_code"], names.of("procedure", row["procedure_code"])),
        Coded(row["item_code"], names.of("item", row["item_code"])), names.agency(row["provider_agency"]),
        _TOLD_AS.get(row["result"], row["result"]),
        row["case_ref"] or "",
    )  # fmt: skip
