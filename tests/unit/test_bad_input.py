"""Every row of the log contract's "Bad input": a test delivers exactly that input."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.contract.columns import LINKAGE_LOG
from features.contract.identifiers import is_individual_number
from features.errors import FileRefusedError
from tests.unit.landing import MOMENT, TODAY, WEEK, Landing, agencies, request, rows_of, table

REQUIRED = [column for column in LINKAGE_LOG if column.required]
NUMBER = next(f"98765432109{check}" for check in "0123456789" if is_individual_number(f"98765432109{check}"))
NO_NUMBER = NUMBER[:11] + str((int(NUMBER[11]) + 1) % 10)
MIDNIGHT_AFTER_TOMORROW = datetime.combine(TODAY + timedelta(days=2), datetime.min.time())


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landing = Landing(tmp_path)
    landing.reference("agencies", agencies("132012", "132021"))
    landing.deliver("sound.parquet", request("R1"), request("R2"))
    return landing


def refused(landing: Landing, name: str) -> str:
    """Ingest, see that the file alone was refused and the sound one loaded; the reason."""
    done = landing.ingest()
    assert len(done.refused) == 1
    assert done.refused[0].startswith(f"linkage_log/{name}: ")
    assert landing.ids() == ["R1", "R2"]
    entry = landing.entry(name)
    assert (entry.status, entry.loaded) == ("refused", 0)
    return entry.reason


def test_no_parquet_is_refused(landing: Landing) -> None:
    landing.place("text.parquet").write_text("request_id,requested_at\n")
    assert "no readable Parquet" in refused(landing, "text.parquet")


def test_empty_file_is_refused(landing: Landing) -> None:
    landing.place("empty.parquet").write_bytes(b"")
    assert "no readable Parquet" in refused(landing, "empty.parquet")


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_cut_file_is_refused(landing: Landing, kept: float) -> None:
    whole = landing.deliver("cut.parquet", *(request(f"C{n}") for n in range(500))).read_bytes()
    landing.place("cut.parquet").write_bytes(whole[: int(len(whole) * kept)])
    assert "no readable Parquet" in refused(landing, "cut.parquet")


@pytest.mark.parametrize("column", [column.name for column in REQUIRED])
def test_missing_column_is_named_with_its_type(landing: Landing, column: str) -> None:
    landing.deliver_table("lacks.parquet", table([request("L1")]).drop_columns([column]))
    kind = next(c.kind for c in REQUIRED if c.name == column)
    assert f"column {column} is missing, expected {kind}" in refused(landing, "lacks.parquet")


def test_all_faults_of_a_file_at_once(landing: Landing) -> None:
    rows = table([request("L1")]).drop_columns(["result", "item_code"])
    rows = rows.set_column(rows.schema.get_field_index("requested_at"), "requested_at", pa.array(["2026-11-04"]))
    landing.deliver_table("faults.parquet", rows)
    reason = refused(landing, "faults.parquet")
    assert "column result is missing" in reason
    assert "column item_code is missing" in reason
    assert "column requested_at: expected TIMESTAMP, found string" in reason


def test_time_with_a_zone_is_refused_and_the_way_out_named(landing: Landing) -> None:
    zoned = table([request("Z1")], {"requested_at": pa.timestamp("us", "UTC")})
    landing.deliver_table("zoned.parquet", zoned)
    assert "convert them by a mapping" in refused(landing, "zoned.parquet")


@pytest.mark.parametrize(
    "types",
    [
        {"requested_at": pa.timestamp("ns")}, {"requested_at": pa.timestamp("s")}, {"request_id": pa.large_string()},
        {"result": pa.dictionary(pa.int8(), pa.string())}, {"items_returned": pa.int64()},
        {"items_returned": pa.uint8()}, {"requester_user": pa.null()},
    ],
    ids=str,
)  # fmt: skip
def test_other_widths_of_a_type_are_taken(landing: Landing, types: dict[str, pa.DataType]) -> None:
    row = request("W1", items_returned=3)
    if pa.null() in types.values():
        row["requester_user"] = None
    landing.deliver_table("wide.parquet", table([row], types))
    assert not landing.ingest().refused
    loaded = next(r for r in landing.log() if r["request_id"] == "W1")
    assert (loaded["requested_at"], loaded["result"], loaded["items_returned"]) == (MOMENT, "provided", 3)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        *(({column.name: None}, f"{column.name} is null or unusable") for column in REQUIRED),
        ({"requester_agency": ""}, "requester_agency is null or unusable"),
        ({"item_code": "   "}, "item_code is null or unusable"),
        ({"requester_agency": "1" * 17}, "requester_agency is longer than 16 characters"),
        ({"responded_at": MOMENT - timedelta(seconds=1)}, "responded_at before requested_at"),
        ({"requested_at": datetime(2014, 12, 31, 23, 59, 59)}, "requested_at outside 2015 to tomorrow"),
        ({"requested_at": MIDNIGHT_AFTER_TOMORROW, "responded_at": None}, "requested_at outside 2015 to tomorrow"),
        ({"responded_at": MIDNIGHT_AFTER_TOMORROW}, "responded_at after tomorrow"),
    ],
    ids=str,
)
def test_impossible_row_is_set_aside(landing: Landing, fault: dict[str, object], reason: str) -> None:
    landing.deliver("rows.parquet", request("GOOD"), request("BAD") | fault)
    done = landing.ingest()
    assert (done.rows_loaded, done.rows_quarantined, done.quarantined_by_reason) == (3, 1, {reason: 1})
    assert landing.ids() == ["GOOD", "R1", "R2"]
    [row] = landing.aside()
    assert (row["reason"], row["row_number"]) == (reason, 2)
    assert row["delivery_id"] == landing.entry("rows.parquet").delivery_id


@pytest.mark.parametrize(
    "fine",
    [
        {"responded_at": MOMENT}, {"responded_at": None},
        {"requested_at": datetime(2015, 1, 1), "responded_at": None},
        {"requested_at": MIDNIGHT_AFTER_TOMORROW - timedelta(microseconds=1), "responded_at": None},
    ],
    ids=str,
)  # fmt: skip
def test_edges_are_inside(landing: Landing, fine: dict[str, object]) -> None:
    landing.deliver("rows.parquet", request("EDGE") | fine)
    assert landing.ingest().rows_loaded == 3


@pytest.mark.parametrize("column", ["result", "channel"])
def test_unknown_value_is_kept_as_unknown_and_counted(landing: Landing, column: str) -> None:
    landing.deliver("odd.parquet", request("ODD", **{column: "telepathy"}), request("EVEN"))
    assert {c: n for c, n in landing.ingest().unknown_values.items() if n} == {column: 1}
    values = {row["request_id"]: row[column] for row in landing.log()}
    assert values["ODD"] == "unknown"
    assert values["EVEN"] == request("EVEN")[column]
    assert landing.entry("odd.parquet").unknown_values == 1


def test_unknown_kind_is_kept_as_unknown_and_counted(landing: Landing) -> None:
    landing.reference("agencies", agencies("132012", kind="space station"))
    assert any("kind is unknown in 1 row" in note for note in landing.ingest().notes)
    assert [row["kind"] for row in rows_of(landing.lake.reference("agencies"))] == ["unknown"]


def test_other_columns_are_ignored_and_counted(landing: Landing) -> None:
    landing.deliver("more.parquet", request("M1", favourite_colour="green"))
    assert landing.ingest().ignored_columns == ("favourite_colour",)
    assert "favourite_colour" not in landing.log()[0]


def test_same_file_under_another_name_is_loaded_once(landing: Landing) -> None:
    shutil.copyfile(landing.place("sound.parquet"), landing.place("zz_again.parquet"))
    done = landing.ingest()
    assert (done.files_loaded, done.files_duplicate, done.rows_loaded, done.rows_duplicate) == (1, 1, 2, 2)
    assert landing.entry("zz_again.parquet").status == "duplicate"
    assert landing.ids() == ["R1", "R2"]


def test_same_request_in_two_files_is_loaded_once(landing: Landing) -> None:
    landing.deliver("second.parquet", request("R2"), request("R3"))
    done = landing.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (3, 1, 0)
    assert landing.ids() == ["R1", "R2", "R3"]


def test_request_with_other_content_is_set_aside_and_both_files_named(landing: Landing) -> None:
    landing.deliver("tale.parquet", request("R2", item_code="TM02"))
    done = landing.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_conflicting) == (2, 0, 1)
    [row] = landing.aside()
    assert "linkage_log/sound.parquet" in row["reason"]
    assert "linkage_log/tale.parquet" in row["reason"]
    assert {r["item_code"] for r in landing.log()} == {"TM01"}


def test_late_file_for_a_reported_week_is_loaded_and_the_week_marked(landing: Landing) -> None:
    landing.ingest()
    manifest = landing.lake.report(WEEK) / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    landing.deliver("late.parquet", request("LATE"))
    assert landing.ingest().reported == (WEEK,)
    assert landing.ids() == ["LATE", "R1", "R2"]


@pytest.mark.parametrize("column", ["subject_key", "request_id", "remark"])
def test_individual_number_refuses_the_file_and_is_never_shown(landing: Landing, column: str) -> None:
    rows = [request(f"N{n}", remark="", subject_key="s1") for n in range(4)]
    rows[2][column] = NUMBER
    landing.deliver("number.parquet", *rows)
    reason = refused(landing, "number.parquet")
    assert reason == f"column {column} holds an Individual Number in 1 row(s): 3"
    everything = b"".join(content for content, _ in landing.contents().values())
    assert NUMBER.encode() not in everything


@pytest.mark.parametrize("value", [NO_NUMBER, f"x{NUMBER}", f"{NUMBER}0", NUMBER[:11]])
def test_digits_that_are_no_whole_number_are_let_through(landing: Landing, value: str) -> None:
    landing.deliver("digits.parquet", request("D1", subject_key=value))
    assert not landing.ingest().refused


def test_individual_number_inside_a_nested_column_is_found(landing: Landing) -> None:
    nested = pa.array([["a"], [NUMBER]], pa.list_(pa.string()))
    landing.deliver_table("nested.parquet", table([request("N1"), request("N2")]).append_column("notes", nested))
    assert "column notes holds an Individual Number in 1 row(s): 2" in refused(landing, "nested.parquet")


def test_individual_number_in_a_reference_table_refuses_it(landing: Landing) -> None:
    landing.reference("campaigns", {
        "campaign_id": ["K1"], "name": [NUMBER], "affair_code": ["JM01"],
        "starts": pa.array([date(2026, 1, 1)]), "ends": pa.array([date(2026, 2, 1)]),
    })  # fmt: skip
    done = landing.ingest()
    assert done.refused == ("reference/campaigns.parquet: column name holds an Individual Number in 1 row(s): 1",)
    assert rows_of(landing.lake.reference("campaigns")) == []


def test_without_agencies_nothing_is_loaded(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.deliver("sound.parquet", request("R1"))
    with pytest.raises(FileRefusedError, match=r"reference/agencies\.parquet is missing"):
        landing.ingest()
    assert not landing.lake.weeks()


def test_file_that_was_mended_is_loaded(landing: Landing) -> None:
    landing.place("late.parquet").write_bytes(b"")
    landing.ingest()
    landing.deliver("late.parquet", request("R9"))
    assert not landing.ingest().refused
    assert landing.ids() == ["R1", "R2", "R9"]


def test_manifest_that_promises_other_rows_refuses_the_file(landing: Landing) -> None:
    landing.deliver("short.parquet", request("S1"))
    (landing.data / "landing" / "manifest.csv").write_text("file,rows\nlinkage_log/short.parquet,7\n")
    assert "manifest.csv says 7 rows, found 1" in refused(landing, "short.parquet")


def test_log_has_the_contracts_columns_and_types(landing: Landing) -> None:
    landing.ingest()
    schema = pq.read_schema(landing.lake.log(landing.lake.weeks()[0]))
    assert schema.names == [*(column.name for column in LINKAGE_LOG), "record_copies", "delivery_id"]
    kinds = {"VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us"), "DATE": pa.date32(), "INTEGER": pa.int32(),
             "BOOLEAN": pa.bool_()}  # fmt: skip
    assert all(schema.field(column.name).type == kinds[column.kind] for column in LINKAGE_LOG)
