"""Every number that the page tells of a case is in the tables of the week: each statistic, entity and rule, with no request
behind it, one, and more than the table of cases names; and the cases of a week that was really scored."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import rules, statistics
from models.cases import SCHEMA, Surroundings, _case, weeks
from models.cases.evidence import MOST_ROWS, NOTHING, _of_rows
from models.cases.reasons import _reason, _reason_of_finding
from models.cases.wording import of_attribute, of_statistic
from models.ranking.findings import OFFICIAL
from reports import weekly
from reports.page import number
from reports.weekly import write_report
from tests.functional.conftest import Reported
from tests.functional.report_world import LOG, WEEK, request, scored_week

Row = dict[str, Any]
MANY = MOST_ROWS + 200
DATE = re.compile(r"(?:\d+年)?(\d+)月(\d+)日")
QUANTITY = re.compile(r"([\d,]+(?:\.\d+)?)(件|回（人・日）|名|日間|日にわたり|部署|本|機関|日)")


def japanese(markup: str) -> str:
    """What a Japanese reader sees of some markup."""
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r'<span lang="en">.*?</span>', "", markup, flags=re.DOTALL)))


def part(article: str, begin: str, end: str) -> str:
    return japanese(article.split(begin, 1)[1].split(end, 1)[0])


def articles(page: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r'<article class="case" id="case-(\d+)".*?</article>', page, re.DOTALL):
        yield int(found[1]), found[0]


def told(value: float) -> str:
    """As sentences round it."""
    return f"{value:,.0f}" if abs(value) >= 100 or abs(value - round(value)) < 0.05 else f"{value:.1f}"


def count(text: str) -> float:
    return float(text.replace(",", ""))


def allowed(case: Row, evidence: list[Row], of_log: bool) -> dict[str, set[str]]:
    """For each unit the numbers that may be told: of the rows behind the case, counted here, and of its reasons."""
    users = {(row["requester_agency"], row["requester_user"]) for row in evidence if row["requester_user"]}
    people = {row["subject_key"] for row in evidence if row["subject_key"]}
    days = {row["requested_at"].date() for row in evidence}
    visits = {
        (row["requester_agency"], row["requester_user"], row["subject_key"], row["requested_at"].date())
        for row in evidence
    }
    departments = {row["requester_department"] or "" for row in evidence}
    unit = statistics()[case["finding"]].unit.ja
    found: dict[str, set[str]] = {
        "件": {str(case["n_requests"])}, "回（人・日）": {str(len(visits if of_log else evidence))},
        "名": {str(len(people)), str(len(users))}, "日間": {str(len(days))}, "日にわたり": {str(len(days))},
        "部署": {str(len(departments))}, "本": {"1"},
    }  # fmt: skip
    first = case["reasons"][0]
    found[unit] = found.get(unit, set()) | {told(first[name]).replace(",", "") for name in ("actual", "typical")}
    return found


def sentences_hold(article: str, case: Row, evidence: list[Row], of_log: bool) -> None:
    right = allowed(case, evidence, of_log)
    story = part(article, '<p class="story">', "</p>")
    otherwise = part(article, "Without what it would not be here", "</section>")
    days = {(str(row["requested_at"].month), str(row["requested_at"].day)) for row in evidence}
    for text in (story, otherwise):
        assert set(DATE.findall(text)) <= days or not evidence, (case["finding"], text)
        wrong = [q for q in QUANTITY.findall(DATE.sub("", text)) if q[0].replace(",", "") not in right.get(q[1], set())]
        assert not wrong, (case["finding"], text, right)
    assert "0日間" not in story
    assert " 0名" not in story


def headline_holds(article: str, case: Row) -> None:
    facts = part(article, '<dl class="facts">', "</dl>")
    assert re.search(rf"重大度\s+{case['severity']:.0f}\s", facts)
    assert re.search(rf"履歴\s+{round(12 * case['confidence'])}週", facts)
    behind = re.search(rf"根拠となる照会\s+{case['n_requests']:,}\s*件", facts)
    assert behind if case["n_requests"] else "照会" not in facts, facts
    equals = case["expected_equals"]
    seldom = (
        f"{int(1 / equals + 1e-9)}週に1件以下"
        if equals <= 0.5
        else "1件未満"
        if equals < 1
        else f"約{number(equals) if equals < 10 else f'{equals:.0f}'}件"
    )
    assert facts.count(seldom) == 1, (facts, seldom)
    assert seldom in part(article, '<p class="quiet">', "</p>")


def reasons_hold(article: str, case: Row) -> None:
    items = re.findall(
        r"<li>(.*?)</li>", article.split('<ol class="reasons">')[1].split("</ol>", maxsplit=1)[0], re.DOTALL
    )
    assert len(items) == len(case["reasons"])
    for item, reason in zip(items, case["reasons"], strict=True):
        text, share = japanese(item), reason["contribution"]
        assert ("参考" if share <= 0 else "1%未満" if share < 0.01 else f"寄与{100 * share:.0f}%") in text
        numbers = [n for n, _ in QUANTITY.findall(text)]
        assert set(numbers) <= {told(reason["actual"]), told(reason["typical"])}, text
        if "上回って" in text or "下回って" in text:
            assert ("上回って" in text) == (count(numbers[0]) > count(numbers[1])), text


def evidence_holds(article: str, case: Row, evidence: list[Row], shown: int) -> None:
    ids = re.findall(r"<code>(R[^<]+)</code></td></tr>", article)
    assert sorted(ids) == sorted(row["request_id"] for row in evidence[:50])
    if not evidence:
        return
    caption = japanese(re.findall(r"<caption>(.*?)</caption>", article.split('class="evidence"', 1)[1], re.DOTALL)[0])
    first = min(shown, case["n_requests"])
    assert f"全{case['n_requests']:,}件" in caption
    assert case["n_requests"] == first or f"特徴的な{first}件" in caption


def weeks_hold(article: str, rows: list[Row]) -> None:
    """The table of weeks, cell by cell, and the count in the picture's title."""
    if len(rows) < 2:
        assert "timeline weeks" not in article
        return
    body = article.split('class="figures-table"')[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    cells = [re.findall(r'<td class="n">(.*?)</td>', line) for line in body.split("</tr>")[:-1]]
    peers = any(row["peers"] is not None for row in rows)
    for found, row in zip(cells, sorted(rows, key=lambda row: row["monday"]), strict=True):
        band = "－" if row["low"] is None else f"{number(row['low'])}–{number(row['high'])}"
        right = [number(row["actual"]), "－" if row["expected"] is None else number(row["expected"]), band]
        assert [html.unescape(cell) for cell in found] == [
            *right,
            *(["－" if row["peers"] is None else number(row["peers"])] if peers else []),
        ]
    above = sum(row["high"] is not None and row["actual"] > row["high"] for row in rows)
    assert f"{len(rows)}週のうち見込みの幅を上回る週 {above}" in article


def page_holds(
    page: str,
    cases: list[Row],
    log: dict[str, Row],
    of_weeks: list[Row],
    shown: int,
    of_log: bool,
    all_rows: dict[str, list[Row]],
) -> None:
    by_rank, seen = {case["rank"]: case for case in cases}, 0
    for rank, article in articles(page):
        case, seen = by_rank[rank], seen + 1
        evidence = [log[request] for request in case["request_ids"]]
        headline_holds(article, case)
        reasons_hold(article, case)
        sentences_hold(article, case, all_rows.get(case["case_id"], evidence), of_log)
        evidence_holds(article, case, evidence, shown)
        weeks_hold(article, [row for row in of_weeks if row["case_id"] == case["case_id"]])
    assert seen == len(cases)
    assert re.search(rf"掲載.*?{seen}|事案は{seen}件|下位事案が", japanese(page))


@pytest.fixture
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "write_pdf", lambda page, report_id, target, language: target.write_text("%PDF"))


