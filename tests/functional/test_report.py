"""The weekly report: what is in it, what must never be, and what Chromium makes of it."""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import IntegrityError, ShirabeError
from reports import weekly
from reports.inputs import EarlierWeek, ReportInputs
from reports.manifest import sha256
from reports.picture import QUIET, browser, latest_report, photograph
from reports.vega import BLUE, SEAL
from reports.verify import verify
from reports.weekly import write_report
from tests.functional.report_world import FORMULA, MARKUP, scored_week


@pytest.fixture(scope="module", autouse=True)
def no_layout() -> Iterator[None]:
    """The PDF takes seconds and has tests of its own: here only that it is made of the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            weekly, "write_pdf", lambda page, report_id, target, language: target.write_text(f"%PDF {report_id}")
        )
        yield


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> ReportInputs:
    return scored_week(tmp_path_factory.mktemp("scored"))


@pytest.fixture(scope="module")
def folder(inputs: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(inputs, tmp_path_factory.mktemp("reports") / "week=2026-W46").parent


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def copy(inputs: ReportInputs, tmp_path: Path) -> Path:
    return write_report(inputs, tmp_path / "report").parent


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_page_names_week_counts_and_what_changed(page: str) -> None:
    for text in (
        "2026年11月9日（月）",
        "2026年11月15日（日）",
        "確認を要する事案は8件",
        "第2版",
        "2026-W44の照会記録",
        "参照表（機関）",
    ):
        assert text in page
    assert page.count('<article class="case"') == 8


def test_every_case_has_reasons_doubts_questions_and_the_notice(page: str) -> None:
    articles = re.findall(r'<article class="case".*?</article>', page, re.DOTALL)
    parts = (
        "なぜ目立つか",
        "反対の事情",
        "何がなければ抽出されないか",
        "機関に確認する事項",
        "平穏な週に生じる件数は",
    )
    lacking = [(n, part) for n, article in enumerate(articles, 1) for part in parts if part not in article]
    assert not lacking
    assert all(article.count('class="bars"') == 3 for article in articles)


def test_the_notice_stands_once_and_what_is_shown_whole_is_no_selection(page: str) -> None:
    assert page.count("不正の事実を") == 1
    assert "全9件を日時順" in page
    assert not re.search(r"全(\d+)件のうち、特徴的な\1件", page)


def test_expected_without_misuse_is_that_of_the_last_case_and_at_most_all(page: str) -> None:
    assert "<strong>" + '<span lang="ja">約1.1件</span>' in page


def test_cases_that_are_mostly_chance_follow_under_a_heading_of_their_own(inputs: ReportInputs, tmp_path: Path) -> None:
    cases = pq.read_table(inputs.cases)
    equals = [0.1, 0.5, 1.4, *(7.0 + n for n in range(cases.num_rows - 3))]
    parted = cases.set_column(cases.schema.get_field_index("expected_equals"), "expected_equals", pa.array(equals))
    pq.write_table(parted, tmp_path / "cases.parquet")
    written = write_report(replace(inputs, cases=tmp_path / "cases.parquet"), tmp_path / "report")
    page = written.read_text(encoding="utf-8")
    first, lower = page.split("下位事案：余力があれば</span>", maxsplit=1)
    assert "#case-3" in first
    assert "#case-4" not in first
    assert "#case-4" in lower
    assert "確認を要する事案は3件です" in page
    assert f"下位事案が{cases.num_rows - 3}件" in page
    assert "確度" not in page


def test_evidence_is_shown_in_full_and_the_rest_unfolds(page: str, inputs: ReportInputs) -> None:
    first = pq.read_table(inputs.cases).to_pylist()[0]
    told = re.search(r'<article class="case" id="case-1".*?</article>', page, re.DOTALL)
    assert told
    *before, folded = told[0].split("<details>")
    unfolded = "".join(before)
    assert all(f"<code>{request}</code>" in unfolded for request in first["request_ids"][:20])
    assert all(f"<code>{request}</code>" in folded for request in first["request_ids"][20:50])
    assert not any(request in told[0] for request in first["request_ids"][50:])
    assert "健康保険組合6" in unfolded
    assert "11/9（月）" in unfolded


def test_weeks_are_a_picture_with_words_and_numbers(page: str) -> None:
    told = re.findall(r'<svg class="timeline weeks".*?</svg>', page, re.DOTALL)
    assert len(told) == 7, "cases about a person have none"
    assert all('role="img"' in picture and "<title" in picture for picture in told)
    assert "10週のうち見込みの幅を上回る週 1" in told[0]
    assert told[0].count(f'fill="{SEAL}"') == 1
    assert told[0].count(f'stroke="{BLUE}"') == 10
    assert f'stroke="{BLUE}"' not in told[2], "an agency has no colleagues"
    assert "2026年9月7日（月）" in page.split('id="case-1"')[1].split("</article>", maxsplit=1)[0], (
        "the same as a table"
    )


def test_cover_tells_which_report_it_is_and_how_far_to_trust_it(page: str, folder: Path) -> None:
    cover = re.search(r'<section class="cover".*?</section>', page, re.DOTALL)
    assert cover
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for text in (
        manifest["report"],
        "shirabe-weekly/3",
        "閲覧できる者",
        "記録の提出がない機関は1機関",
        "除いた記録は5件、受け付けなかったファイルは1件",
        "全体の90.4%",
        "学習時期は分かりません",
        "見落としの程度は測定していません",
        "先週との比較は示していません",
        "2026年11月14日（土）",
    ):
        assert text in cover[0], text
    content = re.findall(r"[0-9a-f]{64}", cover[0])
    assert len(content) == 1
    assert manifest["report"] == f"2026-W46-2-{content[0][:8]}"


def test_cover_tells_what_is_new_and_what_is_gone(inputs: ReportInputs, tmp_path: Path) -> None:
    before = pq.read_table(inputs.cases).to_pylist()[:3]
    before[1] |= {"entity_id": "M131016001/gone", "agency_code": "M131016001"}
    file = tmp_path / "cases.parquet"
    pq.write_table(pa.Table.from_pylist(before, pq.read_schema(inputs.cases)), file)
    written = write_report(replace(inputs, previous_cases=file, model_age_weeks=3), tmp_path / "report")
    page = written.read_text(encoding="utf-8")
    assert (
        "新規は7件、以前の週から継続するものは1件です。先週（2026-W45）に掲載し、今週は掲載していない事案は1件" in page
    )
    assert "千代田区：同一人物に対する反復照会" in page
    assert "学習した最後の週は3週前" in page


def test_severity_history_and_shares_are_explained_where_they_stand(
    page: str, inputs: ReportInputs, tmp_path: Path
) -> None:
    first_list = page.split('<table class="list">', maxsplit=1)[0]
    assert "被害の大きさではありません" in first_list
    assert "過去の記録の週数" in first_list
    assert "寄与60%" in page
    cases = pq.read_table(inputs.cases).to_pylist()[:1]
    for reason, share in zip(cases[0]["reasons"], (1.0, 0.0, 0.004), strict=True):
        reason["contribution"] = share
    file = tmp_path / "cases.parquet"
    pq.write_table(pa.Table.from_pylist(cases, pq.read_schema(inputs.cases)), file)
    told = write_report(replace(inputs, cases=file), tmp_path / "report").read_text(encoding="utf-8")
    assert re.findall(r'class="share"><span lang="ja">([^<]+)<', told) == ["寄与100%", "参考", "寄与1%未満"]


def test_procedures_and_items_are_read_by_name_and_codes_stand_in_small_print(page: str) -> None:
    assert f"児童手当の認定 <code>JT{0:014d}</code>" in page
    assert f"地方税関係情報 <code>TM{1:014d}</code>" in page
    assert f'"coded"><code>JT{1:014d}</code>' in page, "where a code has no name, the code stands"


def test_what_rules_let_pass_is_told_with_its_reason_and_its_agencies(page: str) -> None:
    told = page[page.index("今週、規則の適用を除外した機関") :]
    assert "在職期間外の利用者ID" in told
    assert "2機関、41件" in told
    assert "5%以上の機関は、配置の記録が古いものとみなし" in told
    assert "132063" in told


def test_cases_about_the_same_requests_point_to_each_other(inputs: ReportInputs, tmp_path: Path) -> None:
    cases = pq.read_table(inputs.cases).to_pylist()
    cases[2]["request_ids"] = [*cases[2]["request_ids"], *cases[0]["request_ids"][:2]]
    pq.write_table(pa.Table.from_pylist(cases, pq.read_schema(inputs.cases)), tmp_path / "cases.parquet")
    page = write_report(replace(inputs, cases=tmp_path / "cases.parquet"), tmp_path / "r").read_text(encoding="utf-8")
    assert re.search(r'<a href="#case-3"><span lang="ja">順位3</span>.*?（2件）', page)
    assert re.search(r'<a href="#case-1"><span lang="ja">順位1</span>.*?（2件）', page)
    assert page.count("同じ照会を含む事案") == 2


def test_a_case_of_two_officials_in_one_sitting_names_both_and_says_why(inputs: ReportInputs, tmp_path: Path) -> None:
    cases = pq.read_table(inputs.cases).to_pylist()
    shared = {"text_ja": "同じ端末で、交互に照会しています。", "text_en": "Takes turns at one terminal."}
    reason = {"text_ja": "夜間の照会があります。", "text_en": "There are look-ups at night."}
    joined = {
        "requester_user": "u-second",
        "finding": "official_week",
        "n_requests": 1200,
        "shared": [shared],
        "reasons": [reason],
    }
    cases[1] |= {"users": [*cases[1]["users"], "u-second"], "joined": [joined]}
    pq.write_table(pa.Table.from_pylist([{"joined": []} | case for case in cases]), tmp_path / "cases.parquet")
    earlier = {**cases[1], "entity_id": f"{cases[1]['agency_code']}/u-second", "joined": []}
    pq.write_table(pa.Table.from_pylist([earlier]), tmp_path / "earlier.parquet")
    before = EarlierWeek(inputs.week.shift(-2), tmp_path / "earlier.parquet", "../before.html")
    given = replace(inputs, cases=tmp_path / "cases.parquet", earlier=(before,))
    page = write_report(given, tmp_path / "r").read_text(encoding="utf-8")
    case = page[page.index('id="case-2"') : page.index('id="case-3"')]
    assert "あわせて掲げる職員" in case
    assert re.search(
        r"<code>u-second</code><span lang=\"ja\">（照会1,200件）.*?交互に照会しています。.*?夜間の照会があります。",
        case,
        re.S,
    )
    assert "掲げた職員が同じ機会に照会した事情" in case
    assert "筆頭の職員又はあわせて掲げる職員に関するもの" in case
    assert "../before.html#case-2" in case
    assert page.count("あわせて掲げる職員</span>") == 1
    assert 'class="named"' not in case, "the heading names both already"
    table = (tmp_path / "r" / "cases.csv").read_text(encoding="utf-8-sig")
    assert "u-second：同じ端末で、交互に照会しています。" in table


def test_a_case_says_which_clause_and_which_date_its_requests_break(inputs: ReportInputs, tmp_path: Path) -> None:
    case = pq.read_table(inputs.cases).to_pylist()[0]
    hits = pq.read_table(inputs.rule_hits)
    first = {"week": case["week"], "agency_code": case["agency_code"], "requester_user": case["users"][0]}
    rows = [
        first
        | {
            "request_id": r,
            "rule_id": "account_outside_posting",
            "detail_ja": f"{day}で終了",
            "detail_en": f"ended {day}",
        }
        for r, day in zip(case["request_ids"][:3], ("2026-10-31", "2026-10-31", "2026-09-30"), strict=True)
    ]
    pq.write_table(pa.Table.from_pylist(rows, hits.schema), tmp_path / "hits.parquet")
    cases = [
        c | ({"rules": ["account_outside_posting"]} if c["rank"] == 1 else {})
        for c in pq.read_table(inputs.cases).to_pylist()
    ]
    pq.write_table(pa.Table.from_pylist(cases, pq.read_schema(inputs.cases)), tmp_path / "cases.parquet")
    written = write_report(
        replace(inputs, rule_hits=tmp_path / "hits.parquet", cases=tmp_path / "cases.parquet"), tmp_path / "r"
    )
    page = written.read_text(encoding="utf-8")
    assert page.index("在職期間外の利用者ID：2026-10-31で終了") < page.index("在職期間外の利用者ID：2026-09-30で終了")
    assert re.search(r"2026-10-31で終了</span><span[^>]*>[^<]*</span><span lang=\"ja\">（2件）", page)


def test_evidence_of_earlier_weeks_is_found(page: str) -> None:
    assert "10/2" in page


def test_coverage_says_what_was_not_seen(page: str) -> None:
    for text in (
        "1,251,998件を分析",
        "北安曇郡小谷村",
        "132063",
        "broken.parquet",
        "規則「権限表にない照会」の照合",
        "a reason of tomorrow",
    ):
        assert text in page


def without(inputs: ReportInputs, folder: Path, *columns: str, tables: tuple[str, ...] = ()) -> str:
    """The page of the same week where the log has no value in some columns, and some reference tables were not delivered."""
    coverage = json.loads(inputs.coverage.read_text(encoding="utf-8"))
    (folder / "coverage.json").write_text(
        json.dumps(coverage | {"columns": dict.fromkeys(columns, 0.0)}), encoding="utf-8"
    )
    given = replace(inputs, coverage=folder / "coverage.json", empty_tables=tables)
    return write_report(given, folder / "report").read_text(encoding="utf-8")


def test_what_the_log_never_holds_is_not_told_as_missing(page: str, inputs: ReportInputs, tmp_path: Path) -> None:
    assert "受付番号なし" in page
    bare = without(inputs, tmp_path, "case_ref", "subject_key", "requester_user", tables=("cases",))
    for column in (
        "受付番号なし",
        "受付番号／処理通番",
        '<th scope="col" class="official">',
        '<th scope="col" class="person">',
    ):
        assert column not in bare, column
    assert "理由の照合。" in page
    assert "理由の照合。" not in bare
    assert "機関の件数の比較。" in bare


def test_a_reason_that_the_log_cannot_show_was_not_tried(page: str, inputs: ReportInputs, tmp_path: Path) -> None:
    bare = without(inputs, tmp_path, tables=("cases",))
    told = re.findall(r"照合したが、いずれの照会にも当てはまらなかった理由：</span>.*?</li>", bare, re.DOTALL)
    untold = re.findall(r"この記録では照合できない理由.*?</li>", bare, re.DOTALL)
    assert told
    assert untold
    assert not [line for line in told if "受付中の案件" in line]
    assert "受付中の案件" in untold[0]
    assert "この記録では照合できない理由" not in page


def test_what_to_ask_stands_before_the_records(page: str) -> None:
    articles = re.findall(r'<article class="case".*?</article>', page, re.DOTALL)
    with_records = [article for article in articles if 'class="evidence"' in article]
    assert with_records
    assert all(article.index('class="ask"') < article.index('class="evidence"') for article in with_records)


def test_coverage_without_keys_is_no_failure(inputs: ReportInputs, tmp_path: Path) -> None:
    bare = tmp_path / "coverage.json"
    bare.write_text('{"loaded": 5, "left_out": ["something"]}', encoding="utf-8")
    page = write_report(replace(inputs, coverage=bare), tmp_path / "report").read_text(encoding="utf-8")
    assert "本週の照会5件" in page
    assert "something" in page


def test_rule_hits_outside_the_cases_are_grouped_and_counted(page: str) -> None:
    part = page.split('id="rules"')[1].split('id="coverage"', maxsplit=1)[0]
    assert re.findall(r"([\d,]+)<span lang=\"ja\">件", part) == ["12", "11"]
    assert part.count('<th scope="row">') == 20


@pytest.mark.parametrize("name", ["report.html", "cases.csv"])
def test_nothing_hints_at_nondisclosure(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert not re.search(r"withheld|不開示|nondisclosure", text)


def test_withheld_reads_like_refused(folder: Path, inputs: ReportInputs, tmp_path: Path) -> None:
    def with_results(result: str) -> ReportInputs:
        log = pq.read_table(inputs.logs[0])
        changed = log.set_column(log.column_names.index("result"), "result", pa.array([result] * log.num_rows))
        file = tmp_path / f"{result}.parquet"
        pq.write_table(changed, file)
        return replace(inputs, logs=(file,))

    pages = [write_report(with_results(r), tmp_path / f"page-{r}").read_bytes() for r in ("withheld", "refused")]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["report.html", "cases.csv"])
def test_no_person_is_shown_in_full(folder: Path, inputs: ReportInputs, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    subjects = {key for case in pq.read_table(inputs.cases).to_pylist() for key in case["subjects"]}
    assert subjects
    assert not [key[:3] for key in subjects if key in text]
    assert all(f"{key[:6]}…" in text for key in subjects)


def test_markup_in_the_log_stays_text(page: str) -> None:
    assert MARKUP not in page
    assert html.escape(MARKUP) in page


def test_page_refers_to_nothing_outside(page: str) -> None:
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<link|<img|\ssrc=", page)
    assert "default-src 'none'" in page
    assert not re.search(r"\sstyle=|\son\w+=", page), "the policy of the page would not let these work"


def test_page_is_marked_up_for_readers(page: str) -> None:
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="ja"' in page
    assert page.count("<h1") == 1
    assert not re.findall(r"<th(?! scope=)[ >]", page)
    assert page.count("<table") == page.count("<caption")
    assert len(set(re.findall(r'\sid="([^"]+)"', page))) == len(re.findall(r'\sid="([^"]+)"', page))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'\sid="([^"]+)"', page))


def test_spreadsheet_has_a_row_a_case_and_no_formula(folder: Path) -> None:
    assert (folder / "cases.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = table(folder)
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, 9)]
    assert rows[4]["users"] == f"'{FORMULA}"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t" and cell]
    assert len(rows[0]["request_ids"].split()) == 64


def test_manifest_names_files_inputs_model_and_versions(folder: Path, inputs: ReportInputs) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == {name: sha256(folder / name) for name in ("cases.csv", "report.html", "report.pdf")}
    assert manifest["inputs"] == inputs.inputs
    assert (manifest["model"], manifest["revision"]) == ("shirabe-weekly/3", 2)
    assert {"python", "shirabe", "duckdb"} <= manifest["versions"].keys()


def test_same_inputs_same_bytes(copy: Path, folder: Path) -> None:
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["cases.csv", "manifest.json", "report.html", "report.pdf"]
    assert [(copy / n).read_bytes() for n in names] == [(folder / n).read_bytes() for n in names]


def test_a_draft_of_a_killed_run_is_swept_away(inputs: ReportInputs, tmp_path: Path, folder: Path) -> None:
    left = tmp_path / ".report.draft"
    left.mkdir()
    (left / "cases.csv").write_text("half", encoding="utf-8")
    write_report(inputs, tmp_path / "report")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]
    assert (tmp_path / "report" / "cases.csv").read_bytes() == (folder / "cases.csv").read_bytes()


def test_a_failure_leaves_no_manifest(inputs: ReportInputs, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_report(replace(inputs, coverage=tmp_path / "missing.json"), tmp_path / "report")
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("cases", [0, 4])
def test_few_cases(tmp_path: Path, cases: int) -> None:
    page = write_report(scored_week(tmp_path / "in", cases), tmp_path / "report").read_text(encoding="utf-8")
    assert page.count("<article") == cases
    assert ("確認を要する事案はありません" in page) == (cases == 0)


def test_verify_names_what_it_checked(copy: Path) -> None:
    (copy / "revision-2").mkdir()
    assert verify(copy) == verify(copy / "report.html") == ["cases.csv", "report.html", "report.pdf"]


def test_verify_lists_all_faults_at_once(copy: Path) -> None:
    (copy / "report.html").write_text("other", encoding="utf-8")
    (copy / "cases.csv").unlink()
    (copy / "added.txt").write_text("", encoding="utf-8")
    with pytest.raises(IntegrityError) as failed:
        verify(copy)
    for fault in ("report.html was changed", "cases.csv is missing", "added.txt does not belong"):
        assert fault in str(failed.value)


@pytest.mark.parametrize("content", ["", "[]", '{"files": []}', '{"files": {}}', '{"files": {"../x": "0"}}'])
def test_verify_refuses_an_unusable_manifest(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(IntegrityError):
        verify(copy)


def chromium(*arguments: str, profile: Path) -> str:
    """What Chromium prints; it may reach no host."""
    try:
        program = browser()
    except ShirabeError:
        pytest.skip("no Chromium")
    alone = ("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}")
    done = subprocess.run([program, *QUIET, *alone, *arguments], capture_output=True, text=True, check=True, timeout=90)
    return done.stdout


PROBE = """<!doctype html><iframe id="f" width="{width}" height="900" srcdoc="{page}"></iframe><script>
document.getElementById("f").onload = function () {{
  var d = this.contentDocument, seen = function () {{ return d.querySelector("h1 span").innerText + d.querySelectorAll("h1 span")[1].innerText; }};
  var said = [d.documentElement.scrollWidth, d.querySelectorAll("article").length, d.documentElement.lang, d.querySelector("h1").innerText];
  d.querySelectorAll("#language button")[1].click();
  said.push(d.documentElement.lang, d.querySelector("h1").innerText, d.title, d.documentElement.scrollWidth);
  document.body.innerHTML = "<pre>" + said.join("|").replace(/\\s+/g, " ") + "</pre>";
}};</script>"""


@pytest.mark.parametrize("width", [360, 1280])
def test_page_fits_and_speaks_two_languages_in_chromium(page: str, tmp_path: Path, width: int) -> None:
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.format(width=width, page=html.escape(page)), encoding="utf-8")
    said = re.search(
        r"<pre>(.*?)</pre>",
        chromium("--dump-dom", "--virtual-time-budget=8000", probe.as_uri(), profile=tmp_path / "p"),
    )
    assert said, "the page did not open"
    first, articles, language, title, then, english, tab, second = said[1].split("|")
    assert (int(articles), language, then) == (8, "ja", "en")
    assert int(first) <= width
    assert int(second) <= width
    assert "週次報告" in title
    assert "Weekly report" in english
    assert "週次報告" not in english
    assert tab == "Weekly report 2026-W46, information linkage"


def test_page_prints(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    chromium(f"--print-to-pdf={target}", (folder / "report.html").as_uri(), profile=tmp_path / "p")
    assert target.read_bytes().startswith(b"%PDF")


def test_picture_is_small_and_of_the_latest_week(folder: Path, tmp_path: Path) -> None:
    try:
        browser()
    except ShirabeError:
        pytest.skip("no Chromium")
    assert latest_report(folder.parent) == folder / "report.html"
    assert photograph(folder / "report.html", tmp_path / "p.png", (800, 600)).stat().st_size < 400_000
