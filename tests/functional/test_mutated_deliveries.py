"""Any delivery, however odd, ends without a traceback and without a lost row: each is loaded, a duplicate, set aside,
or in a file that was refused. `MUTATIONS` in the environment asks for more examples."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ingest.ledger import read_ledger
from tests.unit.delivery import World, row, world

EXAMPLES = int(os.environ.get("MUTATIONS", "60"))
NAMES = st.sampled_from([
    "a.parquet", "b.PARQUET", "x.parquet/part-0", "channel=batch/a.parquet", "subject_key=%20/b.parquet", "*.parquet",
    os.fsdecode("照会.parquet".encode("cp932")), "c\n.parquet", "d.csv", "week=1/requester_agency=9/a.parquet", "_x.parquet",
])  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["", " ", "\u3000", "NULL", "132012 ", "pending", "1234 5678 9018", "JM01"]), st.text(max_size=20)
)
KINDS = st.sampled_from([
    pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()), pa.int64(), pa.float64(), pa.timestamp("ns"),
    pa.timestamp("ms"), pa.timestamp("s"), pa.timestamp("us", "UTC"), pa.date32(), pa.bool_(), pa.null(), pa.binary(),
])  # fmt: skip
VALUES = st.one_of(st.none(), TEXTS, st.integers(-(2**63), 2**63 - 1))
Mutation = tuple[str, Any, Any]
MUTATIONS = st.lists(
    st.tuples(st.sampled_from([*row(1), "channel", "record_copy", "memo", ""]), KINDS, VALUES), max_size=3
)
DELIVERIES = st.lists(st.tuples(NAMES, st.integers(0, 3), MUTATIONS, st.integers(0, 400)), min_size=1, max_size=4)


def mutated(numbers: range, mutations: list[Mutation]) -> pa.Table:
    table = pa.Table.from_pylist([row(n) for n in numbers])
    for column, kind, value in mutations:
        try:
            values = (
                pa.array([value] * len(numbers), pa.int64()).cast(kind)
                if isinstance(value, int)
                else pa.array([value] * len(numbers), kind)
            )
        except (pa.ArrowException, TypeError, ValueError):
            values = pa.array([value] * len(numbers))
        if column in table.column_names:
            table = table.set_column(table.column_names.index(column), column, values)
        else:
            table = table.append_column(column, values)
    return table


def deliver(place: World, name: str, table: pa.Table, damaged: int) -> None:
    with place.path(name).open("wb") as file:
        pq.write_table(table, file)
    if damaged > 300:
        content = bytearray(place.path(name).read_bytes())
        for n in range(damaged, min(damaged + 40, len(content))):
            content[n] ^= 0x5A
        place.path(name).write_bytes(bytes(content))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(DELIVERIES)
def test_no_delivery_stops_the_run_or_loses_a_row(deliveries: list[tuple[str, int, list[Mutation], int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = world(Path(folder))
        place.deliver("sound.parquet", row(9000))
        for name, first, mutations, damaged in deliveries:
            deliver(place, name, mutated(range(first, first + 3), mutations), damaged)
        done = place.ingest()
        entries = read_ledger(place.lake)
        for entry in entries:
            parts = entry.loaded + entry.duplicate + entry.conflicting + entry.quarantined
            assert entry.status == "refused" or entry.rows == parts, entry
        assert done.rows_loaded >= 1
        assert len(entries) == done.files, "every file is in the ledger"
        again = place.ingest()
        assert (again.rows_loaded, again.refused) == (0, done.refused)
