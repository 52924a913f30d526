"""The mapping of a foreign log onto the log contract: a small YAML, no code in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from features.contract.blanks import trimmed_sql
from features.contract.columns import DELIVERED
from features.contract.reference import KINDS
from features.errors import BadParametersError

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = {column.name for column in DELIVERED}
_REQUIRED = {column.name for column in DELIVERED if column.required}


def _literal(value: str | int | bool | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


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


class TimeZone(_Part):
    """Conversion of a time: `from_zone` is that of the source, `to_zone` the wall clock to keep."""

    from_zone: str
    to_zone: str = "Asia/Tokyo"

    @field_validator("from_zone", "to_zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"'{zone}' is no time zone")
        return zone

    def sql(self, source: str, zoned: bool) -> str:
        """The wall clock in `to_zone` of a moment; a `zoned` source says itself which moment it is."""
        kind = "TIMESTAMPTZ" if zoned else "TIMESTAMP"
        moment = f"TRY_CAST({source} AS {kind})" + ("" if zoned else f" AT TIME ZONE '{self.from_zone}'")
        return f"({moment}) AT TIME ZONE '{self.to_zone}'"


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
            faults += [f"{part}: '{key}' is no column of the log contract" for key in sorted(keys - _COLUMNS)]
            if part in ("values", "default", "time", "prefix"):
                faults += [
                    f"{part}: '{key}' has no entry under rename" for key in sorted(keys & _COLUMNS - set(self.rename))
                ]
        faults += [f"'{key}' is under rename and constant" for key in sorted(set(self.rename) & set(self.constant))]
        faults += [
            f"default: '{key}' has no entry under values" for key in sorted(set(self.default) - set(self.values))
        ]
        faults += [
            f"'{key}' is under time and values or prefix"
            for key in sorted(set(self.time) & {*self.values, *self.prefix})
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
            faults = "\n".join(f"  {'.'.join(map(str, f['loc'])) or 'mapping'}: {f['msg']}" for f in error.errors())
            raise BadParametersError(f"{file}: the mapping cannot be used:\n{faults}") from None

    def faults_of(self, found: Mapping[str, pa.DataType]) -> list[str]:
        """Why a file with these columns cannot be mapped."""
        missing = sorted(set(self.rename.values()) - set(found))
        return [f"column {source} is missing, the mapping needs it" for source in missing]

    def expressions(self, found: Mapping[str, pa.DataType]) -> dict[str, str]:
        """A DuckDB expression for every mapped column of the contract, from source columns of these types."""
        mapped = {column: _literal(value) for column, value in self.constant.items()}
        return mapped | {column: self._expression(column, found[source]) for column, source in self.rename.items()}

    def _expression(self, column: str, kind: pa.DataType) -> str:
        source = _name(self.rename[column])
        if column in self.time:
            return self.time[column].sql(source, zoned=getattr(kind, "tz", None) is not None)
        if column in self.values:
            text = trimmed_sql(f"CAST({source} AS VARCHAR)")
            cases = " ".join(f"WHEN {_literal(k)} THEN {_literal(v)}" for k, v in self.values[column].items())
            rest = _literal(self.default[column]) if column in self.default else text
            source = f"CASE {text} {cases} ELSE {rest} END"
        if column in self.prefix:
            source = f"{_literal(self.prefix[column])} || {trimmed_sql(f'CAST({source} AS VARCHAR)')}"
        return source

    def agencies_query(self) -> str | None:
        """The reference table `agencies` as the mapping declares it; None if it declares none."""
        if not self.agencies:
            return None
        rows = ", ".join(f"({_literal(a.agency_code)}, {_literal(a.name)}, {_literal(a.kind)})" for a in self.agencies)
        nulls = "CAST(NULL AS VARCHAR) AS prefecture_code, CAST(NULL AS VARCHAR) AS municipality_code, CAST(NULL AS BIGINT) AS population"
        return f"SELECT agency_code, name, kind, {nulls}, DATE '2000-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to FROM (VALUES {rows}) a(agency_code, name, kind) ORDER BY agency_code"
