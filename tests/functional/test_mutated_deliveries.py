"""Any delivery, however odd, ends without a traceback and without a lost row: each is loaded, a duplicate, set aside,
or in a file that was refused. `MUTATIONS` in the environment asks for more examples."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.errors import FileRefusedError
from pipelines.ingest.landing import Landing
from pipelines.ingest.ledger import read_ledger
from tests.unit.delivery import World, agency, individual_number, row, rows_of, world

EXAMPLES = int(os.environ.get("MUTATIONS", "60"))
NUMBER = individual_number()
PRINTED = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"
NAMES = st.one_of(
    st.sampled_from([
        "a.parquet", "b.PARQUET", "x.parquet/part-0", "channel=batch/a.parquet", "subject_key=%20/b.parquet", "*.parquet",
        os.fsdecode("照会.parquet".encode("cp932")), "c\n.parquet", "d.csv", "week=1/requester_agency=9/a.parquet",
        "_x.parquet", f"{NUMBER}/a.parquet", f"a_{PRINTED}.parquet", f"subject_key={NUMBER}/a.parquet", "x.parquet/x/y",
    ]),
    st.builds(lambda folder, name: f"{folder}{os.fsdecode(name)}.parquet", st.sampled_from(["", "2026/", "?/", "a b/"]),
              st.binary(min_size=1, max_size=9).filter(lambda name: not set(name) & {0, 0x2F})),
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["", " ", "\u3000", "NULL", "132012 ", "pending", PRINTED, NUMBER, "JM01", "\x00"]),
    st.text(max_size=20),
)
BYTES = st.one_of(st.sampled_from(["照会".encode("cp932"), "é".encode("latin-1"), b"\xff" * 40]), st.binary(max_size=9))
KINDS = st.sampled_from([
    pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()), pa.int64(), pa.float64(), pa.timestamp("ns"),
    pa.timestamp("ms"), pa.timestamp("s"), pa.timestamp("us", "UTC"), pa.date32(), pa.bool_(), pa.null(), pa.binary(),
    pa.large_binary(), pa.decimal128(20, 2), pa.list_(pa.string()), pa.dictionary(pa.int32(), pa.large_string()),
])  # fmt: skip
VALUES = st.one_of(st.none(), TEXTS, BYTES, st.sampled_from([int(NUMBER)]), st.integers(-(2**63), 2**63 - 1))
Mutation = tuple[str, Any, Any]
TABLES = {
    "agencies": agency("132012"), "accounts": {"agency_code": "132012", "requester_user": "u1", "department": "d1"},
    "cases": {"case_ref": "c1", "agency_code": "132012", "subject_key": "s1"}, "codes": {"code": "JM01", "name": "x"},
}  # fmt: skip


def mutations(columns: list[str]) -> st.SearchStrategy[list[Mutation]]:
    return st.lists(st.tuples(st.sampled_from([*columns, "memo", "", NUMBER]), KINDS, VALUES), max_size=3)


OF_LOG = mutations([*row(1), "channel", "record_copy", "subject_key", "case_ref"])
DELIVERIES = st.lists(st.tuples(NAMES, st.integers(0, 3), OF_LOG, st.integers(0, 400)), min_size=1, max_size=4)
REFERENCES = st.dictionaries(
    st.sampled_from(sorted(TABLES)),
    st.tuples(mutations(sorted({name for table in TABLES.values() for name in table})), st.integers(0, 400)),
    max_size=2,
)
LISTED = st.lists(st.tuples(NAMES, TEXTS), max_size=2)
MANIFESTS = st.one_of(st.none(), BYTES, LISTED)


def column(kind: pa.DataType, value: object, length: int) -> pa.Array:
    """The value as often as asked for, in this type as far as it can be; bytes become text unchecked, as a writer does who
    does not know his encoding."""
    values = [value] * length
    try:
        if isinstance(value, bytes) and pa.types.is_dictionary(kind):
            return pa.DictionaryArray.from_arrays(
                pa.array([0] * length, kind.index_type), column(kind.value_type, value, 1)
            )
        if isinstance(value, bytes) and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            return pa.array(values, pa.binary() if pa.types.is_string(kind) else pa.large_binary()).view(kind)
        return pa.array(values, pa.int64()).cast(kind) if isinstance(value, int) else pa.array(values, kind)
    except (pa.ArrowException, TypeError, ValueError):
        return pa.array(values)


def mutated(table: pa.Table, changes: list[Mutation]) -> pa.Table:
    for name, kind, value in changes:
        values = column(kind, value, table.num_rows)
        place = table.column_names.index(name) if name in table.column_names else None
        table = table.append_column(name, values) if place is None else table.set_column(place, name, values)
    return table


def deliver(file: Path, table: pa.Table, damaged: int) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content = bytearray(sink.getvalue())
    for n in range(damaged, min(damaged + 40, len(content)) if damaged > 300 else 0):
        content[n] ^= 0x5A
    file.write_bytes(bytes(content))


def enclose(place: World, manifest: object) -> None:
    file = place.data / "landing" / "manifest.csv"
    if isinstance(manifest, bytes):
        file.write_bytes(manifest)
    elif isinstance(manifest, list):
        lines = [f"{name},{rows},{rows}" for name, rows in [("sound.parquet", "1"), *manifest]]
        text = "\n".join(["file,rows,source", *lines])
        file.write_bytes(text.encode("utf-8", "surrogateescape"))


def hides_numbers(text: str) -> bool:
    return NUMBER not in text and PRINTED not in text


def every_row_is_somewhere(place: World, delivered: dict[Path, int]) -> None:
    """By row: what was written into each file is what the ledger says of it, and what lies in the lake."""
    landing = Landing.of(place.data, None, place.lake)
    entries = {entry.file: entry for entry in read_ledger(place.lake)}
    assert set(entries) == {landing.name(file) for file in landing.files}, "every file that is read is in the ledger"
    for file in landing.files:
        entry = entries[landing.name(file)]
        parts = entry.loaded + entry.duplicate + entry.conflicting + entry.quarantined
        assert (parts, entry.rows) == ((0, entry.rows) if entry.status == "refused" else (delivered[file],) * 2), entry
    in_log = [found for week in place.lake.weeks() for found in place.log(week)]
    assert len(in_log) == sum(entry.loaded for entry in entries.values())
    assert len(place.aside()) == sum(entry.quarantined + entry.conflicting for entry in entries.values())
    assert hides_numbers(" ".join(str(row) for row in [*entries.values(), *in_log, *place.aside()]))
    kept = (row for table in TABLES for row in rows_of(place.lake.reference(table)))
    texts = " ".join(value for row in kept for value in row.values() if isinstance(value, str))
    assert hides_numbers(texts), "a count of twelve digits (population) is none"


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(DELIVERIES, REFERENCES, MANIFESTS)
def test_no_delivery_stops_the_run_or_loses_a_row(
    deliveries: list[tuple[str, int, list[Mutation], int]],
    references: dict[str, tuple[list[Mutation], int]],
    manifest: object,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = world(Path(folder))
        delivered = {place.deliver("sound.parquet", row(9000)): 1}
        for name, first, changes, damaged in deliveries:
            try:
                file = place.path(name)
                deliver(
                    file, mutated(pa.Table.from_pylist([row(n) for n in range(first, first + 3)]), changes), damaged
                )
                delivered[file] = 3
            except (FileExistsError, NotADirectoryError, IsADirectoryError, pa.ArrowException):
                continue  # A name that is another one's folder, or what no writer can write.
        for table, (changes, damaged) in references.items():
            place.refer(table, TABLES[table], *([agency("132021")] if table == "agencies" else []))
            file = place.data / "reference" / f"{table}.parquet"
            with suppress(pa.ArrowException):
                deliver(file, mutated(pq.read_table(file), changes), damaged)
        enclose(place, manifest)
        try:
            done = place.ingest()
        except FileRefusedError as refusal:
            assert "agencies" in references
            assert hides_numbers(str(refusal))
            return
        assert hides_numbers(str(done))
        assert done.rows_loaded >= 1
        every_row_is_somewhere(place, delivered)
        again = place.ingest()
        assert (again.rows_loaded, again.refused) == (0, done.refused)
