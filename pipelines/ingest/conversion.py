"""How a value of a foreign log becomes one of the log contract, and which types no conversion can be trusted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, field_validator

from features.contract.blanks import trimmed_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from features.contract.columns import Column

MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}
_OFFSET = r":\d{2}([.,]\d+)?\s*(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$"
"""The end of a text that says itself which moment it is. A date's own hyphens have no colon before them."""


class TimeZone(BaseModel):
    """Conversion of a time: `from_zone` is that of the source, `to_zone` the wall clock to keep; `epoch` is the unit of
    a source that counts from 1970."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_zone: str = "UTC"
    to_zone: str = "Asia/Tokyo"
    epoch: Literal["seconds", "milliseconds", "microseconds"] | None = None

    @field_validator("from_zone", "to_zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"'{zone}' is no time zone")
        return zone

    def sql(self, source: str, kind: pa.DataType) -> str:
        """The wall clock in `to_zone` of a moment. Text with an offset and a type with a zone say themselves which."""
        if self.epoch:
            return f"({self._counted(source, kind)}) AT TIME ZONE 'UTC' AT TIME ZONE '{self.to_zone}'"
        if is_text(kind):
            text = f"({trimmed_sql(f'CAST({source} AS VARCHAR)')})"
            moment = f"TRY_CAST({text} AS TIMESTAMPTZ)"
            local = f"TRY_CAST({text} AS TIMESTAMP) AT TIME ZONE '{self.from_zone}'"
            return f"(CASE WHEN regexp_matches({text}, '{_OFFSET}') THEN {moment} ELSE {local} END) AT TIME ZONE '{self.to_zone}'"
        if getattr(kind, "tz", None) is not None:
            return f"TRY_CAST({source} AS TIMESTAMPTZ) AT TIME ZONE '{self.to_zone}'"
        return f"({wall_clock_sql(source, kind)}) AT TIME ZONE '{self.from_zone}' AT TIME ZONE '{self.to_zone}'"

    def _counted(self, source: str, kind: pa.DataType) -> str:
        number = f"CAST({source} AS VARCHAR)" if is_text(kind) else source
        unit = MICROSECONDS[self.epoch or "microseconds"]
        if is_whole(kind):
            return f"TRY(make_timestamp(TRY_CAST({source} AS BIGINT) * {unit}))"
        return f"TRY(make_timestamp(TRY_CAST(floor(TRY_CAST({number} AS DECIMAL(30, 9)) * {unit}) AS BIGINT)))"


JAPAN = TimeZone(from_zone="Asia/Tokyo")


def wall_clock_sql(source: str, kind: pa.DataType) -> str:
    """A time of microseconds; nanoseconds are cut off, so that the last one of a Sunday stays in its week."""
    if getattr(kind, "unit", None) == "ns":
        return f"TRY(make_timestamp(epoch_ns({source}) // 1000))"
    return f"TRY_CAST({source} AS TIMESTAMP)"


def text_sql(source: str, kind: pa.DataType) -> str:
    """A code or key; 1001.0 is what a lost null made of 1001."""
    if is_fractional(kind):
        return f"CAST(TRY_CAST({source} AS DECIMAL(38, 0)) AS VARCHAR)"
    return f"CAST({source} AS VARCHAR)"


def fraction_sql(source: str) -> str:
    """A condition: the number is not whole, so that it is no code. NaN is no number at all, and no code."""
    number = f"CAST({source} AS DOUBLE)"
    return f"NOT isnan({number}) AND (isinf({number}) OR {number} <> trunc({number}))"


def type_fault(column: Column, source: str, kind: pa.DataType, time: TimeZone | None) -> str:
    """Why values of this type cannot become the column's; empty if they can."""
    import pyarrow as pa

    said = f"column {source}: {kind} cannot become {column.name} ({column.kind})"
    if pa.types.is_nested(kind):
        return said
    if column.kind == "TIMESTAMP":
        number = is_whole(kind) or is_fractional(kind)
        if number and not (time and time.epoch):
            return f"{said}; if it counts from 1970 say so under `time`: `epoch: seconds`, `milliseconds` or `microseconds`"
        if time and time.epoch and not (number or is_text(kind)):
            return f"{said}; `epoch` under `time` is for numbers"
        return said if pa.types.is_boolean(kind) else ""
    return (
        said if column.kind == "DATE" and (is_whole(kind) or is_fractional(kind) or pa.types.is_boolean(kind)) else ""
    )


def is_text(kind: pa.DataType) -> bool:
    """Strings of any width, also as a dictionary."""
    import pyarrow as pa

    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return plain in (pa.string(), pa.large_string(), pa.string_view())


def is_whole(kind: pa.DataType) -> bool:
    """Integers of any width."""
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def is_fractional(kind: pa.DataType) -> bool:
    """Numbers that may have a fraction."""
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))
