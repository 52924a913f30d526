"""Every not-null column of the contract, not a choice of them: what is added to the contract is asked at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from features.contract.columns import LINKAGE_LOG
from pipelines.ingest.mapping import LogMapping
from tests.unit.delivery import World, ids, row, world

REQUIRED = {column.name: column.kind for column in LINKAGE_LOG if column.required}


def test_a_file_without_any_one_of_them_is_refused(tmp_path: Path) -> None:
    place = world(tmp_path)
    for column in REQUIRED:
        place.deliver_table(f"{column}.parquet", pa.Table.from_pylist([row(1)]).drop_columns([column]))
    assert sorted(place.ingest().refused) == sorted(
        f"linkage_log/{column}.parquet: column {column} is missing, expected {kind}"
        for column, kind in REQUIRED.items()
    )


def test_a_row_with_null_in_any_one_of_them_is_set_aside(tmp_path: Path) -> None:
    place = world(tmp_path)
    place.deliver("a.parquet", row(0), *(row(n, **{column: None}) for n, column in enumerate(REQUIRED, 1)))
    assert place.ingest().quarantined_by_reason == {f"{column} is null or unusable": 1 for column in REQUIRED}
    assert ids(place.log()) == ["R000000"]


def test_a_mapped_clock_follows_summer_time(tmp_path: Path) -> None:
    place = World(tmp_path)
    moments = [datetime(2025, 10, 31, 12), datetime(2025, 11, 3, 12)]
    place.deliver_table("foreign.parquet", pa.table({"nr": ["summer", "winter"], "at": moments}))
    constant = {
        name: {"affair_code": "JM", "procedure_code": "JT", "item_code": "TM"}.get(name, "A") for name in REQUIRED
    }
    mapping = LogMapping.model_validate({
        "rename": {"request_id": "nr", "requested_at": "at"},
        "constant": {name: value for name, value in constant.items() if name not in ("request_id", "requested_at")},
        "time": {"requested_at": {"from_zone": "UTC", "to_zone": "America/Los_Angeles"}},
        "agencies": [{"agency_code": "A", "name": "A"}],
    })  # fmt: skip
    weeks = place.ingest(mapping).weeks
    found = {each["request_id"]: each["requested_at"].hour for week in weeks for each in place.log(week)}
    assert found == {"summer": 5, "winter": 4}
