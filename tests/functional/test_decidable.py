"""Cases decided from one page: for each kind, the fact that decides stands in the case's own article. Each is derived here from
the tables; the page is only searched for it. Then the same for all cases of a week that was really scored."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import explanations
from features.contract.identifiers import shorten_key
from features.weeks import Week
from models.cases import SCHEMA
from reports import weekly
from reports.background import RESIDENT_RECORD, Background, read_backgrounds
from reports.inputs import ReportInputs
from reports.names import names_in
from reports.weekly import write_report
from tests.functional.conftest import Reported
from tests.functional.report_world import LOG, WEEK, _case, key, request, scored_week, write_habits

Row = dict[str, Any]
AGENCY = "M011002001"


@pytest.fixture(scope="module", autouse=True)
def no_layout() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weekly, "write_pdf", lambda page, report_id, target, language: target.write_text("%PDF"))
        yield


def read(file: Path) -> list[Row]:
    rows: list[Row] = pq.read_table(file, partitioning=None).to_pylist()
    return rows


class Decided:
    """A report with the tables that it was made from."""

    def __init__(self, inputs: ReportInputs, page: str) -> None:
        self.inputs = inputs
        self.cases = {case["finding"] + "/" + case["entity"]: case for case in read(inputs.cases)}
        self.log = [row for file in inputs.past for row in read(file)]
        self.explained = {row["request_id"]: row["explained_by"] for file in inputs.explained for row in read(file)}
        self.articles = dict(articles(page))

    def of(self, kind: str) -> tuple[Row, str, list[Row]]:
        """A case, what its article says in Japanese, and its rows of the log."""
        case = self.cases[kind]
        return case, self.articles[case["rank"]], [r for r in self.log if r["request_id"] in case["request_ids"]]

    def earlier(self, **same: str) -> list[Row]:
        """The rows before the week that have these values."""
        return [r for r in self.log if r["requested_at"] < WEEK.start and all(r[k] == v for k, v in same.items())]


def articles(page: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r'<article class="case" id="case-(\d+)".*?</article>', page, re.DOTALL):
        yield int(found[1]), re.sub(r'<(span|tspan) lang="en">.*?</\1>', "", found[0])


def lines(article: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, row by row."""
    if f">{heading}</span></h4>" not in article:
        return []
    body = article.split(f">{heading}</span></h4>")[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [
        [html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)]
        for line in body.split("</tr>")[:-1]
    ]


def people(article: str) -> list[list[str]]:
    return lines(article, "照会された対象者")


def new(article: str) -> list[list[str]]:
    return lines(article, "初めて又はまれに用いるもの")


def extra_rows() -> dict[str, list[Row]]:
    """Requests of kinds that the scored week lacks: an unusual terminal, one item for everybody, a file at night."""
    user = f"u{key('attribute')}"
    rare = [
        request(20, n, agency=AGENCY, user=user, subject=f"s{key(f'rare {n}', 16)}") | {"requester_terminal": "T9999"}
        for n in range(1, 5)
    ]
    items = [
        request(21, n, agency=AGENCY, user=None, subject=f"s{key(f'item {n}', 16)}") | {"item_code": "TM00000000000099"}
        for n in range(1, 31)
    ]
    night = [request(22, n, agency=AGENCY, user=None, subject=f"s{key(f'file {n}', 16)}") for n in range(1, 12)]
    for n, row in enumerate(night):
        row["requested_at"] = WEEK.start + timedelta(days=2, hours=3, seconds=n)
    return {"one_attribute": rare, "agency_item": items, "batch_off_hours": night}  # fmt: skip


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    folder = tmp_path_factory.mktemp("decided")
    inputs, extra = scored_week(folder), extra_rows()
    cases = read(inputs.cases)
    for finding, rows in extra.items():
        entity = "user" if finding == "one_attribute" else "agency"
        cases.append(_case(len(cases) + 1, finding, entity, (finding, finding), rows) | {"confidence": 1.0})
    pq.write_table(pa.Table.from_pylist(cases, SCHEMA), inputs.cases)
    more = [row for rows in extra.values() for row in rows]
    pq.write_table(pa.Table.from_pylist(read(inputs.logs[0]) + more, LOG), inputs.logs[0])
    write_habits(folder / "before.parquet", cases)
    return Decided(inputs, write_report(inputs, folder / "report").read_text(encoding="utf-8"))


