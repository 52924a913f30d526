"""Parts of the report that are plain functions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import Bilingual, rules
from features.weeks import Week
from pipelines.lake import DELIVERED_TABLES
from reports.charts import bars, timeline
from reports.material import above_chance
from reports.names import Names, names_in
from reports.page import expectation, history, number
from reports.spreadsheet import harmless
from reports.wording import told, wording

MONDAY = datetime(2026, 11, 9)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.4, "0.40"),
        (1.26, "1.3"),
        (20.5, "20.5"),
        (41.0, "41"),
        (1234.5, "1,234"),
        (0.999, "1"),
        (0.003, "<0.01"),
    ],
)
def test_numbers_as_read(value: float, text: str) -> None:
    assert number(value) == text


def test_no_more_is_told_of_an_expectation_than_weeks_can_tell() -> None:
    assert "8週に1件以下" in expectation(1 / 8)
    assert "3週に1件以下" in expectation(0.3)
    assert "1件未満" in expectation(0.9)
    assert "約44件" in expectation(44.4)
    assert "at most one in 8 weeks" in expectation(1 / 8)


def test_history_is_told_in_weeks_and_not_as_a_certainty() -> None:
    assert "5週<" in history(5)
    assert "12週以上" in history(12)


@pytest.mark.parametrize(
    ("equals", "first"),
    [([0.1, 0.5, 1.0], 3), ([0.5, 1.0, 2.0, 2.5], 2), ([0.6, 0.7, 1.5, 9.0], 3), ([0.6, 1.5], 0), ([], 0)],
)
def test_the_first_part_of_a_list_ends_where_half_of_it_is_chance(equals: list[float], first: int) -> None:
    assert above_chance(equals) == first


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_neutralised(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "札幌市", "a=b", "12"])
def test_other_cells_stay(cell: str) -> None:
    assert harmless(cell) == cell


def lengths(picture: str) -> list[float]:
    return [float(length) for length in re.findall(r'd="M50,[\d.]+h([\d.]+)v', picture)]


def test_bars_share_a_scale() -> None:
    assert lengths(bars(40, 10, ("40", "10"))) == [190, 47.5]
    assert lengths(bars(2, 8, ("2", "8"))) == [47.5, 190]
    assert "NaN" not in bars(0, 0, ("0", "0"))


def test_timeline_holds_whole_weeks() -> None:
    one = timeline([MONDAY + timedelta(days=6, hours=23)])
    two = timeline([MONDAY - timedelta(days=1), MONDAY + timedelta(hours=9)])
    assert one is not None
    assert two is not None
    assert (len(one.days), len(two.days)) == (7, 14)
    assert [label for *_, label in one.days][:2] == ["11/9", "11/10"]
    assert [label for *_, label in two.days if label] == ["11/2", "11/9"]
    assert [weekend for _, weekend, _ in one.days] == [False] * 5 + [True] * 2
    assert one.dots == ((6, 23.0),)


def test_timeline_of_many_requests_stays_small() -> None:
    told = timeline([MONDAY + timedelta(seconds=n) for n in range(1000)])
    assert told is not None
    path = re.search(r'<path d="([^"]+)"[^>]*stroke-linecap="round"', told.picture)
    assert path
    assert (told.count, path[1].count("M"), path[1].count("h0")) == (1000, 2, 2), "paper draws no point without a line"
    assert timeline([]) is None


def test_pictures_bring_no_style_no_id_and_no_words_of_the_library() -> None:
    told = timeline([MONDAY, MONDAY + timedelta(days=6)])
    assert told is not None
    pictures = (bars(41, 3.2, ("41", "3.2")), told.picture)
    assert not [found for found in pictures if re.search(r"\s(?:style|id|class|role|aria-\w+)=|<style|<defs", found)]
    assert '<tspan lang="ja">実績</tspan><tspan lang="en">actual</tspan>' in pictures[0]


def test_same_rows_same_bytes_in_another_process_and_without_any_font(tmp_path: Path) -> None:
    code = "import sys; from reports.charts import bars; sys.stdout.buffer.write(bars(41, 3.2, ('41', '3.2')).encode())"
    nothing = tmp_path / "fonts.conf"
    nothing.write_text('<?xml version="1.0"?><fontconfig/>', encoding="utf-8")
    alone = os.environ | {"FONTCONFIG_FILE": str(nothing), "HOME": str(tmp_path)}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=alone).stdout
    assert other.decode() == bars(41, 3.2, ("41", "3.2"))


def test_agency_has_the_name_of_the_week(tmp_path: Path) -> None:
    rows = [
        {"agency_code": "M1", "name": "旧町", "valid_from": date(2010, 1, 1)},
        {"agency_code": "M1", "name": "新市", "valid_from": date(2026, 4, 1)},
        {"agency_code": "M1", "name": "未来市", "valid_from": date(2027, 4, 1)},
        {"agency_code": "M2", "name": "日付なし", "valid_from": None},
    ]
    file = tmp_path / "agencies.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    none = tmp_path / "codes.parquet"
    assert names_in(file, none, Week.parse("2026-W46")).agencies == {"M1": "新市", "M2": "日付なし"}
    assert names_in(file, none, Week.parse("2025-W10")).agency("M1") == "旧町"


def test_sentences_name_what_has_a_name(tmp_path: Path) -> None:
    pq.write_table(
        pa.Table.from_pylist([{"agency_code": "M1", "name": "新市", "valid_from": None}]), tmp_path / "agencies.parquet"
    )
    rows = [
        {"kind": "item", "code": "TM1", "name": "旧情報", "valid_from": date(2020, 1, 1)},
        {"kind": "item", "code": "TM1", "name": "税情報", "valid_from": date(2026, 1, 1)},
        {"kind": "procedure", "code": "JT1", "name": "児童手当", "valid_from": None},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "codes.parquet")
    names = names_in(tmp_path / "agencies.parquet", tmp_path / "codes.parquet", Week.parse("2026-W46"))
    text = names.told(Bilingual(ja="照会（JT1・TM1、M1）とTM12", en="JT1, TM1 at M1"))
    assert text.ja == "照会（児童手当・税情報、新市）とTM12"
    assert text.en == "児童手当, 税情報 at 新市"
    assert Names().of("item", "TM1") == ""


@pytest.mark.parametrize("table", DELIVERED_TABLES)
def test_a_changed_reference_table_has_a_name(table: str) -> None:
    assert told(f"reference table {table}", wording().changed).ja.startswith("参照表")


def test_names_without_a_pattern_stay() -> None:
    assert told("something else", wording().changed).ja == "something else"
    assert told("item_code is null or unusable", wording().set_aside).ja == "必須項目（item_code）の欠落又は異常"


def test_no_rule_label_hints_at_nondisclosure() -> None:
    texts = [text for rule in rules() for text in (rule.label.ja, rule.label.en, rule.ground.ja, rule.ground.en)]
    assert not [
        text for text in texts if "不開示" in text or "withheld" in text.lower() or "non-disclos" in text.lower()
    ]
