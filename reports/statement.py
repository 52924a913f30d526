"""The coverage statement in words: what was delivered, what was not, and what could therefore not be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.catalogue import Bilingual, rules
from reports.hits import label_of
from reports.known import RULE
from reports.names import Names
from reports.wording import told, wording


@dataclass(frozen=True)
class Unseen:
    """Something that could not be judged, and why."""

    what: Bilingual
    why: Bilingual


@dataclass(frozen=True)
class Exempt:
    """What a rule let pass this week, why, how many requests, and at which agencies."""

    rule: Bilingual
    why: Bilingual
    requests: int
    agencies: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """What is unlike the weeks that the model learned from, what may lie behind it, and what to do."""

    label: Bilingual
    text: Bilingual
    todo: Bilingual


@dataclass(frozen=True)
class Statement:
    """Coverage for a reader: a sentence, figures in a table, and lists by name. Unknown keys are shown as they are."""

    sentence: Bilingual
    figures: tuple[tuple[Bilingual, str], ...]
    refused: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    unknown: tuple[str, ...]
    unseen: tuple[Unseen, ...]
    exempt: tuple[Exempt, ...]
    drift: Bilingual
    changed: tuple[Changed, ...]
    retrain: Bilingual
    shadow: Bilingual


def read_statement(file: Path, names: Names) -> Statement:
    """Read `coverage.json`; a key that is missing is left out."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    agencies = found.get("agencies") or {}
    left_out = [*(found.get("not_scored") or []), *(found.get("left_out") or [])]
    return Statement(
        _sentence(found, agencies),
        tuple(_figures(found, agencies)),
        tuple((str(f.get("file", "")), str(f.get("reason", ""))) for f in found.get("refused") or []),
        tuple(names.agency(code) for code in _listed(agencies.get("silent"))),
        tuple(_listed(agencies.get("unknown"))),
        tuple(_unseen(entry) for entry in left_out),
        tuple(_exempt(entry, names) for entry in found.get("exempt") or []),
        drift_sentence(found.get("drift") or {}),
        tuple(_changed(entry) for entry in (found.get("drift") or {}).get("messages") or []),
        _both(found.get("retrain") or {}, "text"),
        shadow_sentence(found.get("shadow") or {}),
    )


def shadow_sentence(shadow: Mapping[str, Any]) -> Bilingual:
    """How the list of the shadow differs, in a sentence."""
    text = wording().shadow["none" if not shadow else "failed" if "failed" in shadow else "beside"]
    given = dict(shadow) | {"version": str(shadow.get("version", "")).partition("@")[0]}
    correlation = shadow.get("correlation")
    given["correlation"] = "－" if correlation is None else f"{correlation:.2f}"
    return Bilingual(ja=text.ja.format(**given), en=text.en.format(**given))


def drift_sentence(drift: Mapping[str, Any]) -> Bilingual:
    """Whether the week is like those that the model learned from, in a sentence."""
    messages = drift.get("messages") or []
    name = "unmeasured" if not drift.get("measured") else "some" if messages else "none"
    text = wording().drift[name]
    calendar = wording().drift["same_days" if drift.get("same_working_days") else "all_days"]
    given = {
        "weeks": len(drift.get("compared") or []), "measured": drift.get("measured"),
        "between": drift.get("weeks_between_false_alarms"),
    }  # fmt: skip
    ja = {"causes": "、".join(str(m.get("label_ja")) for m in messages), "calendar": calendar.ja}
    en = {"causes": ", ".join(str(m.get("label_en")) for m in messages), "calendar": calendar.en}
    return Bilingual(ja=text.ja.format(**given, **ja), en=text.en.format(**given, **en))


def _changed(entry: Mapping[str, Any]) -> Changed:
    return Changed(*(_both(entry, name) for name in ("label", "text", "todo")))


def _both(entry: Mapping[str, Any], name: str) -> Bilingual:
    return Bilingual(ja=str(entry.get(f"{name}_ja", "")), en=str(entry.get(f"{name}_en", "")))


