"""Sittings in which no official is named: by what an agency, its kind and the week have of them; and what a case tells of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from features.build import counted_sql
from features.catalogue import query
from features.contract.columns import LINKAGE_LOG
from features.engines.duckdb import DuckDBEngine
from features.order import parameters_of
from features.weeks import Week
from models.cases.against import _of_the_pace
from models.cases.evidence import Evidence, _special
from models.cases.reasons import label_of
from models.cases.telling import story_of
from models.statistics.unnamed_sittings import judged, unnamed_sitting
from tests.spec.golden import request, table

WEEK = Week.parse("2026-W46")
NIGHT = datetime(2026, 11, 11, 22, 3)
AGENCIES = ("A", "B", "C", "D")
WEEKS = 7
Row = dict[str, Any]


def sitting(agency: str = "A", size: float = 10.0, **values: Any) -> Row:
    usual = {"agency_code": agency, "kind": "city", "counted": "item", "cell": "JT9/TM9", "n_requests": size, "size": size,
             "item": 3.0, "provider": 1.0, "outcome": 0.0, "hour": 1.0}  # fmt: skip
    return usual | values


def value_of(now: Sequence[Row], earlier: Sequence[Row] = ()) -> float:
    """Of the week's first sitting."""
    known = pd.DataFrame({"kind": "city", "weeks": WEEKS}, index=pd.Index(AGENCIES, name="agency_code"))
    before = pd.DataFrame(list(earlier), columns=list(sitting()))
    return float(judged(pd.DataFrame(list(now)), before, known).value.iloc[0])


def test_who_always_works_so_is_not_named() -> None:
    assert value_of([sitting()]) > 4.0
    assert value_of([sitting()], [sitting()] * WEEKS) < 1.0
    assert value_of([sitting(size=40.0)], [sitting()] * WEEKS) > 3.0


def test_what_its_kind_does_is_less_rare() -> None:
    alone, usual = value_of([sitting()]), value_of([sitting()], [sitting(agency) for agency in "BCD"] * WEEKS)
    assert usual < alone - 2.0


def test_what_others_begin_this_week_is_no_surprise() -> None:
    assert value_of([sitting(agency) for agency in AGENCIES]) < 1.0
    elsewhere = [sitting(agency, cell="JT8/TM8") for agency in "BCD"]
    assert value_of([sitting(), *elsewhere]) == pytest.approx(value_of([sitting()]))


def test_what_else_is_rare_about_it_adds() -> None:
    assert value_of([sitting(hour=5.0)]) == pytest.approx(value_of([sitting()]) + 4.0)
    assert value_of([sitting(item=5.0)]) == pytest.approx(value_of([sitting()]) + 2.0)


def unnamed(number: int, agency: str, at: datetime, **values: Any) -> Row:
    nobody = {
        "requester_user": None,
        "requester_terminal": None,
        "subject_key": None,
        "channel": None,
        "requester_agency": agency,
    }
    return request(number, requested_at=at, **nobody, **values)


