"""Which delivered files are taken, which refused, and what is said of them."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import FileRefusedError
from pipelines.ingest.ledger import read_ledger
from tests.unit.delivery import World, ids, row, rows_of, world


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def test_rows_of_all_files_are_loaded_in_contract_form(place: World) -> None:
    place.deliver("a/1.parquet", row(1), row(2))
    place.deliver("b.parquet", row(3, channel="interactive", requester_user="u1", items_returned=4))
    done = place.ingest()
    assert (done.files, done.files_loaded, done.rows_delivered, done.rows_loaded) == (2, 2, 3, 3)
    found = place.log()
    assert ids(found) == ["R000001", "R000002", "R000003"]
    assert found[2]["requester_user"] == "u1"
    assert found[0]["requester_user"] is None
    assert {r["record_copies"] for r in found} == {"core"}
    schema = pq.read_schema(place.lake.log(done.weeks[0]))
    assert schema.field("requested_at").type == pa.timestamp("us")
    assert schema.field("items_returned").type == pa.int32()


def test_log_is_sorted_for_the_queries_that_follow(place: World) -> None:
    place.deliver("a.parquet", row(2, requester_agency="B"), row(1, requester_agency="B"), row(3, requester_agency="A"))
    place.ingest()
    assert ids(rows_of(place.lake.log(place.lake.weeks()[0]))) == ["R000003", "R000001", "R000002"]


def test_files_that_cannot_be_read_are_refused_and_the_rest_loaded(place: World) -> None:
    place.deliver("good.parquet", row(1))
    place.path("text.parquet").write_text("no parquet")
    whole = place.deliver("cut.parquet", *(row(n) for n in range(2, 500)))
    whole.write_bytes(whole.read_bytes()[:-300])
    place.path("empty.parquet").touch()
    done = place.ingest()
    assert done.rows_loaded == 1
    assert [line.split(":")[0] for line in done.refused] == [
        f"linkage_log/{n}.parquet" for n in ("cut", "empty", "text")
    ]
    assert all("cut short" in line for line in done.refused)


def test_all_faults_of_a_file_are_told_at_once(place: World) -> None:
    table = pa.Table.from_pylist([row(1)]).drop_columns(["item_code", "provider_agency"])
    place.deliver_table("bad.parquet", table.set_column(1, "requested_at", pa.array(["2026-11-10"])))
    (line,) = place.ingest().refused
    assert "column item_code is missing, expected VARCHAR" in line
    assert "column provider_agency is missing" in line
    assert "column requested_at: expected TIMESTAMP, found string" in line


def test_time_with_a_zone_is_refused_with_advice(place: World) -> None:
    place.deliver("zoned.parquet", row(1), kinds={"requested_at": pa.timestamp("us", "UTC")})
    (line,) = place.ingest().refused
    assert "found timestamp[us, tz=UTC]" in line
    assert "mapping" in line


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("requested_at", pa.timestamp("ms")), ("requested_at", pa.timestamp("ns")), ("requested_at", pa.timestamp("s")),
        ("result", pa.large_string()), ("requester_agency", pa.dictionary(pa.int8(), pa.string())),
        ("items_returned", pa.int8()), ("items_returned", pa.uint64()), ("inquiry_from", pa.timestamp("us")),
    ],
)  # fmt: skip
def test_types_that_lose_nothing_are_taken(place: World, column: str, kind: pa.DataType) -> None:
    sound = row(1, items_returned=3, inquiry_from=date(2026, 1, 2))
    place.deliver("a.parquet", sound, kinds={column: kind})
    assert place.ingest().refused == ()
    assert place.log()[0][column] == sound[column]


def test_files_of_one_column_in_several_types_load_together(place: World) -> None:
    place.deliver("a.parquet", row(1, items_returned=1), kinds={"items_returned": pa.int8()})
    place.deliver("b.parquet", row(2, items_returned=2), kinds={"items_returned": pa.int64()})
    place.deliver("c.parquet", row(3, colour=5))
    place.deliver("d.parquet", row(4, colour="red"))
    assert place.ingest().rows_loaded == 4
    assert [r["items_returned"] for r in place.log()] == [1, 2, None, None]


def test_other_columns_are_ignored_and_told(place: World) -> None:
    place.deliver("a.parquet", row(1, colour="red", file_row_number=7, filename="x", week="y"))
    done = place.ingest()
    assert done.refused == ()
    assert done.ignored_columns == ("colour", "file_row_number", "filename", "week")
    assert place.log()[0]["request_id"] == "R000001"


def test_column_there_twice_is_refused(place: World) -> None:
    table = pa.Table.from_pylist([row(1)])
    place.deliver_table("a.parquet", table.append_column("Result", pa.array(["no_record"])))
    assert "2 times" in place.ingest().refused[0]


@pytest.mark.parametrize("name", ["week=2026-W46/it's [1].parquet", "*.parquet", "全角 空白?.parquet"])
def test_names_of_files_may_be_anything(place: World, name: str) -> None:
    place.deliver(name, row(1))
    assert place.ingest().rows_loaded == 1


def test_empty_landing_and_references_only_is_fine(place: World) -> None:
    done = place.ingest()
    assert (done.files, done.refused, done.weeks) == (0, (), ())
    assert all(place.lake.reference(t).exists() for t in ("agencies", "cases", "calendar"))


def test_file_without_rows_is_loaded(place: World) -> None:
    place.deliver_table("a.parquet", pa.Table.from_pylist([row(1)]).slice(0, 0))
    assert place.ingest().files_loaded == 1
    assert place.ingest().known == 1


def test_without_agencies_nothing_is_loaded(tmp_path: Path) -> None:
    bare = World(tmp_path)
    bare.deliver("a.parquet", row(1))
    with pytest.raises(FileRefusedError, match=r"reference/agencies\.parquet is missing"):
        bare.ingest()


class TestManifest:
    """`landing/manifest.csv`."""

    def write(self, place: World, *lines: str) -> Path:
        file = place.data / "landing" / "manifest.csv"
        file.write_text("\n".join(["file,rows,sha256,source,period_from,period_to", *lines]) + "\n", encoding="utf-8")
        return file

    def test_disagreement_refuses_until_it_is_mended(self, place: World) -> None:
        place.deliver("a.parquet", row(1))
        place.deliver("b.parquet", row(2))
        file = self.write(place, "linkage_log/a.parquet,2,,,,", f"b.parquet,1,{'0' * 64},,,")
        done = place.ingest()
        assert done.rows_loaded == 0
        assert "manifest.csv says 2 rows, found 1" in done.refused[0]
        assert "SHA-256" in done.refused[1]
        file.unlink()
        assert place.ingest().rows_loaded == 2
        assert {entry.status for entry in read_ledger(place.lake)} == {"loaded"}

    def test_announced_files_that_are_not_there_are_missing(self, place: World) -> None:
        place.deliver("a.parquet", row(1))
        self.write(place, "a.parquet,1,,here,2026-11-09,2026-11-15", "linkage_log/b.parquet,5,,,,")
        assert place.ingest().missing == ("linkage_log/b.parquet",)
        assert read_ledger(place.lake)[0].source == "here"

    def test_unreadable_manifest_is_told(self, place: World) -> None:
        place.deliver("a.parquet", row(1))
        (place.data / "landing" / "manifest.csv").write_bytes(b"file\n\xff\xfe")
        done = place.ingest()
        assert done.rows_loaded == 1
        assert "manifest.csv" in done.refused[0]


def test_same_file_under_two_names_is_loaded_once(place: World) -> None:
    first = place.deliver("a.parquet", row(1), row(2))
    shutil.copyfile(first, place.path("z/again.parquet"))
    done = place.ingest()
    assert (done.files_loaded, done.files_duplicate, done.rows_loaded, done.rows_duplicate) == (1, 1, 2, 2)
    assert ids(place.log()) == ["R000001", "R000002"]
    entry = next(e for e in read_ledger(place.lake) if e.status == "duplicate")
    assert (entry.duplicate, entry.weeks) == (2, "2026-W46")


def test_known_files_are_not_looked_at_again(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    before = place.contents()
    done = place.ingest()
    assert (done.known, done.rows_delivered, done.weeks) == (1, 0, ())
    assert place.contents() == before


def test_file_of_a_known_name_with_other_content_is_a_new_delivery(place: World) -> None:
    place.deliver("a.parquet", row(1))
    place.ingest()
    place.deliver("a.parquet", row(2))
    assert place.ingest().rows_loaded == 1
    assert len(read_ledger(place.lake)) == 2


def test_late_file_rewrites_its_week_only(place: World) -> None:
    place.deliver("a.parquet", row(1), row(2, requested_at=datetime(2026, 11, 2, 9), responded_at=None))
    weeks = place.ingest().weeks
    untouched = place.lake.log(weeks[0])
    before = untouched.stat().st_mtime_ns
    report = place.lake.report(weeks[1]) / "manifest.json"
    report.parent.mkdir(parents=True)
    report.write_text("{}")
    place.deliver("late.parquet", row(3))
    done = place.ingest()
    assert done.weeks == done.reported == (weeks[1],)
    assert ids(place.log()) == ["R000001", "R000003"]
    assert untouched.stat().st_mtime_ns == before
