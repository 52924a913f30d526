"""Which files are read; of the others each is named, unless it belongs to the writer."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import normalize

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import FileRefusedError
from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import World, agency, ids, individual_number, row, rows_of, world

MAPPING = LogMapping.model_validate({"rename": {name: name for name in row(1)}})


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


def test_parts_in_a_folder_and_what_their_writer_keeps_beside_them(place: World) -> None:
    place.deliver("x.parquet/part-0.snappy.parquet", row(1))
    place.deliver("x.parquet/000001_0", row(2))
    place.deliver("x.parquet/_temporary/0/part-1.parquet", row(3))
    place.deliver(".hidden/a.parquet", row(4))
    for name in ("x.parquet/_SUCCESS", "x.parquet/.part-0.crc", "_delta_log/0.json"):
        place.path(name).touch()
    done = place.ingest()
    assert (ids(place.log()), done.not_read, done.refused) == (["R000001", "R000002"], (), ())


def test_other_names_are_told(place: World) -> None:
    place.deliver("LOG.PARQUET", row(1))
    place.deliver("b.parq", row(2))
    for name in ("log.csv", "x.parquet/notes.txt", "c.parquet.gz"):
        place.path(name).touch()
    os.mkfifo(place.path("pipe.parquet"))
    place.path("nowhere.parquet").symlink_to(place.root / "absent")
    (place.data / "reference" / "cases.csv").touch()
    place.refer("people", {"a": 1})
    done = place.ingest()
    assert ids(place.log()) == ["R000001"]
    assert [line.split(":")[0] for line in done.not_read] == [
        *(f"linkage_log/{name}" for name in ("b.parq", "c.parquet.gz", "log.csv", "nowhere.parquet", "pipe.parquet", "x.parquet/notes.txt")),
        "reference/cases.csv", "reference/people.parquet",
    ]  # fmt: skip


def test_capitals_in_reference_tables_are_read(tmp_path: Path) -> None:
    place = world(tmp_path)
    folder = place.data / "reference"
    (folder / "agencies.parquet").rename(folder / "agencies.PARQUET")
    place.ingest()
    assert len(rows_of(place.lake.reference("agencies"))) == 2


def test_what_lies_there_instead_of_the_agencies_is_told(tmp_path: Path) -> None:
    place = World(tmp_path)
    (place.data / "reference").mkdir(parents=True)
    (place.data / "reference" / "agencies.csv").touch()
    with pytest.raises(FileRefusedError, match=r"not read: reference/agencies\.csv"):
        place.ingest()


def test_links_are_followed_once(place: World, tmp_path: Path) -> None:
    other = World(tmp_path / "nas")
    real = other.deliver("a.parquet", row(2))
    place.deliver("ok.parquet", row(1))
    place.path("nas").symlink_to(real.parent)
    place.path("again").symlink_to(real.parent)
    place.path("ok-again.parquet").symlink_to(place.path("ok.parquet"))
    place.path("loop").symlink_to(place.data)
    real.with_name("back").symlink_to(place.data / "landing")
    done = place.ingest()
    assert (done.files, done.rows_loaded, done.not_read) == (2, 2, ())
    assert place.ingest().known == 2


@pytest.mark.parametrize("where", ["data/landing/linkage_log/lake", "data/lake"])
def test_a_lake_is_never_a_delivery(tmp_path: Path, where: str) -> None:
    place = world(tmp_path)
    place.deliver("a.parquet", row(1))
    (tmp_path / where).mkdir(parents=True)
    (tmp_path / "lake").symlink_to(tmp_path / where)
    for mapping in (None, MAPPING):
        for known in (0, 1) if mapping is None else (1, 1):
            done = place.ingest(mapping, data=place.data)
            assert (done.files, done.known, done.not_read, done.refused) == (1, known, (), ())


class TestColumnsInFolderNames:
    """`channel=batch/`."""

    def test_they_are_read_where_the_file_lacks_them(self, place: World) -> None:
        place.deliver("channel=interactive/p.parquet", row(1))
        place.deliver("channel=batch/requester_user=%E8%81%B7%E5%93%A1%201/p.parquet", row(2))
        place.deliver("channel=batch/q.parquet", row(3, channel="interactive"))
        place.deliver("channel=__HIVE_DEFAULT_PARTITION__/p.parquet", row(4))
        place.deliver("week=2026-W46/channel= /p.parquet", row(5))
        assert place.ingest().refused == ()
        found = place.log()
        assert [r["channel"] for r in found] == ["interactive", "batch", "interactive", None, None]
        assert found[1]["requester_user"] == "職員 1"

    def test_so_are_required_ones_and_those_that_a_mapping_needs(self, place: World) -> None:
        bare = {name: value for name, value in row(1).items() if name != "requester_agency"}
        place.deliver("requester_agency=132012/p.parquet", bare)
        assert place.ingest().rows_loaded == 1
        mapping = LogMapping.model_validate({"rename": {name: name for name in bare} | {"requester_agency": "office"}})
        place.deliver("office=132012/p.parquet", bare | {"request_id": "b"})
        assert World(place.root / "other").ingest(mapping, data=place.data).rows_loaded == 1

    def test_and_guarded(self, place: World) -> None:
        place.deliver(f"subject_key={individual_number()}/p.parquet", row(1))
        assert "Individual Number" in place.ingest().refused[0]


def test_the_manifest_knows_names_in_any_normal_form(place: World) -> None:
    place.deliver(normalize("NFD", "ガス市.parquet"), row(1))
    manifest = place.data / "landing" / "manifest.csv"
    manifest.write_text(f"file,rows\n{normalize('NFC', 'ガス市.parquet')},7\u3000\n", encoding="utf-8")
    done = place.ingest()
    assert done.missing == ()
    assert "manifest.csv says 7 rows, found 1" in done.refused[0]


def test_a_manifest_in_another_encoding_is_told(place: World) -> None:
    (place.data / "landing").mkdir()
    (place.data / "landing" / "manifest.csv").write_bytes("file,rows\n照会.parquet,1\n".encode("cp932"))
    assert "manifest.csv: is no UTF-8" in place.ingest().refused[0]


def test_same_rows_in_two_folders_of_parts(place: World) -> None:
    table = pa.Table.from_pylist([row(1)])
    for name in ("a.parquet/p.parquet", "b.parquet/p.parquet"):
        pq.write_table(table, place.path(name))
    assert (place.ingest().rows_loaded, place.ingest().known) == (1, 2)


def test_agencies_of_a_mapping_stand_beside_no_table(place: World) -> None:
    place.refer("agencies", agency("132012"))
    place.deliver("a.parquet", row(1))
    assert place.ingest(MAPPING).rows_loaded == 1
