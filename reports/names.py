"""What agencies and codes are called in the week of a report: people read names; where there is none, the code stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from features.catalogue import Bilingual
from features.weeks import Week

_TOKEN = re.compile(r"\w+", re.ASCII)
"""A code, as it stands in a sentence."""


@dataclass(frozen=True)
class Names:
    """Names of agencies by code, and of affairs, procedures and items by kind and code."""

    agencies: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def agency(self, code: str) -> str:
        """What an agency is called."""
        return self.agencies.get(code, code)

    def of(self, kind: str, code: str) -> str:
        """What an `affair`, `procedure` or `item` is called; empty where it has no name."""
        return self.codes.get((kind, code), "")

    def codes_called(self, kind: str, name: str) -> tuple[str, ...]:
        """The codes of a kind that have this name."""
        return tuple(sorted(code for (of, code), called in self.codes.items() if of == kind and called == name))

    def told(self, text: Bilingual) -> Bilingual:
        """A sentence with names in the place of the codes that have one."""
        return Bilingual(ja=self._named(text.ja), en=self._named(text.en))

    def _named(self, text: str) -> str:
        return _TOKEN.sub(lambda found: self._any(found[0]), text)

    def _any(self, code: str) -> str:
        named = (self.codes.get((kind, code)) for kind in ("procedure", "item", "affair"))
        return next((name for name in named if name), self.agencies.get(code, code))


def names_in(agencies: Path, codes: Path, week: Week) -> Names:
    """The names that are valid in the week; of a code whose dates do not hold the week, its latest before or else its first."""
    columns = ["agency_code", "name", "valid_from"]
    of_agencies = pq.read_table(agencies, columns=columns, partitioning=None).to_pylist()
    of_codes = pq.read_table(codes, partitioning=None).to_pylist() if codes.exists() else []
    return Names(
        _latest(
            [(row["agency_code"], row["name"] or row["agency_code"], row["valid_from"]) for row in of_agencies], week
        ),
        _latest([((row["kind"], row["code"]), row["name"], row["valid_from"]) for row in of_codes], week),
    )


def _latest(rows: list[tuple[Any, str, date | None]], week: Week) -> dict[Any, str]:
    """Of dated rows the last one that had begun, else the first."""
    dated = sorted(rows, key=lambda row: (row[2] is not None, row[2] or date.min))
    names: dict[Any, str] = {}
    for key, name, begins in dated:
        if key not in names or begins is None or begins < week.end.date():
            names[key] = name
    return names