def test_work_without_a_reason_says_how_many_no_reason_explains(decided: Decided) -> None:
    case, article, _ = decided.of("official_week/user")
    without = sum(decided.explained[request_id] is None for request_id in case["request_ids"])
    held = sum(decided.explained[request_id] == "open_case" for request_id in case["request_ids"])
    assert without
    assert f"いずれの理由も確認できないものは、{without}件です。" in article
    assert f"「受付中の案件」により説明がつくものは、{held}件です。" in article
    vain = re.findall(r">([^<、]+)<", article.split("当てはまらなかった理由：")[1].split("</li>")[0])
    assert vain == [e.label.ja for e in explanations() if e.name != "open_case"]


def test_one_attribute_says_that_the_terminal_is_new_to_the_official(decided: Decided) -> None:
    case, article, rows = decided.of("one_attribute/user")
    (terminal,) = {row["requester_terminal"] for row in rows}
    official = case["entity_id"].partition("/")[2]
    assert not decided.earlier(requester_user=official, requester_terminal=terminal)
    assert ["端末 T9999", str(len(rows)), "初出"] in new(article)
    assert not any(line[0] == "端末 T0000" for line in new(article)), "what is usual is not told"
    assert decided.earlier(requester_user=official, requester_terminal="T0000")


def test_a_broken_rule_is_told_with_its_clause(decided: Decided) -> None:
    case = decided.cases["official_week/user"]
    broken = [hit for hit in read(decided.inputs.rule_hits) if hit["request_id"] in case["request_ids"]]
    assert broken
    assert all(hit["detail_ja"] in decided.articles[case["rank"]] for hit in broken)


def test_a_person_seen_by_many_is_told_with_how_many_saw_him(decided: Decided) -> None:
    case, article, _ = decided.of("many_officials/subject")
    (person,) = case["subjects"]
    saw = {r["requester_user"] for r in decided.log if r["subject_key"] == person and r["requested_at"] >= WEEK.start}
    (line,) = people(article)
    assert len(saw) > 3
    assert line == [shorten_key(person), str(len(case["request_ids"])), line[2], "この週が初めて", str(len(saw))]


def test_a_silent_agency_is_told_with_the_fall(decided: Decided) -> None:
    case, article, _ = decided.of("agency_quiet/agency")
    assert decided.inputs.case_weeks is not None
    weeks = [row for row in read(decided.inputs.case_weeks) if row["case_id"] == case["case_id"]]
    last = max(weeks, key=lambda row: row["monday"])
    assert lines(article, "当該機関の週ごとの照会件数（本件に限らず全て）")[-1][1:4] == [f"{last['actual']:.0f}", f"{last['expected']:.0f}", f"{last['low']:.0f}–{last['high']:.0f}"]  # fmt: skip
    assert people(article) == []


def test_over_fetching_is_told_with_the_item_that_the_agency_never_asked_for(decided: Decided) -> None:
    case, article, rows = decided.of("agency_item/agency")
    (item,) = {row["item_code"] for row in rows}
    assert not decided.earlier(requester_agency=case["agency_code"], item_code=item)
    assert [f"項目 {item}", str(len(rows)), "初出"] in new(article)


def test_a_file_at_odd_hours_is_told_with_its_time_and_people(decided: Decided) -> None:
    _, article, rows = decided.of("batch_off_hours/agency")
    begun = min(row["requested_at"] for row in rows)
    assert f"{begun:%H:%M:%S}" in article
    assert f"ほか{len({row['subject_key'] for row in rows}) - len(people(article))}名は" in article