def made_case(rank: int, statistic: str, rows: list[Row], rule: str | None) -> Row:
    """A case as the week would make it, of a finding with these rows behind it."""
    declared, agency = statistics()[statistic], "M011002001"
    of_user = declared.entity == "user" and (not rows or rows[0]["requester_user"] is not None)
    finding = SimpleNamespace(
        statistic=statistic, entity=declared.entity if of_user or declared.entity != "user" else "agency",
        entity_id=f"{agency}/{rank}", agency_code=agency, requester_user="u1" if of_user else None,
        subject_key="s1" if declared.entity == "subject" else None, window=declared.window, value=5.0,
        actual=float(len(rows)), typical=0.37 * len(rows), log_expected=-3.0 + rank / 20, rule=rule, attribute="terminal",
        counted="procedure", cell="JT1",
        slot=_slot(rows) if statistic == "unnamed_sitting" else "T1",
    )  # fmt: skip
    frame = pd.DataFrame(rows)
    proof = NOTHING if not rows else _of_rows(frame.assign(
        day=[row["requested_at"].date() for row in rows], department=frame.requester_department.fillna(""),
    ))  # fmt: skip
    nobody = pd.DataFrame({"agency_code": [], "requester_user": [], "window": [], "attribute": [], "value": []})
    around = Surroundings(pd.DataFrame(), {}, {}, {row["request_id"]: (rule,) for row in rows[:9]} if rule else {})
    champion: Any = SimpleNamespace(bundle=SimpleNamespace(parameters={"weeks": 8}), version="1")
    first = ("unexplained", "terminal")[rank % 2]
    reason = _reason_of_finding(finding) if statistic != OFFICIAL else _reason(
        first, of_attribute(first), of_statistic(OFFICIAL, "unit"), finding.actual, finding.typical,
    )  # fmt: skip
    reasons = [{**reason, "contribution": 1.0}]
    readings: Any = SimpleNamespace(scans=nobody, others={})
    return _case(rank, finding, proof, reasons, readings, around, champion, WEEK)


