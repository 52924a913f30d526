"""A scored week for the report's tests: eight cases of all kinds, rule hits, a coverage statement, two logs."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.weeks import Week
from models.cases import SCHEMA, weeks
from reports.inputs import EarlierWeek, ReportInputs

WEEK = Week.parse("2026-W46")
BEFORE = 6
"""Earlier weeks of the log."""
MARKUP = "<script>alert(1)</script>"
"""A user id that no page may take for markup."""
FORMULA = "=HYPERLINK(1)"
"""A user id that no spreadsheet may take for a formula."""
_TOWNS = {
    "M011002001": "札幌市",
    "M131016001": "千代田区",
    "M204811001": "北安曇郡小谷村",
    "H000006001": "健康保険組合6",
}
_STRINGS = (
    "request_id requester_agency provider_agency affair_code procedure_code item_code result requester_user "
    "requester_terminal requester_department subject_key subject_key_national case_ref"
)
LOG = pa.schema(
    [(name, pa.string()) for name in _STRINGS.split()]
    + [("requested_at", pa.timestamp("us")), ("requester_nondisclosure", pa.bool_())]
)

AGENCIES = pa.schema(
    [(name, pa.string()) for name in ("agency_code", "name", "prefecture_code", "municipality_code")]
    + [("valid_from", pa.date32()), ("valid_to", pa.date32())]
)


def key(text: str, length: int = 12) -> str:
    """A pseudonym that depends on the text alone."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def request(case: int, number: int, *, agency: str, user: str | None, subject: str | None) -> dict[str, Any]:
    """A row of the log; every ninth was withheld, every seventh found nothing."""
    at = datetime.combine(WEEK.monday, datetime.min.time()) + timedelta(
        days=number % 5 if number % 11 else 5,
        hours=8 + (number * 7 + case) % 13,
        minutes=number * 17 % 60,
        seconds=number,
    )
    return {
        "request_id": f"R{key(f'{case}/{number}', 16)}", "requested_at": at, "requester_agency": agency,
        "provider_agency": list(_TOWNS)[number % 4], "affair_code": "JM00000005182532", "procedure_code": f"JT{number % 3:014d}",
        "item_code": f"TM{number % 4:014d}", "result": "withheld" if number % 9 == 0 else "no_record" if number % 7 == 0 else "provided",
        "requester_user": user, "requester_terminal": user and f"T{number % 2:04d}", "requester_department": user and "D005",
        "subject_key": subject, "case_ref": f"C{key(str(number))}" if number % 5 == 0 else None, "requester_nondisclosure": number % 9 == 0,
    }  # fmt: skip


def _reason(feature: str, label: str, actual: float, typical: float, share: float) -> dict[str, Any]:
    return {"feature": feature, "actual": actual, "typical": typical, "contribution": share,
            "text_ja": f"{label}が{actual:g}回あり、見込み{typical:g}回を上回っています。",
            "text_en": f"{feature}: {actual:g}, where {typical:g} were to be expected."}  # fmt: skip