def test_a_case_of_several_weeks_leads_to_the_earlier_one(decided: Decided) -> None:
    case, article, _ = decided.of("unexplained_over_time/user")
    (last,) = (
        row for each in decided.inputs.earlier for row in read(each.cases) if row["entity_id"] == case["entity_id"]
    )
    assert lines(article, "過去の報告における事案") == [[str(WEEK.shift(-1)), str(last["rank"]), last["title_ja"]]]
    assert f'<a href="../week={WEEK.shift(-1)}/report.html#case-{last["rank"]}">' in article
    others = [a for rank, a in decided.articles.items() if rank != case["rank"]]
    assert not any("過去の報告における事案" in other for other in others)


def test_people_of_a_week_that_was_scored(reported: Reported) -> None:
    """The tables of people of all cases about officials and agencies, counted from the log again: the most frequent first."""
    lake, week = reported.lake, reported.week
    log = [row for each in lake.weeks() for row in read(lake.log(each))]
    page = dict(articles((lake.report(week) / "report.html").read_text(encoding="utf-8")))
    dated = 0
    for case in read(lake.cases(week)):
        rows = [row for row in log if row["request_id"] in set(case["request_ids"]) and row["subject_key"]]
        if case["entity"] != "subject" and rows:
            agency, _, official = case["entity_id"].partition("/")
            told, right = (
                people(page[case["rank"]]),
                sorted(counted(rows, log, agency, official, week), key=by_requests),
            )
            assert [tuple(map(int, cells[1:3])) for cells in told] == [
                (-n, -days) for n, days in map(by_requests, right[:8])
            ]
            # Of handwritten keys several are shortened to the same six characters.
            assert not Counter(tuple(cells[:5]) for cells in told) - Counter(map(tuple, right))
            dated += sum(cells[3] != "この週が初めて" for cells in told)
    assert dated, "somebody was known before"


def by_requests(cells: list[str]) -> tuple[int, int]:
    return -int(cells[1]), -int(cells[2])


def counted(rows: list[Row], log: list[Row], agency: str, official: str, week: Week) -> Iterator[list[str]]:
    """The line of each person: key, requests, days, first look-up, officials besides."""
    for person in {row["subject_key"] for row in rows}:
        mine = [row for row in rows if row["subject_key"] == person]
        here = [row for row in log if row["subject_key"] == person and row["requester_agency"] == agency]
        first = min(row["requested_at"] for row in here if not official or row["requester_user"] == official)
        others = {row["requester_user"] for row in here if row["requested_at"] >= week.start} - {official, None}
        since = "この週が初めて" if first >= week.start else f"{first.year}年{first.month}月{first.day}日"
        days = {row["requested_at"].date() for row in mine}
        yield [shorten_key(person), str(len(mine)), str(len(days)), since, str(len(others))]


def test_residence_is_told_by_the_last_resident_record_and_by_no_other(tmp_path: Path) -> None:
    """The world's first item is the own municipality's, its second another's; only answers that were provided count."""
    inputs = scored_week(tmp_path)
    case = read(inputs.cases)[0]
    assert not any(person.lives_here is not None for person in behind(inputs, case).people)
    resident = {f"TM{0:014d}": True, f"TM{1:014d}": False}
    called = [{"kind": "item", "code": code, "name": RESIDENT_RECORD, "valid_from": None} for code in resident]
    pq.write_table(pa.Table.from_pylist(called), inputs.codes)
    log = [row for file in inputs.past for row in read(file) if row["requester_agency"] == case["agency_code"]]
    right: dict[str, bool] = {}
    for row in sorted(log, key=lambda row: row["requested_at"]):
        if row["item_code"] in resident and row["result"] == "provided":
            right[shorten_key(row["subject_key"])] = row["provider_agency"] == case["agency_code"]
    told = {person.key: person.lives_here for person in behind(inputs, case).people}
    assert told == {person: right.get(person) for person in told}
    assert {True, False} <= set(told.values())


def behind(inputs: ReportInputs, case: Row) -> Background:
    return read_backgrounds(inputs, [case], names_in(inputs.agencies, inputs.codes, WEEK))[case["case_id"]]
