"""A lake holds one kind of log: what is usual in one says nothing of another, and one would pass for the other's misuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from features.contract.columns import DELIVERED
from features.engines.duckdb import DuckDBEngine, quoted
from pipelines.ingest.mapping import LogMapping
from pipelines.ingest.scan import Readable, delivered_rows
from pipelines.lake import Lake

ADVICE = "is it another kind of log? Give it a lake of its own (--lake)"
BY_CONTRACT = "log contract"
_HOLDERS = "SELECT requester_agency FROM {0} UNION SELECT provider_agency FROM {0}"


@dataclass(frozen=True)
class Belonging:
    """What a lake holds, and whether a delivery is of the same kind."""

    engine: DuckDBEngine
    lake: Lake
    mapping: LogMapping | None

    def draft(self, staging: Path) -> dict[Path, Path]:
        """Write down of which kind the lake is, once; draft to place."""
        if self._file().exists():
            return {}
        draft = staging / "kind.json"
        draft.write_text(json.dumps({"kind": self._kind()}, ensure_ascii=False) + "\n", encoding="utf-8")
        return {draft: self._file()}

    def faults(self, files: Sequence[Readable]) -> dict[Path, list[str]]:
        """Files of another kind than the lake's; an empty lake takes all."""
        if not files or not self.lake.weeks():
            return {}
        if self._file().exists() and json.loads(self._file().read_text(encoding="utf-8"))["kind"] != self._kind():
            return {file.path: [f"comes by another mapping than what the lake holds; {ADVICE}"] for file in files}
        numbers = pa.array(range(len(files)), pa.int32())
        paths = [str(file.readable) for file in files]
        self.engine.given("delivery", pa.table({"f": numbers, "path": paths, "delivery_id": paths}))
        rows = delivered_rows(files, self.mapping)
        unlisted = self._strange(rows, self._listed())
        strange = set(unlisted) & set(self._strange(rows, self._logged())) if unlisted else set()
        return {files[f].path: [f"has no agency in common with what the lake holds; {ADVICE}"] for f in strange}

    def is_foreign(self, agencies: Path) -> bool:
        """Whether a table of agencies names none that the lake knows."""
        if not self.lake.weeks():
            return False
        codes = f"SELECT agency_code FROM read_parquet({quoted(agencies)})"
        common = (f"SELECT 1 FROM ({codes}) SEMI JOIN ({known}) k(agency_code) USING (agency_code) LIMIT 1"
                  for known in (self._listed(), self._logged()))  # fmt: skip
        return not any(self.engine.connection.execute(query).fetchall() for query in common)

    def _strange(self, rows: str, known: str) -> list[int]:
        """Numbers of files of which no row names an agency that is known."""
        query = f"""
            WITH known AS ({known})
            SELECT f FROM ({rows}) GROUP BY f
            HAVING bool_or(requester_agency IN (FROM known) OR provider_agency IN (FROM known)) = false ORDER BY f"""
        return [f for (f,) in self.engine.connection.execute(query).fetchall()]

    def _listed(self) -> str:
        return f"SELECT agency_code FROM read_parquet({quoted(self.lake.reference('agencies'))})"

    def _logged(self) -> str:
        logs = ", ".join(quoted(self.lake.log(week)) for week in self.lake.weeks())
        return _HOLDERS.format(f"read_parquet([{logs}], hive_partitioning = false)")

    def _file(self) -> Path:
        return self.lake.root / "ledger" / "kind.json"

    def _kind(self) -> str:
        """By which source columns the log comes. A mapping that keeps all names is for types and times alone."""
        sources = dict(sorted(self.mapping.rename.items())) if self.mapping else {}
        names = {column.name for column in DELIVERED}
        return json.dumps(sources, ensure_ascii=False) if set(sources.values()) - names else BY_CONTRACT
