"""Blank is not a value: padding at both ends is no part of a text, wherever it is delivered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.contract.blanks import BLANKS
from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import World, agency, individual_number, row, rows_of, world

PADDINGS = ["    ", "\t", "\r\n", "\u3000", "\u00a0", "\u2003 ", "\ufeff"]


@pytest.fixture
def place(tmp_path: Path) -> World:
    return world(tmp_path)


@pytest.mark.parametrize("padding", PADDINGS, ids=ascii)
def test_a_padded_request_is_the_one_without_padding(place: World, padding: str) -> None:
    sound = row(1, requester_user="u1", channel="batch", record_copy="core")
    padded = {name: f"{padding}{value}{padding}" if isinstance(value, str) else value for name, value in sound.items()}
    place.deliver("a.parquet", sound)
    place.deliver("b.parquet", padded)
    done = place.ingest()
    assert (done.rows_loaded, done.rows_duplicate, done.rows_quarantined, done.unknown_values) == (1, 1, 0, {})
    assert place.log()[0]["requester_user"] == "u1"


@pytest.mark.parametrize("blank", ["", *PADDINGS], ids=ascii)
def test_blank_text_is_null(place: World, blank: str) -> None:
    optional = dict.fromkeys(("requester_user", "subject_key", "case_ref", "channel", "response_mode"), blank)
    place.deliver("a.parquet", row(1, **optional), row(2, item_code=blank))
    done = place.ingest()
    assert {place.log()[0][name] for name in optional} == {None}
    assert done.quarantined_by_reason == {"item_code is null or unusable": 1}
    assert done.unknown_values == {}


def test_blanks_within_a_text_and_its_case_stay(place: World) -> None:
    place.deliver("a.parquet", row(1, requester_user=" A b\u3000c "), row(2, requester_user="NULL"))
    place.ingest()
    assert [r["requester_user"] for r in place.log()] == ["A b\u3000c", "NULL"]


def test_length_and_beginning_are_judged_without_padding(place: World) -> None:
    place.deliver("a.parquet", row(1, requester_agency="132012".ljust(40), affair_code="\u3000JM01"))
    assert place.ingest().rows_loaded == 1


def test_every_blank_is_padding_of_an_individual_number_too(place: World) -> None:
    for number, blank in enumerate(BLANKS):
        place.deliver(f"{number}.parquet", row(number, case_ref=f"{blank}{individual_number()}{blank}"))
    assert len(place.ingest().refused) == len(BLANKS)


def test_reference_tables_join_without_padding(place: World) -> None:
    place.refer("agencies", agency("132012 ", kind="city\u3000", municipality_code=" 132012"), agency("\u3000"))
    place.refer(
        "accounts",
        {"requester_user": "u1  ", "agency_code": "132012\t", "department": " ", "valid_from": date(2026, 1, 1)},
    )
    done = place.ingest()
    assert done.notes == ("reference/agencies.parquet: 1 row(s) without agency_code were left out",)
    (found,) = rows_of(place.lake.reference("agencies"))
    assert (found["agency_code"], found["kind"]) == ("132012", "city")
    (account,) = rows_of(place.lake.reference("accounts"))
    assert (account["requester_user"], account["agency_code"], account["department"]) == ("u1", "132012", None)


def test_mapped_values_and_codes_are_compared_without_padding(place: World) -> None:
    foreign = {"outcome": "1 ", "topic": "\u30007", "user": " "}
    place.deliver("a.parquet", row(1) | foreign, row(2) | foreign | {"topic": "  "})
    mapping = LogMapping.model_validate({
        "rename": {name: name for name in row(1) if name not in ("result", "affair_code")}
        | {"result": "outcome", "affair_code": "topic", "requester_user": "user"},
        "values": {"result": {"1": "no_record"}}, "prefix": {"affair_code": "JM"},
    })  # fmt: skip
    done = place.ingest(mapping)
    (found,) = place.log()
    assert (found["result"], found["affair_code"], found["requester_user"]) == ("no_record", "JM7", None)
    assert done.quarantined_by_reason == {"affair_code is null or unusable": 1}


def test_open_ends_and_rows_that_stand_twice(place: World) -> None:
    case = {"case_ref": "c1", "agency_code": "132012", "opened": date(2026, 1, 1)}
    place.refer("cases", case | {"closed": date(9999, 12, 31)}, case | {"closed": date(2201, 1, 1)})
    assert place.ingest().notes == ("reference/cases.parquet: 1 row(s) stand twice",)
    assert [r["closed"] for r in rows_of(place.lake.reference("cases"))] == [None]
