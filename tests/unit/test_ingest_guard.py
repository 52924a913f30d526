"""No file with an Individual Number gets in, and no message shows one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.contract.identifiers import is_individual_number, without_individual_numbers
from pipelines.ingest.ledger import read_ledger
from tests.unit.delivery import World, agency, individual_number, row, rows_of, world

NUMBER = individual_number()
FULL_WIDTH = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
WRONG = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


@pytest.mark.parametrize(
    "other",
    [
        {"subject_key": NUMBER}, {"case_ref": f"  {NUMBER}\t"}, {"memo": f"\u3000{FULL_WIDTH} "}, {'a "quoted" name': NUMBER},
        {"memo": [["x", NUMBER]]}, {"memo": {"a": 1, "b": NUMBER}}, {"memo": NUMBER.encode()}, {"file_row_number": NUMBER},
    ],
    ids=["column", "spaces", "full width", "odd name", "list", "struct", "bytes", "engine's name"],
)  # fmt: skip
def test_file_with_a_number_is_refused_whole(place: World, other: dict[str, Any]) -> None:
    place.deliver("a.parquet", row(1), row(2), row(3, **other))
    place.deliver("b.parquet", row(4))
    done = place.ingest()
    assert done.rows_loaded == 1
    (line,) = done.refused
    (column,) = other
    assert line == f"linkage_log/a.parquet: column {column} holds an Individual Number in 1 row(s): 3"
    assert NUMBER not in str(done)
    everything = b"".join(place.contents().values())
    assert NUMBER.encode() not in everything


@pytest.mark.parametrize(
    "other",
    [
        {"subject_key": WRONG}, {"memo": f"x{NUMBER}"}, {"memo": f"{NUMBER}0"}, {"memo": [f"{NUMBER}, and more"]},
        {"memo": f"see {NUMBER} there"}, {"memo": {"a": f'"{NUMBER}"'}}, {"memo": int(NUMBER)}, {"memo": ""},
    ],
    ids=["check digit", "prefix", "longer", "in a text of a list", "in a text", "quoted", "integer", "empty"],
)  # fmt: skip
def test_digits_in_other_values_mean_nothing(place: World, other: dict[str, Any]) -> None:
    place.deliver("a.parquet", row(1, **other))
    assert place.ingest().refused == ()


def test_first_rows_and_the_count_are_told(place: World) -> None:
    numbers = [individual_number(f"{n:011d}") for n in range(1, 9)]
    place.deliver("a.parquet", *(row(n, subject_key=number) for n, number in enumerate(numbers)))
    assert place.ingest().refused == (
        "linkage_log/a.parquet: column subject_key holds an Individual Number in 8 row(s): 1, 2, 3, 4, 5 …",
    )


def test_dictionary_encoded_values_are_looked_at(place: World) -> None:
    place.deliver("a.parquet", row(1, subject_key=NUMBER), kinds={"subject_key": pa.dictionary(pa.int8(), pa.string())})
    assert len(place.ingest().refused) == 1


def test_reference_tables_are_looked_at(place: World) -> None:
    place.refer("agencies", agency("132012"), agency("132021"))
    place.refer("cases", {"case_ref": "c1", "agency_code": "132012", "subject_key": NUMBER})
    done = place.ingest()
    assert done.refused == ("reference/cases.parquet: column subject_key holds an Individual Number in 1 row(s): 1",)
    assert rows_of(place.lake.reference("cases")) == []


def test_sql_and_plain_check_digit_agree(place: World) -> None:
    numbers = [f"{n * 7919 % 10**12:012d}" for n in range(400)]
    expected = sum(map(is_individual_number, numbers))
    place.deliver("a.parquet", *(row(n, memo=number) for n, number in enumerate(numbers)))
    assert expected > 10
    assert f"in {expected} row(s)" in place.ingest().refused[0]


@pytest.mark.parametrize(
    "name",
    [
        f"{NUMBER}/a.parquet", f"a_{NUMBER}.parquet", f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}.parquet", f"{FULL_WIDTH}.parquet",
        f"{NUMBER}.csv", f"b={''.join(f'%3{d}' for d in NUMBER)}/a.parquet",
    ],
)  # fmt: skip
def test_a_number_in_a_name_is_never_told_nor_kept(place: World, name: str) -> None:
    place.deliver("sound.parquet", row(9))
    place.deliver(name, row(1, result=None), row(2))
    (place.data / "landing" / "manifest.csv").write_text(f"file,source\n{name},{NUMBER}\ngone {NUMBER},x\n")
    done = place.ingest()
    told = f"{done} {read_ledger(place.lake)} {place.aside()}"
    assert "…" in told
    assert without_individual_numbers(told) == told
    assert done.rows_loaded == (1 if name.endswith("csv") else 2)
    assert len(done.missing) == (2 if name.endswith("csv") else 1)


def test_files_told_apart_by_a_hidden_number_alone_stay_apart(place: World) -> None:
    numbers = [individual_number(f"{n:011d}") for n in (1, 2, 3)]
    for n, number in enumerate(numbers):
        place.deliver(f"{number}.parquet", row(1 if n < 2 else n))
    done = place.ingest()
    assert (done.rows_loaded, done.rows_duplicate) == (2, 1)
    assert [entry.file[12:] for entry in read_ledger(place.lake)] == [
        "…".join(("", f".parquet{n}")) for n in ("", " (2)", " (3)")
    ]
    assert place.ingest().known == 3


def test_a_number_as_the_value_of_a_folder_or_the_name_of_a_column_is_refused(place: World) -> None:
    place.deliver("sound.parquet", row(9))
    place.deliver(f"subject_key={NUMBER}/a.parquet", row(1))
    place.deliver("b.parquet", row(2, **{NUMBER: "x"}))
    place.refer("cases", {"case_ref": "c1", "agency_code": "132012", NUMBER: "x"})
    done = place.ingest()
    assert done.rows_loaded == 1
    assert [line.split(": ", 1)[1] for line in done.refused] == [
        "the name of column number 3 holds an Individual Number",
        "the name of column number 10 holds an Individual Number",
        "column subject_key holds an Individual Number in 1 row(s): 1",
    ]
    assert NUMBER not in f"{done} {read_ledger(place.lake)}"


@pytest.mark.parametrize("text", [WRONG, f"1{NUMBER}", f"{NUMBER}2", "2026-11-10", "week=2026-W46/part-00001"])
def test_other_digits_in_names_stay(text: str) -> None:
    assert without_individual_numbers(text) == text
