"""How the record reaches the watchers: in order from the tidy, twice, late and with copies from the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.otherworld.answers import Answers
from benchmarks.otherworld.lives import Society, copies_kept
from benchmarks.otherworld.nation import Ints
from benchmarks.otherworld.plot import Plot
from benchmarks.otherworld.records import Names, delivered, request_ids, write
from benchmarks.otherworld.slips import Slips


def deliver(society: Society, names: Names, heap: Slips, answers: Answers, plot: Plot, folder: Path) -> None:
    """Write all files of the log below a folder."""
    rng = np.random.default_rng([society.seed, 4])
    copiers = _copiers(society)
    codes = pa.array(society.agencies.code[copiers].tolist(), pa.string())
    missing = np.flatnonzero(np.isin(heap.event, plot.erased))
    erased = pa.array(request_ids(society, missing)).cast(pa.string())
    for name, rows in delivered(society, names, heap, answers):
        whole = rows.append_column("record_copy", pa.array(["core"] * len(rows))) if len(copiers) else rows
        untidy = rng.random(3) < society.habits.untidy * np.array([0.4, 0.5, 0.5])
        if untidy[0]:
            write(whole, folder / f"{name}-again.parquet")
        if untidy[1]:
            whole = pa.concat_tables([whole, _spoiled(whole, rng)])
        if untidy[2] and len(whole) > 50:
            late = rng.random(len(whole)) < 0.04
            write(whole.filter(pa.array(late)), folder / f"zz-late/{name.replace('/', '-')}.parquet")
            whole = whole.filter(pa.array(~late))
        write(whole, folder / f"{name}.parquet")
        if len(copiers) and not name.endswith("a"):
            _write_copies(rows, codes, erased, folder / f"copies/{name}.parquet")


def _copiers(society: Society) -> Ints:
    return np.flatnonzero(copies_kept(society, np.arange(len(society.agencies.kind))))


def _write_copies(rows: pa.Table, codes: pa.Array, erased: pa.Array, target: Path) -> None:
    """The requesters' own copies, of the agencies that deliver them; what was erased there is missing."""
    own = rows.filter(pc.is_in(rows["requester_agency"], codes))
    own = own.filter(pc.invert(pc.is_in(own["request_id"], erased)))
    if len(own):
        write(own.append_column("record_copy", pa.array(["requester"] * len(own))), target)


def _spoiled(rows: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Some rows that cannot be: an answer before its question."""
    some = rows.take(pa.array(np.sort(rng.choice(len(rows), min(len(rows), 3), replace=False))))
    asked = some["requested_at"]
    early = pc.subtract(asked, pa.scalar(3_600_000_000, pa.duration("us")))
    ids = pa.array([f"X{text.as_py()[1:]}" for text in some["request_id"]])
    some = some.set_column(some.column_names.index("request_id"), "request_id", ids)
    return some.set_column(some.column_names.index("responded_at"), "responded_at", early.cast(pa.timestamp("us")))