def _slot(rows: list[Row]) -> str:
    """The first and last moment of a sitting, and what else is rare about it."""
    moments = [row["requested_at"] for row in rows] or [datetime(2026, 11, 9, 9)]
    return "/".join(f"{moment:%Y-%m-%dT%H:%M:%S.%f}" for moment in (min(moments), max(moments))) + "/hour"


def all_kinds() -> tuple[list[Row], dict[str, list[Row]]]:
    """A case for each statistic that leads (each rule for broken ones) and no, one, seven or very many requests behind it, and
    those of nobody in particular."""
    cases: list[Row] = []
    behind: dict[str, list[Row]] = {}
    for statistic in sorted(name for name, declared in statistics().items() if declared.leads):
        for rule in [rule.name for rule in rules()] if statistic == "rule_violation" else [None]:
            for count in (0, 1, 7, MANY) if rule is None else (1, 7):
                rank = len(cases) + 1
                named = statistics()[statistic].entity != "agency"
                rows = [
                    request(rank, n, agency="M011002001", user=f"u{n % 3}" if named else None, subject=f"s{n % 400}" if count != 7 or named else None)
                    for n in range(1, count + 1)
                ]  # fmt: skip
                cases.append(made_case(rank, statistic, rows, rule))
                behind[cases[-1]["case_id"]] = rows
    return cases, behind


def test_all_kinds_of_cases(tmp_path: Path, without_pdf: None) -> None:
    inputs = scored_week(tmp_path / "in", 1)
    cases, behind = all_kinds()
    assert {case["finding"] for case in cases} == {name for name, declared in statistics().items() if declared.leads}
    of_weeks = [
        {"week": str(WEEK), "case_id": case["case_id"], "monday": WEEK.shift(n - 5).monday, "counted": weeks.VISITS, "actual": float(n * case["rank"] % 7),
         "expected": None if n == 0 else n / 3, "low": None if n == 0 else 0.0, "high": None if n == 0 else 4.0, "peers": 1.5 if n % 2 else None, "n_peers": 9}
        for case in cases if case["entity"] != "subject" for n in range(case["rank"] % 4)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(cases, SCHEMA), tmp_path / "cases.parquet")
    pq.write_table(pa.Table.from_pylist([r for rows in behind.values() for r in rows], LOG), tmp_path / "log.parquet")
    pq.write_table(pa.Table.from_pylist(of_weeks, weeks.SCHEMA), tmp_path / "weeks.parquet")
    given = replace(
        inputs,
        cases=tmp_path / "cases.parquet",
        logs=(tmp_path / "log.parquet",),
        case_weeks=tmp_path / "weeks.parquet",
    )
    page = write_report(given, tmp_path / "report").read_text(encoding="utf-8")
    log = {row["request_id"]: row for rows in behind.values() for row in rows}
    page_holds(page, cases, log, of_weeks, inputs.evidence_rows, False, behind)
    assert f"このうち{MOST_ROWS:,}件の処理通番" in page


def test_a_week_that_was_scored(reported: Reported) -> None:
    lake, week = reported.lake, reported.week
    cases = pq.read_table(lake.cases(week), partitioning=None).to_pylist()
    rows = [row for w in lake.weeks() for row in pq.read_table(lake.log(w), partitioning=None).to_pylist()]
    of_weeks = pq.read_table(lake.root / "case_weeks" / f"week={week}", partitioning=None).to_pylist()
    page = (lake.report(week) / "report.html").read_text(encoding="utf-8")
    page_holds(page, cases, {row["request_id"]: row for row in rows}, of_weeks, 20, True, {})
    for case in cases:
        against_holds(
            case,
            [r for r in rows if week.monday <= r["requested_at"].date() < week.monday + timedelta(days=7)],
            lake.root,
        )


def against_holds(case: Row, log: list[Row], lake: Path) -> None:
    """Visits of the official this week, requests behind the case, colleagues: counted here."""
    texts = " ".join(text["text_ja"] for text in case["against"])
    if found := re.search(r"今週の照会(\d+)回（人・日）のうち(\d+)回", texts):
        own = [r for r in log if f"{r['requester_agency']}/{r['requester_user']}" == case["entity_id"]]
        assert int(found[1]) == len(
            {(r["subject_key"], r["requested_at"].date()) for r in own if r["channel"] != "batch"}
        )
        assert int(found[2]) <= int(found[1])
    if found := re.search(r"根拠となる照会は(\d+)件にとどまり", texts):
        assert int(found[1]) == case["n_requests"] == len(case["request_ids"]) <= 3
    if found := re.search(r"他の職員(\d+)名にも", texts):
        (file,) = (lake / "features" / "entity=user" / f"week={case['week']}").glob("*.parquet")
        others = pq.read_table(file, partitioning=None).to_pandas()
        others = others[(others.agency_code == case["agency_code"]) & (others.entity_id != case["entity_id"])]
        assert int(found[1]) == (others[f"{case['reasons'][0]['feature']}:1"] >= 1.5).sum()