def usual_week() -> list[Row]:
    """Four like agencies, each with 300 requests in office hours of the week, one of fifty for a rare item."""
    rows = []
    for number in range(4 * 300):
        place = number // 4
        at = WEEK.start + timedelta(days=place % 5, hours=9 + place // 5 % 8, minutes=place * 7 % 60)
        item = "TM9" if place % 50 == 7 else f"TM{place % 4}"
        result = "no_record" if place % 20 == 3 else "provided"
        rows.append(
            unnamed(number, AGENCIES[number % 4], at, item_code=item, provider_agency=f"P{place % 3}", result=result)
        )
    return rows


def planted(seconds: float = 14.0) -> list[Row]:
    """Forty look-ups of the rare item late at night, every second of which finds nothing."""
    return [unnamed(9000 + n, "A", NIGHT + timedelta(seconds=seconds * n), item_code="TM9", provider_agency="P0",
                    result="no_record" if n % 2 else "provided") for n in range(40)]  # fmt: skip


def open_week(engine: DuckDBEngine, requests: list[Row]) -> None:
    """The tables of the week, after as many weeks like the usual one."""
    days = [WEEK.monday + timedelta(days=n) for n in range(7)]
    engine.given("calendar", pa.table({"date": days, "is_working_day": [day.weekday() < 5 for day in days]}))
    engine.given("explained", pa.table({"request_id": pa.array([], pa.string())}))
    engine.given("agency_now", pa.table({"agency_code": AGENCIES, "kind": ["city"] * 4}))
    engine.given("earlier_agency_seen", pa.table({"agency_code": AGENCIES, "weeks": [7.0] * 4}))
    of_counts = "SELECT counted, agency_code, cell, CAST(n AS DOUBLE) * 7 AS n FROM agency_count"
    engine.given(
        "earlier_agency_profile", pa.table({n: pa.array([], pa.string()) for n in ("counted", "agency_code", "cell")})
    )
    columns = [c for c in LINKAGE_LOG if c.name != "record_copy"]
    for number, rows in enumerate((usual_week(), requests)):
        log = table(tuple(columns), rows).append_column("record_copies", pa.array(["core"] * len(rows)))
        engine.given("request", log)
        engine.given("agency_count", engine.arrow(counted_sql(), {"week_start": WEEK.start}))
        if number == 0:
            engine.given("earlier_agency_profile", engine.arrow(of_counts))
    engine.given("week_log", log)
    for name in ("unnamed_cell", "unnamed_trait", "unnamed_sitting"):
        sql = query("tables", name)
        given = {"week_start": WEEK.start, "tail_strength": 50.0}
        engine.table(name, sql, {key: given[key] for key in parameters_of(sql)})
    engine.given("recent_unnamed_sitting", engine.arrow("SELECT * FROM unnamed_sitting"))
    weeks = [{"monday": WEEK.shift(-n).monday, "agency_code": a, "n_requests": 300, "n_interactive": 300, "n_unanswered": 0}
             for n in range(8) for a in AGENCIES]  # fmt: skip
    engine.given("recent_agency_week", pa.Table.from_pylist(weeks))
    engine.given("agencies", pa.table({"agency_code": AGENCIES, "valid_to": pa.array([None] * 4, pa.date32())}))


def test_a_sitting_at_night_for_a_rare_item_is_found_with_exactly_its_rows() -> None:
    with DuckDBEngine() as engine:
        open_week(engine, usual_week())
        quiet = unnamed_sitting(engine, WEEK)
        open_week(engine, [*usual_week(), *planted()])
        found = unnamed_sitting(engine, WEEK).iloc[0]
        proof = _special(engine, pd.DataFrame(), _finding(found), None, WEEK)  # type: ignore[arg-type]
    assert found.agency_code == "A"
    assert found.actual == 40
    assert found.typical < 4.0
    assert found.value > quiet.value.max() + 5.0 if len(quiet) else found.value > 8.0
    assert proof is not None
    assert proof.request_ids == tuple(f"R{9000 + n}" for n in range(40))


def test_what_is_faster_than_anybody_reads_is_no_sitting() -> None:
    with DuckDBEngine() as engine:
        open_week(engine, [*usual_week(), *planted(seconds=0.5)])
        assert "A" not in set(unnamed_sitting(engine, WEEK).query("actual >= 40").agency_code)


def _finding(row: Any) -> SimpleNamespace:
    return SimpleNamespace(
        statistic="unnamed_sitting", agency_code=row.agency_code, requester_user=None, subject_key=None, rule=None, entity="agency",
        counted=row.counted, cell=row.cell, slot=row.slot, attribute=None, actual=row.actual, typical=row.typical,
    )  # fmt: skip


TOLD = SimpleNamespace(agency_code="A", counted="hour", cell="h/22", actual=40.0, typical=4.0,
                       slot="2026-11-14T22:03:00.000000/2026-11-14T22:12:00.000000/item+outcome")  # fmt: skip


def test_a_case_says_when_how_many_and_what_is_odd() -> None:
    proof = Evidence(tuple(f"R{n}" for n in range(40)), (), (), 1, 40, 1)
    story = story_of(_finding(TOLD), proof, [], False)
    for part in ("2026年11月14日22:03から22:12まで", "40件", "閉庁日・22時台", "手続・特定個人情報、応答結果の点でも"):
        assert part in story.ja
    assert "名です" not in story.ja
    assert label_of(_finding(TOLD)).ja == "職員名のない一連の照会（時間帯「閉庁日・22時台」）"


def test_a_sitting_within_a_minute_has_one_time() -> None:
    brief = SimpleNamespace(**vars(TOLD) | {"slot": "2026-11-14T22:03:00.000000/2026-11-14T22:03:09.000000/"})
    story = story_of(_finding(brief), Evidence(("R1",), (), (), 1, 1, 1), [], False)
    assert "2026年11月14日22:03に、" in story.ja


@pytest.mark.parametrize(("slot", "told"), [("22:03:01.500000", True), ("22:12:00.000000", False)])
def test_what_came_at_once_is_said_to_speak_against_it(slot: str, told: bool) -> None:
    ended = SimpleNamespace(**vars(TOLD) | {"slot": f"2026-11-14T22:03:00.000000/2026-11-14T{slot}/"})
    texts = list(_of_the_pace(_finding(ended), Evidence(("R1", "R2", "R3"), (), (), 1, 3, 1)))
    assert ["3件は2秒以内に" in text.ja for text in texts] == [True] * told


def test_people_are_told_where_the_log_names_them_and_midnight_has_two_dates() -> None:
    proof = Evidence(("R1", "R2", "R3"), (), ("s1", "s2"), 1, 3, 1)
    late = SimpleNamespace(**vars(TOLD) | {"slot": "2026-11-14T23:55:00.000000/2026-11-15T00:05:00.000000/"})
    story = story_of(_finding(late), proof, [], False)
    assert "対象者は2名です。" in story.ja
    assert "2026年11月14日23:55から11月15日00:05まで" in story.ja
    assert "まれです" not in story.ja
