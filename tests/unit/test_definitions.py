"""A declaration or a query that is wrong is named with its file and its line, in readable words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features import catalogue, rules
from features.engines import declared
from features.engines.duckdb import DuckDBEngine
from features.errors import DefinitionsDisagreeError

QUERY = """-- a rule of one's own
SELECT r.request_id
FROM request r
WHERE {condition}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A `features` folder with one rule."""
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setattr(declared, "portable_files", lambda: sorted((tmp_path / "rules").glob("*.sql")))
    catalogue.rules.cache_clear()
    yaml = (Path(rules.__file__).parent / "answered_though_withheld.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules" / "mine.yaml").write_text(
        yaml.replace("answered_though_withheld", "mine").replace("facts: [returned]\n", "").replace("{returned}", ""),
        encoding="utf-8",
    )
    (tmp_path / "rules" / "mine.sql").write_text(QUERY.format(condition="r.result = 'x'"), encoding="utf-8")
    yield tmp_path / "rules"
    catalogue.rules.cache_clear()


def hits() -> None:
    with DuckDBEngine() as engine:
        text = "CAST(NULL AS STRING)"
        columns = f"{text} AS request_id, {text} AS requester_agency, {text} AS requester_user, {text} AS result"
        engine.table("request", f"SELECT {columns}")
        rules.run_rules(engine, "2026-W46", frozenset(["accounts", "authority", "cases", "calendar"]))


@pytest.mark.parametrize(
    ("condition", "said"),
    [("r.reslut = 'x'", "reslut"), ("EXISTS (SELECT 1 FROM acounts)", "acounts"), ("r.result == = 'x'", "syntax")],
)
def test_query_with_a_fault_is_named_by_file_and_line(folder: Path, condition: str, said: str) -> None:
    (folder / "mine.sql").write_text(QUERY.format(condition=condition), encoding="utf-8")
    with pytest.raises(DefinitionsDisagreeError, match=rf"rules/mine\.sql, line 4: .*{said}"):
        hits()


def test_query_without_a_fault_runs(folder: Path) -> None:
    hits()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a list", "the file as a whole: "),
        ("grade: [", "no YAML (line 1"),
        ("name: mine\ngrade: A\nspeed: 3", "speed: Extra inputs"),
        ("name: mine", "reviewed: Field required"),
        ("\x80", "not UTF-8"),
    ],
)
def test_declaration_with_a_fault_is_told_in_words(folder: Path, text: str, said: str) -> None:
    (folder / "mine.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(DefinitionsDisagreeError) as told:
        catalogue.rules()
    assert f"rules/mine.yaml: {said}" in str(told.value) or said in str(told.value)
    assert "pydantic" not in str(told.value)
    assert "validation error" not in str(told.value)