def _case(
    rank: int, finding: str, entity: str, title: tuple[str, str], rows: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    users = sorted({row["requester_user"] for row in rows if row["requester_user"]})
    subjects = sorted({row["subject_key"] for row in rows if row["subject_key"]})
    people, days = len(subjects), len({row["requested_at"].date() for row in rows})
    return {
        "case_id": key(f"case {rank}", 16), "week": str(WEEK), "rank": rank, "severity": 99.0 - 7 * rank, "confidence": 1.0 - rank / 12,
        "agency_code": "M011002001", "entity": entity, "users": users,
        "entity_id": "M011002001" if entity == "agency" else f"M011002001/{(users if entity == 'user' else subjects)[0]}",
        "subjects": subjects, "title_ja": title[0], "title_en": title[1], "finding": finding, "rules": [], "continues": None,
        "reasons": [
            _reason("unexplained", "理由が確認できない照会", 41.0 / rank, 3.2 / rank, 0.6),
            _reason("unexplained_procedure", "理由が確認できず、手続もまれな照会", 12.0, 0.4, 0.3),
            _reason("clock", "通常と異なる時間帯・閉庁日", 6.0, 1.1, 0.1),
        ],
        "request_ids": [row["request_id"] for row in rows], "expected_equals": 0.002 * 2.2**rank,
        "story_ja": f"当該職員が、{days}日間に{people}名について、受付中の案件等の理由が確認できない照会を含む{len(rows)}回（人・日）の照会を行っています。",
        "story_en": f"The official made {len(rows)} visits (person and day) concerning {people} people on {days} days.",
        "against": [
            {"text_ja": "自動照合した理由（受付中の案件、世帯員、継続対応、一斉業務等）により、今週の照会120回のうち79回は説明がつきました。", "text_en": "Reasons tried: 79 of the 120 visits this week are explained."},
            {"text_ja": "当該機関では、通常の照会の12.4%も理由の自動確認ができません。", "text_en": "At this agency 12.4% of ordinary visits have no reason either."},
        ],
        "counterfactual_ja": f"根拠として掲げた{len(rows)}回の照会がなければ、本件は抽出されません。",
        "counterfactual_en": f"Without the {len(rows)} visits listed this case would not be here.", "model_version": "shirabe-weekly/3",
    } | more  # fmt: skip


def _rows(
    case: int, count: int, *, agency: str = "M011002001", users: tuple[str | None, ...], subjects: int
) -> list[dict[str, Any]]:
    return [
        request(case, n, agency=agency, user=users[n % len(users)], subject=f"s{key(f'{case}/{n % subjects}', 16)}" if subjects else None)
        for n in range(1, count + 1)
    ]  # fmt: skip


def _eight() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    one, many = (f"u{key('one')}",), tuple(f"u{key(str(n))}" for n in range(7))
    told = {
        1: ("official_week", "user", ("職員1名による説明のつかない照会", "Look-ups without a reason by one official"), _rows(1, 64, users=one, subjects=14)),
        2: ("same_person", "user", ("同一人物に対する反復照会", "The same person again and again"), _rows(2, 9, users=(MARKUP,), subjects=1)),
        3: ("many_officials", "subject", ("同一人物に対する多数職員の照会", "Many officials on one person"), _rows(3, 12, users=many, subjects=1)),
        4: ("agency_quiet", "agency", ("照会記録の急減", "Records fall silent"), []),
        5: ("unexplained_over_time", "user", ("数週にわたり続く説明のつかない照会", "Look-ups without a reason, over several weeks"), _rows(5, 8, users=(FORMULA,), subjects=5)),
        6: ("rule_violation", "user", ("規則に反する照会", "Requests that break a rule"), _rows(6, 4, users=(f"u{key('six')}",), subjects=2)),
        7: ("rule_violation", "agency", ("規則に反する照会", "Requests that break a rule"), _rows(7, 5, agency="H000006001", users=(None,), subjects=0)),
        8: ("a_kind_of_tomorrow", "user", ("その他の照会", "Other look-ups"), _rows(8, 3, users=(f"u{key('eight')}",), subjects=3)),
    }  # fmt: skip
    more: dict[int, dict[str, Any]] = {
        1: {"continues": key("earlier", 16)},
        5: {"users": [FORMULA]},
        6: {"rules": ["answered_though_withheld", "two_terminals_at_once"]},
        7: {"agency_code": "H000006001", "entity_id": "H000006001", "rules": ["authority_missing"]},
    }
    for row in told[5][3][4:]:
        row["requested_at"] -= timedelta(weeks=3)
    cases = [_case(rank, *parts[:3], parts[3], **more.get(rank, {})) for rank, parts in told.items()]
    return cases, [row for parts in told.values() for row in parts[3]]


COVERAGE = {
    "week": str(WEEK), "delivered": 1_254_310, "loaded": 1_251_998, "duplicate": 2_211,
    "quarantined": {"responded_at before requested_at": 3, "conflicting": 0, "a reason of tomorrow": 2},
    "refused": [{"file": "2026-W46/broken.parquet", "reason": "no Parquet file"}],
    "agencies": {"in_table": 4, "expected": 5, "silent": ["M204811001"], "unknown": ["132063"]},
    "grades": {"requests": 1_251_998, "grade_a": 120_000, "grade_b": 1_131_998, "grade_c": 0, "agencies": 4, "agencies_with_officials": 3},
    "scored": {"user": 812, "agency": 4}, "not_scored": [],
    "exempt": [{"rule": "account_outside_posting", "allowance": "most_outside", "requests": 41, "agencies": ["M204811001", "132063"]}],
    "left_out": [{"what_ja": "規則 authority_missing (authority)", "what_en": "rule authority_missing (authority)", "why_ja": "照合に必要な参照表が提供されていない", "why_en": "its reference table was not delivered"}],
}  # fmt: skip


def _hits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    outside = [f"R{key(f'outside {n}', 16)}" for n in range(23)]
    return [
        {"week": str(WEEK), "rule_id": "two_terminals_at_once" if n % 2 else "answered_though_withheld", "request_id": request_id,
         "agency_code": list(_TOWNS)[n % 3], "requester_user": None if n == 4 else f"u{key(str(n))}",
         "detail_ja": "照合の結果、規則に該当します。", "detail_en": "Breaks the rule."}
        for n, request_id in enumerate([*outside, rows[0]["request_id"]])
    ]  # fmt: skip


def _weeks(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ten weeks of the cases about one official or an agency, the last far above its band."""
    return [
        {"week": str(WEEK), "case_id": case["case_id"], "monday": WEEK.shift(number - 9).monday, "expected": 2.0, "low": 0.0, "high": 5.0,
         "counted": weeks.REQUESTS if case["entity"] == "agency" else weeks.VISITS, "actual": 41.0 if number == 9 else number % 3,
         "peers": 1.0 if case["entity"] == "user" else None, "n_peers": 12}
        for case in told if case["entity"] != "subject" for number in range(10)
    ]  # fmt: skip


def write_habits(target: Path, cases: list[dict[str, Any]]) -> None:
    """A log of what the officials of these cases did in the weeks before: always one procedure, at one terminal."""
    usual = {"procedure_code": f"JT{0:014d}", "item_code": f"TM{0:014d}", "requester_terminal": "T0000"}
    users = sorted({case["entity_id"].partition("/")[2] for case in cases if case["entity"] == "user"})
    rows = [
        request(100, n, agency="M011002001", user=user, subject=f"s{key(f'{user} {n}', 16)}") | usual | {"request_id": f"H{key(f'{user}{back}{n}')}"}
        | {"requested_at": WEEK.shift(-back).start + timedelta(days=n, hours=10)}
        for user in users for back in range(1, BEFORE + 1) for n in (1, 2)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, LOG), target)


def _behind(folder: Path, cases: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write what stands behind the cases: earlier weeks of the log, which reasons requests have, the report of the week before."""
    write_habits(folder / "before.parquet", cases)
    reasons = {row["request_id"]: None if n % 4 else "open_case" for n, row in enumerate(rows) if row["requester_user"]}
    found = {"request_id": [*reasons], "explained_by": pa.array(reasons.values(), pa.string())}
    pq.write_table(pa.table(found), folder / "explained.parquet")
    last = [case | {"rank": 17, "title_ja": "先週の題", "title_en": "Title of last week"} for case in cases[4:5]]
    pq.write_table(pa.Table.from_pylist(last, SCHEMA), folder / "last.parquet")
    logs = tuple(folder / f"{name}.parquet" for name in ("before", "log", "earlier"))
    earlier = EarlierWeek(WEEK.shift(-1), folder / "last.parquet", f"../week={WEEK.shift(-1)}/report.html")
    return {
        "past": logs,
        "past_since": WEEK.shift(-BEFORE),
        "explained": (folder / "explained.parquet",),
        "earlier": (earlier,),
    }


def scored_week(folder: Path, cases: int = 8) -> ReportInputs:
    """Write the tables of a scored week (with its first so many cases) and say where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    told, rows = _eight()
    cut = WEEK.start
    logs = {
        "log": [r for r in rows if r["requested_at"] >= cut],
        "earlier": [r for r in rows if r["requested_at"] < cut],
    }
    for name, part in logs.items():
        pq.write_table(pa.Table.from_pylist(part, LOG), folder / f"{name}.parquet")
    pq.write_table(pa.Table.from_pylist(told[:cases], SCHEMA), folder / "cases.parquet")
    names = ["week", "rule_id", "request_id", "agency_code", "requester_user", "detail_ja", "detail_en"]
    hits = pa.schema([(name, pa.string()) for name in names])
    pq.write_table(pa.Table.from_pylist(_hits(rows), hits), folder / "rule_hits.parquet")
    agencies = [
        {"agency_code": code, "name": name, "prefecture_code": code[1:3] if code.startswith("M") else None,
         "municipality_code": code[1:7] if code.startswith("M") else None, "valid_from": date(2013, 10, 22)}
        for code, name in _TOWNS.items()
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(agencies, AGENCIES), folder / "agencies.parquet")
    called = [{"kind": "procedure", "code": f"JT{0:014d}", "name": "児童手当の認定", "valid_from": None},
              {"kind": "item", "code": f"TM{1:014d}", "name": "地方税関係情報", "valid_from": None}]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(called), folder / "codes.parquet")
    pq.write_table(pa.Table.from_pylist(_weeks(told[:cases]), weeks.SCHEMA), folder / "case_weeks.parquet")
    (folder / "coverage.json").write_text(json.dumps(COVERAGE, ensure_ascii=False), encoding="utf-8")
    return ReportInputs(
        WEEK, 2, ("log of 2026-W44", "reference table agencies"), folder / "cases.parquet", folder / "rule_hits.parquet",
        folder / "requests.parquet", folder / "coverage.json", (folder / "log.parquet", folder / "earlier.parquet"),
        folder / "agencies.parquet", folder / "codes.parquet", "shirabe-weekly/3", {"log of 2026-W46": "0" * 64}, 20,
        case_weeks=folder / "case_weeks.parquet", **_behind(folder, told[:cases], rows),
    )  # fmt: skip
