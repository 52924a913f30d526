"""`shirabe ingest` on the hand-written folder."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import run
from tests.functional.handwritten import Delivery

Output = pytest.CaptureFixture[str]


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    delivery = Delivery(tmp_path / "data")
    delivery.write_all()
    return delivery


def ingest(delivery: Delivery) -> int:
    lake = delivery.data.parent / "lake"
    return run(["ingest", "--data", str(delivery.data), "--lake", str(lake)])


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(f.relative_to(folder)): (f.read_bytes(), f.stat().st_mtime_ns) for f in found}


def test_again_loads_nothing_and_changes_nothing(delivery: Delivery, capsys: Output) -> None:
    assert ingest(delivery) == 0
    before = files(delivery.data.parent / "lake")
    capsys.readouterr()
    assert ingest(delivery) == 0
    assert "nothing new in 45 delivered files" in capsys.readouterr().out
    assert files(delivery.data.parent / "lake") == before


def test_counts_are_told(delivery: Delivery, capsys: Output) -> None:
    """A file twice, a row twice; three rows that cannot be, and one that contradicts an earlier one."""
    ingest(delivery)
    said = capsys.readouterr().out
    assert "45 delivered files" in said
    assert "of 2026-W40 to 2026-W46" in said
    assert "4 set aside, 0 files refused" in said


def test_refused_file_is_named_until_it_is_gone(delivery: Delivery, capsys: Output) -> None:
    broken = delivery.write_broken_file()
    for _ in range(2):
        assert ingest(delivery) == 10
        assert "broken/torn.parquet" in capsys.readouterr().err
    broken.unlink()
    assert ingest(delivery) == 0


def test_individual_number_is_never_shown(delivery: Delivery, capsys: Output) -> None:
    delivery.write_file_with_individual_number()
    assert ingest(delivery) == 10
    said = capsys.readouterr()
    assert "number.parquet" in said.err
    assert "subject_key" in said.err
    assert "12345678901" not in said.out + said.err


def test_folder_without_agencies_says_so(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "data").mkdir()
    assert run(["ingest", "--data", str(tmp_path / "data"), "--lake", str(tmp_path / "lake")]) == 10
    assert "agencies.parquet" in capsys.readouterr().err


def test_faulty_mapping_is_a_bad_parameter(delivery: Delivery, tmp_path: Path, capsys: Output) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("rename: {colour: farbe}\nvalues: 3\n")
    lake, data = str(tmp_path / "lake"), str(delivery.data)
    assert run(["ingest", "--data", data, "--lake", lake, "--mapping", str(mapping)]) == 12
    assert "mapping.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
def test_refusals_are_told_before_a_later_step_ends_the_run(delivery: Delivery, capsys: Output, form: str) -> None:
    delivery.write_broken_file()
    log = delivery.data / "landing" / "linkage_log"
    (log / "log.csv").touch()
    (log.parent / "manifest.csv").write_text("file\nnever.parquet\n", encoding="utf-8")
    lake = delivery.data.parent / "lake"
    data = ["--data", str(delivery.data), "--lake", str(lake)]
    assert run(["weekly", *data, "--week", "2026-W50", "--log-format", form]) == 15
    said = capsys.readouterr().err
    places = [said.index(word) for word in ("torn.parquet", "log.csv", "never.parquet", "2026-W50 ")]
    assert places == sorted(places)


def test_a_run_in_which_every_row_was_set_aside_ends_with_10(tmp_path: Path, capsys: Output) -> None:
    delivery = Delivery(tmp_path / "data")
    delivery.write_all()
    for file in (delivery.data / "landing" / "linkage_log").rglob("*.parquet"):
        table = pq.read_table(file)
        column = table.column_names.index("requester_agency")
        pq.write_table(table.set_column(column, "requester_agency", pa.array([" "] * table.num_rows)), file)
    assert ingest(delivery) == 10
    assert "every row was set aside" in capsys.readouterr().err
