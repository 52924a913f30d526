"""The log that misuse is planted on: its own rows, people and procedures, from which planted rows are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week

SQL = Path(__file__).parent / "sql"
KNOWN_WEEKS = 16
"""Weeks before the planted one whose people an agency knows."""
QUIET_WEEKS = 8
"""Who was not looked up but from files for so long, and has no open case, gives nobody a reason."""
TIMES = {"requested_at": "datetime64[us]", "responded_at": "datetime64[us]"}


@dataclass(frozen=True)
class Place:
    """An official (or, with `official` None, an agency as a whole) and how many requests are his that week."""

    agency: str
    official: str | None
    requests: int


@dataclass(frozen=True)
class Ground:
    """A week's log (`week_log`), the log of it and the weeks before (`known_log`), and the register of cases in an engine."""

    engine: DuckDBEngine
    week: Week
    has_register: bool
    cases_lack: bool
    """Whether honest requests of officials stand without a case too."""

    @classmethod
    def opened(cls, engine: DuckDBEngine, week: Week, logs: Sequence[Path], register: Path, agencies: Path) -> Ground:
        """Open the logs, the planted week's first."""
        engine.view("week_log", [logs[0]])
        engine.view("known_log", list(logs))
        engine.view("register", [register])
        engine.view("agencies", [agencies])
        found = engine.arrow(_sql("cases_known"))
        return cls(engine, week, bool(found["register"][0].as_py()), bool(found["lacking"][0].as_py()))

    def schema(self) -> pa.Schema:
        """The log's columns and types."""
        return self.engine.arrow("SELECT * FROM week_log LIMIT 0").schema

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of the request ids that the week's log has."""
        self.engine.given("made", pa.table({"request_id": pa.array(ids, pa.string())}))
        found = self.engine.arrow("SELECT m.request_id FROM made m JOIN week_log r ON r.request_id = m.request_id")
        return frozenset(found["request_id"].to_pylist())

    def filled(self) -> frozenset[str]:
        """The columns in which the week's log has a value at all."""
        names = [row[0] for row in self.engine.connection.execute("DESCRIBE week_log").fetchall()]
        counts = self.engine.arrow(f"SELECT {', '.join(f'COUNT({name}) AS {name}' for name in names)} FROM week_log")
        return frozenset(name for name in names if counts[name][0].as_py())

    def officials(self) -> list[Place]:
        """Officials with enough work in the week to plant beside, in a fixed order."""
        return self._places("officials")

    def agencies(self) -> list[Place]:
        """Agencies with enough requests in the week to plant beside, in a fixed order."""
        return self._places("busy_agencies")

    def rows(self, place: Place) -> pd.DataFrame:
        """The week's rows of an official, or of an agency: all columns of the log, Arrow's types, in order of time."""
        asked = {"agency": place.agency, "official": place.official or ""}
        rows = self.engine.arrow(_sql("rows_of_place"), asked).to_pandas(types_mapper=pd.ArrowDtype)
        return rows.astype(TIMES)

    def elsewhere(self, agency: str) -> pd.DataFrame:
        """What agencies of the same kind ask for and this one did not in these weeks: a row each of affair, procedure, item
        and provider with a request id, the commonest first."""
        rows = self.engine.arrow(_sql("elsewhere"), {"agency": agency})
        return rows.to_pandas(types_mapper=pd.ArrowDtype)

    def providers_elsewhere(self, agency: str, procedure: str) -> list[str]:
        """Whom the agency that runs this procedure most, other than this one, asks with it: one a request."""
        asked = {"agency": agency, "procedure": procedure}
        return [
            str(code) for code in self.engine.arrow(_sql("providers_elsewhere"), asked)["provider_agency"].to_pylist()
        ]

    def people(self, agency: str, wanted: int, rng: np.random.Generator) -> pd.DataFrame:
        """People whom the agency knows and nobody there has a reason to look up: `subject_key`, `subject_key_national`.

        Fewer than `wanted` where it knows no more. Where no register of cases was delivered, also people looked up of late:
        nobody there has a reason that the record would show.
        """
        monday = self.week.monday
        asked = {
            "agency": agency, "quiet_since": self.week.shift(-QUIET_WEEKS).start,
            "opened_by": monday + timedelta(days=14), "closed_since": monday - timedelta(days=14),
        }  # fmt: skip
        found = self.engine.arrow(_sql("people"), asked).to_pandas(types_mapper=pd.ArrowDtype)
        mixed = found.iloc[rng.permutation(len(found))].sort_values("lately", kind="stable")
        able = mixed if not self.has_register else mixed[mixed.lately == 0]
        return able.head(wanted).drop(columns="lately").reset_index(drop=True)

    def _places(self, name: str) -> list[Place]:
        rows = self.engine.arrow(_sql(name)).to_pylist()
        return [Place(row["agency_code"], row["requester_user"], row["n"]) for row in rows]


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