def _exempt(entry: Mapping[str, Any], names: Names) -> Exempt:
    declared = {rule.name: rule for rule in rules()}.get(str(entry.get("rule")))
    allowance = declared.allows.get(str(entry.get("allowance"))) if declared else None
    why = allowance.told() if allowance else Bilingual(ja="", en="")
    agencies = tuple(names.agency(code) for code in _listed(entry.get("agencies")))
    return Exempt(
        declared.label if declared else Bilingual(ja="", en=""), why, int(entry.get("requests") or 0), agencies
    )


def _listed(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else int(str(value or 0))


def _sentence(found: Mapping[str, Any], agencies: Mapping[str, Any]) -> Bilingual:
    loaded, silent = _count(found.get("loaded")), _count(agencies.get("silent"))
    aside, refused = sum((found.get("quarantined") or {}).values()), _count(found.get("refused"))
    ja, en = [f"本週の照会{loaded:,}件を分析しました。"], [f"{loaded:,} requests of this week were analysed."]
    if "expected" in agencies:
        expected = _count(agencies["expected"])
        ja.append(f"記録の提出が見込まれる{expected:,}機関のうち、提出のない機関は{silent:,}機関です。")
        en.append(f"Of {expected:,} agencies expected to deliver, {silent:,} did not.")
    ja.append(f"内容に不備があり分析から除いた記録は{aside:,}件、受け付けなかったファイルは{refused:,}件です。")
    en.append(f"{aside:,} faulty rows were set aside; {refused:,} files were refused.")
    return Bilingual(ja="".join(ja), en=" ".join(en))


def _figures(found: Mapping[str, Any], agencies: Mapping[str, Any]) -> list[tuple[Bilingual, str]]:
    grades, scored = found.get("grades") or {}, found.get("scored") or {}
    shown = [
        (
            "提出ファイルの行数（本週を含むもの）",
            "Rows in delivered files that touch this week",
            found.get("delivered"),
        ),
        ("分析した照会", "Requests analysed", found.get("loaded")),
        ("うち 記録区分A（機関のみ）", "of these grade A (agencies only)", grades.get("grade_a")),
        ("うち 記録区分B（職員・端末等あり）", "of these grade B (officials, terminals)", grades.get("grade_b")),
        ("うち 記録区分C（全国共通の仮名あり）", "of these grade C (a key across agencies)", grades.get("grade_c")),
        ("重複として除いた行", "Duplicate rows left out", found.get("duplicate")),
        *((f"不備により除いた行：{t.ja}", f"Rows set aside: {t.en}", n) for t, n in _set_aside(found) if n),
        ("受け付けなかったファイル", "Files refused", found.get("refused")),
        ("提出が見込まれる機関", "Agencies expected", agencies.get("expected")),
        ("うち 提出のない機関", "of these silent", agencies.get("silent")),
        ("機関表にない機関", "Agencies missing from the reference table", agencies.get("unknown")),
        ("分析した職員（延べ）", "Officials scored", scored.get("user")),
        ("分析した機関（照会者又は提供者）", "Agencies scored (those that ask or are asked)", scored.get("agency")),
    ]
    return [(Bilingual(ja=ja, en=en), f"{_count(value):,}") for ja, en, value in shown if value is not None]


def _set_aside(found: Mapping[str, Any]) -> list[tuple[Bilingual, int]]:
    return [(told(reason, wording().set_aside), n) for reason, n in sorted((found.get("quarantined") or {}).items())]


def _unseen(entry: object) -> Unseen:
    if not isinstance(entry, Mapping):
        return Unseen(Bilingual(ja=str(entry), en=str(entry)), Bilingual(ja="", en=""))
    what = Bilingual(ja=str(entry.get("what_ja", "")), en=str(entry.get("what_en", entry.get("what_ja", ""))))
    why = Bilingual(ja=str(entry.get("why_ja", "")), en=str(entry.get("why_en", entry.get("why_ja", ""))))
    named = RULE.match(what.ja)
    if named:
        label = label_of(named[1])
        what = Bilingual(ja=f"規則「{label.ja}」の照合", en=f"the rule “{label.en}”")
    return Unseen(what, why)
