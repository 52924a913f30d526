"""The mapping of a foreign log onto the log contract: a small YAML, no code in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from features.contract.blanks import trimmed_sql
from features.contract.columns import DELIVERED
from features.contract.reference import KINDS
from features.errors import BadParametersError
from pipelines.ingest.conversion import JAPAN, TimeZone, fraction_sql, is_fractional, text_sql, type_fault

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = {column.name: column for column in DELIVERED}
_QUOTES = "; write it in quotes: YAML reads 011002 as a number and true as yes"
_REQUIRED = {column.name for column in DELIVERED if column.required}


def _literal(value: str | int | bool | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _hint(kind: str) -> str:
    return _QUOTES if kind == "string_type" else ""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Agency(_Part):
    """An agency that the foreign log implies."""

    agency_code: str
    name: str
    kind: str = "other"

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"'{kind}' is no kind of agency; choose one of {', '.join(KINDS)}")
        return kind


class LogMapping(_Part):
    """How the columns of a foreign log become those of the contract, keyed by the contract's column.

    `rename`: from which source column; `constant`: the same value in every row; `values`: source value to value
    (`default` for the rest); `time`: zone conversion; `prefix`: text put before a code.
    """

    rename: dict[str, str] = Field(default_factory=dict)
    constant: dict[str, str | int | bool | None] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    default: dict[str, str] = Field(default_factory=dict)
    time: dict[str, TimeZone] = Field(default_factory=dict)
    prefix: dict[str, str] = Field(default_factory=dict)
    agencies: tuple[Agency, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> LogMapping:
        faults = []
        for part in ("rename", "constant", "values", "default", "time", "prefix"):
            keys = set(getattr(self, part))
            faults += [f"{part}: '{key}' is no column of the log contract" for key in sorted(keys - set(_COLUMNS))]
            if part in ("values", "default", "time", "prefix"):
                faults += [
                    f"{part}: '{key}' has no entry under rename"
                    for key in sorted(keys & set(_COLUMNS) - set(self.rename))
                ]
        faults += [f"'{key}' is under rename and constant" for key in sorted(set(self.rename) & set(self.constant))]
        faults += [
            f"default: '{key}' has no entry under values" for key in sorted(set(self.default) - set(self.values))
        ]
        faults += [
            f"'{key}' is under time and values or prefix"
            for key in sorted(set(self.time) & {*self.values, *self.prefix})
        ]
        faults += [
            f"constant: '{key}' is text, found {value}{_QUOTES}"
            for key, value in self.constant.items()
            if key in _COLUMNS and _COLUMNS[key].kind == "VARCHAR" and not isinstance(value, str | None)
        ]
        faults += [
            f"time: '{key}' is no time" for key in self.time if key in _COLUMNS and _COLUMNS[key].kind != "TIMESTAMP"
        ]
        missing = sorted(_REQUIRED - set(self.rename) - set(self.constant))
        faults += [f"'{key}' is required and has neither rename nor constant" for key in missing]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @classmethod
    def read(cls, file: Path) -> LogMapping:
        """Read a mapping file; BadParametersError lists all its faults."""
        try:
            return cls.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        except OSError as error:
            raise BadParametersError(f"{file}: cannot be read ({error.strerror})") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise BadParametersError(f"{file}: is no YAML: {error}") from None
        except ValidationError as error:
            faults = "\n".join(
                f"  {'.'.join(map(str, f['loc'])) or 'mapping'}: {f['msg']}{_hint(f['type'])}" for f in error.errors()
            )
            raise BadParametersError(f"{file}: the mapping cannot be used:\n{faults}") from None

    def faults_of(self, found: Mapping[str, pa.DataType]) -> list[str]:
        """Why a file with these columns cannot be mapped."""
        missing = sorted(set(self.rename.values()) - set(found))
        faults = [f"column {source} is missing, the mapping needs it" for source in missing]
        for column, source in self.rename.items():
            if source in found:
                faults.append(type_fault(_COLUMNS[column], source, found[source], self.time.get(column)))
        return [fault for fault in faults if fault]

    def doubts(self, found: Mapping[str, pa.DataType]) -> dict[str, str]:
        """Source columns of which each number has to be whole, with the DuckDB condition of one that is not."""
        whole = ("VARCHAR", "INTEGER")
        sources = (source for column, source in self.rename.items() if _COLUMNS[column].kind in whole)
        return {source: fraction_sql(_name(source)) for source in sources if is_fractional(found[source])}

    def expressions(self, found: Mapping[str, pa.DataType]) -> dict[str, str]:
        """A DuckDB expression for every mapped column of the contract, from source columns of these types."""
        mapped = {column: _literal(value) for column, value in self.constant.items()}
        return mapped | {column: self._expression(column, found[source]) for column, source in self.rename.items()}

    def _expression(self, column: str, kind: pa.DataType) -> str:
        source = _name(self.rename[column])
        if _COLUMNS[column].kind == "TIMESTAMP":
            return self.time.get(column, JAPAN).sql(source, kind)
        if column not in self.values and column not in self.prefix:
            return text_sql(source, kind) if _COLUMNS[column].kind == "VARCHAR" else source
        source = trimmed_sql(text_sql(source, kind))
        if column in self.values:
            cases = " ".join(f"WHEN {_literal(k)} THEN {_literal(v)}" for k, v in self.values[column].items())
            rest = _literal(self.default[column]) if column in self.default else source
            source = f"CASE ({source}) {cases} ELSE {rest} END"
        return f"{_literal(self.prefix[column])} || ({source})" if column in self.prefix else source

    def agencies_query(self) -> str | None:
        """The reference table `agencies` as the mapping declares it; None if it declares none."""
        if not self.agencies:
            return None
        rows = ", ".join(f"({_literal(a.agency_code)}, {_literal(a.name)}, {_literal(a.kind)})" for a in self.agencies)
        nulls = "CAST(NULL AS VARCHAR) AS prefecture_code, CAST(NULL AS VARCHAR) AS municipality_code, CAST(NULL AS BIGINT) AS population"
        return f"SELECT agency_code, name, kind, {nulls}, DATE '2000-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to FROM (VALUES {rows}) a(agency_code, name, kind) ORDER BY agency_code"
