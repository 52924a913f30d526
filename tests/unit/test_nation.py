"""Agencies as a whole: every prefecture has its square, and what could tell of a person is not told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import Bilingual
from features.weeks import Week
from reports.names import Names, names_in
from reports.nation import LEAST_TOLD, Nation, Tile, beside_the_only_few, read_nation

WEEK = Week.parse("2026-W46")
KINDS = pa.schema([
    ("agency_code", pa.string()), ("name", pa.string()), ("prefecture_code", pa.string()), ("valid_from", pa.date32()),
    ("valid_to", pa.date32()),
])  # fmt: skip


def nation(tmp_path: Path, asked: dict[str, int], *, prefectures: bool = True) -> Nation:
    """What is told of a week in which agencies of Tokyo, Osaka and nowhere asked so often."""
    agencies = [("tokyo", "13"), ("osaka", "27"), ("ministry", None)]
    rows = [
        {"agency_code": code, "name": code, "prefecture_code": place if prefectures else None, "valid_from": date(2020, 1, 1)}
        for code, place in agencies
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, KINDS), tmp_path / "agencies.parquet")
    log = [{"requester_agency": code, "provider_agency": "osaka"} for code, n in asked.items() for _ in range(n)]
    pq.write_table(pa.Table.from_pylist(log), tmp_path / "log.parquet")
    cases = [{"agency_code": "osaka"}, {"agency_code": "ministry"}]
    return read_nation(tmp_path / "log.parquet", tmp_path / "agencies.parquet", cases, WEEK, names(tmp_path))


def names(tmp_path: Path) -> Names:
    codes = pa.schema([(n, pa.string()) for n in ("code", "name_ja", "name_en")])
    pq.write_table(pa.Table.from_pylist([], codes), tmp_path / "codes.parquet")
    return names_in(tmp_path / "agencies.parquet", tmp_path / "codes.parquet", WEEK)


def test_each_prefecture_has_a_square_of_its_own(tmp_path: Path) -> None:
    tiles = nation(tmp_path, {"tokyo": 40}).tiles
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles) == 47


def test_requests_agencies_and_cases_are_counted_where_the_agency_lies(tmp_path: Path) -> None:
    told = nation(tmp_path, {"tokyo": 40, "osaka": 7, "ministry": 9})
    found = {t.name.ja: (t.requests, t.agencies, t.cases) for t in told.tiles if t.requests or t.cases}
    assert found == {"東京": (40, 1, 0), "大阪": (7, 1, 1)}
    assert [(p.requester, p.requests) for p in told.pairs] == [("tokyo", 40), ("ministry", 9), ("osaka", 7)]


@pytest.mark.parametrize(
    ("requests", "said"), [(0, "0"), (LEAST_TOLD - 1, "3未満"), (LEAST_TOLD, "3"), (1200, "1,200")]
)
def test_a_number_so_small_that_it_could_tell_of_a_person_is_not_told(tmp_path: Path, requests: int, said: str) -> None:
    tiles = nation(tmp_path, {"tokyo": requests, "osaka": 10}).tiles
    assert next(t for t in tiles if t.name.ja == "東京").told.ja == said


def test_the_map_shows_the_darkest_where_most_is_asked_and_the_cases(tmp_path: Path) -> None:
    picture = str(nation(tmp_path, {"tokyo": 40, "osaka": 10}).picture)
    assert picture.count('<tspan lang="ja">') == 47
    assert picture.count('fill-opacity="0.6"') == 1
    assert picture.count("●1") == 1


def test_a_table_of_agencies_without_prefectures_has_no_map(tmp_path: Path) -> None:
    assert nation(tmp_path, {"tokyo": 40}, prefectures=False).tiles == ()


def test_a_suppressed_number_is_not_told_by_all_others_and_their_total() -> None:
    def told(*requests: int) -> list[str]:
        tiles = tuple(Tile(Bilingual(ja=str(n), en=str(n)), 0, 0, n, 1, 0) for n in requests)
        return [tile.told.en for tile in beside_the_only_few(tiles)]

    assert told(90, 2, 0, 7) == ["90", "under 3", "0", "not told"]
    assert told(90, 2, 1, 7) == ["90", "under 3", "under 3", "7"]
    assert told(90, 0, 7) == ["90", "0", "7"]
