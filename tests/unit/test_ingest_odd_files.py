"""One odd file never stops the others: it is refused whole by its name, in each run for as long as it lies there."""

from __future__ import annotations

import os
import struct
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.engines.duckdb import DuckDBEngine
from pipelines.ingest import reading
from tests.unit.delivery import World, agency, ids, row, rows_of, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def damage(file: Path) -> None:
    """Other bytes in the pages, the footer whole."""
    content = bytearray(file.read_bytes())
    for n in range(200, len(content) // 2):
        content[n] ^= 0x5A
    file.write_bytes(bytes(content))


def sjis(*texts: str) -> pa.Array:
    """A column of strings whose bytes are Shift_JIS."""
    raw = [text.encode("cp932") for text in texts]
    ends = [sum(map(len, raw[:n])) for n in range(len(raw) + 1)]
    buffers = (pa.py_buffer(struct.pack(f"<{len(ends)}i", *ends)), pa.py_buffer(b"".join(raw)))
    return pa.StringArray.from_buffers(len(raw), *buffers)


def test_damaged_pages(place: World) -> None:
    place.deliver("a.parquet", row(1))
    damage(place.deliver("bad.parquet", *(row(n, case_ref=f"c{n * 7919}") for n in range(2, 3000))))
    place.deliver("z.parquet", row(5000))
    for loaded in (2, 0):
        done = place.ingest()
        assert done.rows_loaded == loaded
        (line,) = done.refused
        assert line.startswith("linkage_log/bad.parquet: cannot be read to its end")
        assert ids(place.log()) == ["R000001", "R005000"]


def test_damaged_pages_of_times_alone(place: World) -> None:
    """The guard reads texts only: such a file fails when its batch is loaded."""
    place.deliver("a.parquet", row(1))
    rows = [row(n, requested_at=datetime(2026, 11, 10, 9, 0, 0, n), responded_at=None) for n in range(2, 3000)]
    file = place.deliver("bad.parquet", *rows)
    with pq.ParquetFile(file) as whole:
        column = whole.metadata.row_group(0).column(1)
        start, size = column.dictionary_page_offset or column.data_page_offset, column.total_compressed_size
    content = bytearray(file.read_bytes())
    content[start + 40 : start + size] = bytes(size - 40)
    file.write_bytes(bytes(content))
    done = place.ingest()
    assert (ids(place.log()), len(done.refused)) == (["R000001"], 1)
    assert place.aside() == []
    assert "bad.parquet" in place.ingest().refused[0]


@pytest.mark.parametrize("column", ["requester_department", "memo"])
def test_bytes_that_are_no_utf8(place: World, column: str) -> None:
    place.deliver("a.parquet", row(1))
    place.deliver_table("bad.parquet", pa.Table.from_pylist([row(2)]).append_column(column, sjis("東京")))
    done = place.ingest()
    assert ids(place.log()) == ["R000001"]
    assert done.refused == ("linkage_log/bad.parquet: holds text that is no UTF-8; it cannot be read to its end",)


def test_sound_deliveries_are_never_read_singly(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_fault", None)
    place.deliver("a.parquet", row(1))
    place.path("torn.parquet").write_text("PAR1")
    assert place.ingest().rows_loaded == 1


def test_what_is_no_fault_of_a_file_is_raised(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DuckDBEngine, "parquet", full)
    place.deliver("a.parquet", row(1))
    with pytest.raises(OSError, match="No space left"):
        place.ingest()


@pytest.mark.parametrize("unit", ["ms", "us"])
def test_times_that_cannot_be_are_rows_set_aside(place: World, unit: str) -> None:
    beyond = {
        "ms": [56_000_000_000 * 1000, 9223372036854775807, -9223372036854775807],
        "us": [1768521600000000000, 2**63 - 1],
    }
    table = pa.Table.from_pylist([row(n) for n in range(len(beyond[unit]) + 1)])
    kind = pa.timestamp(unit)
    sound = table["requested_at"].cast(kind)[0].value
    times = pa.array([*beyond[unit], sound], pa.int64()).cast(kind)
    table = table.drop_columns(["responded_at"]).set_column(1, "requested_at", times)
    place.deliver_table("bad.parquet", table)
    place.deliver("good.parquet", row(100))
    done = place.ingest()
    assert done.refused == ()
    assert done.quarantined_by_reason == {"requested_at outside 2015 to tomorrow": len(beyond[unit])}
    assert done.rows_loaded == 2


@pytest.mark.parametrize(
    "raw", ["照会記録.parquet".encode("cp932"), b"a\nb.parquet", b"[a-z]*?.parquet", b"back\\slash.parquet"]
)
def test_names_in_any_bytes(place: World, raw: bytes) -> None:
    place.deliver("good.parquet", row(1))
    plain = place.deliver("plain.parquet", row(2))
    odd = plain.rename(plain.with_name(os.fsdecode(raw)))
    assert place.ingest().rows_loaded == 2
    assert place.ingest().known == 2
    odd.write_text("no parquet")
    (line,) = place.ingest().refused
    assert line.isprintable()


def test_a_column_without_a_name(place: World) -> None:
    place.deliver_table("a.parquet", pa.Table.from_pylist([row(1)]).append_column("", pa.array(["x"])))
    assert (place.ingest().rows_loaded, len(place.log())) == (1, 1)


def test_files_that_cannot_be_opened(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place.deliver("a.parquet", row(1))
    locked, original = place.deliver("locked.parquet", row(2)), Path.open

    def refusing(self: Path, *given: object, **named: object) -> object:
        if self == locked:
            raise PermissionError(13, "Permission denied")
        return original(self, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    done = place.ingest()
    assert done.rows_loaded == 1
    assert done.refused == ("linkage_log/locked.parquet: cannot be opened (Permission denied)",)


class TestReferenceTables:
    """A table that cannot be read is refused, and the last good one stays."""

    CASES = tuple({"case_ref": f"c{n * 7919}", "agency_code": "132012"} for n in range(3000))

    def test_damaged_pages(self, place: World) -> None:
        place.deliver("a.parquet", row(1))
        place.refer("cases", *self.CASES[:2])
        place.ingest()
        place.refer("cases", *self.CASES)
        damage(place.data / "reference" / "cases.parquet")
        place.deliver("b.parquet", row(2))
        for loaded in (1, 0):
            done = place.ingest()
            assert (done.rows_loaded, len(done.refused)) == (loaded, 1)
            assert done.refused[0].startswith("reference/cases.parquet: cannot be read to its end")
            assert len(rows_of(place.lake.reference("cases"))) == 2

    def test_bytes_that_are_no_utf8(self, place: World) -> None:
        place.ingest()
        table = pa.Table.from_pylist([agency("132012")])
        table = table.set_column(1, "name", sjis("東京"))
        pq.write_table(table, place.data / "reference" / "agencies.parquet")
        assert "no UTF-8" in place.ingest().refused[0]
        assert len(rows_of(place.lake.reference("agencies"))) == 2

    def test_a_folder_of_parts(self, place: World) -> None:
        folder = place.data / "reference" / "cases.parquet"
        folder.mkdir()
        for n in (0, 1):
            pq.write_table(pa.Table.from_pylist([self.CASES[n], self.CASES[2]]), folder / f"part-{n}.parquet")
        (folder / "_SUCCESS").touch()
        assert place.ingest().notes == ("reference/cases.parquet: 1 row(s) stand twice",)
        assert len(rows_of(place.lake.reference("cases"))) == 3
        (folder / "part-1.parquet").write_text("no parquet")
        assert "no readable Parquet" in place.ingest().refused[0]
        assert len(rows_of(place.lake.reference("cases"))) == 3

    def test_dates_beyond_all_calendars(self, place: World) -> None:
        far = pa.array([10**9, 2932896], pa.int32()).cast(pa.date32())
        table = pa.table(
            {"case_ref": ["a", "b"], "agency_code": ["132012"] * 2, "opened": [date(2026, 1, 1)] * 2, "closed": far}
        )
        pq.write_table(table, place.data / "reference" / "cases.parquet")
        place.ingest()
        assert [r["closed"] for r in rows_of(place.lake.reference("cases"))] == [None, None]
