"""The linter of portable SQL: every construct that it knows, where it stands, and what it advises instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.catalogue import query
from features.engines.functions import FUNCTIONS, INSTEAD
from features.engines.portable import check_files, faults, main
from features.errors import DefinitionsDisagreeError

GOOD = """
WITH seen AS (
    SELECT a, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST) AS place, CAST(FLOOR(x * 4e0) AS DOUBLE) AS bin,
           EXTRACT(HOUR FROM t) AS hour, t + INTERVAL '10' MINUTE AS later, CAST(b AS STRING) || '/' AS label
    FROM z WHERE t >= $week_start AND t < $week_end
)
SELECT s.a, COUNT(DISTINCT s.bin) AS n, CAST(SUM(s.place) AS BIGINT) AS total,
       CAST(SUM(s.hour) AS DOUBLE) / NULLIF(COUNT(s.hour), 0) AS mean, (s.a + $strength) / (s.a + $strength) AS smooth,
       PERCENTILE_CONT(5e-1) WITHIN GROUP (ORDER BY s.bin) AS middle,
       ARRAY_SORT(ARRAY_AGG(s.label) FILTER (WHERE s.label IS NOT NULL)) AS strings
FROM seen s SEMI JOIN w ON w.a = s.a
GROUP BY s.a ORDER BY s.a NULLS LAST
"""

BAD = [
    ("SELECT * FROM z", "SELECT *", "names of the columns"),
    ("SELECT a FROM z QUALIFY ROW_NUMBER() OVER (ORDER BY a NULLS LAST) = 1", "QUALIFY", "subquery"),
    ("SELECT DISTINCT ON (a) a, b FROM z", "DISTINCT ON", "ROW_NUMBER"),
    ("SELECT a, COUNT(b) AS n FROM z GROUP BY ALL", "GROUP BY ALL", "names"),
    ("SELECT a FROM z ORDER BY ALL", "ORDER BY ALL", "NULLS LAST"),
    ("SELECT a FROM z ORDER BY a", "without place for nulls", "a NULLS LAST"),
    ("SELECT a FROM z ORDER BY a DESC", "without place for nulls", "NULLS LAST"),
    ("SELECT LAG(a) OVER (ORDER BY b) AS before FROM z", "without place for nulls", "NULLS LAST"),
    ("SELECT ARRAY_AGG(a ORDER BY a NULLS LAST) AS l FROM z", "ORDER BY within an aggregate", "ARRAY_SORT"),
    ("SELECT a FROM z WHERE a NOT IN (SELECT b FROM w)", "IN (SELECT", "ANTI JOIN"),
    ('SELECT "a" FROM z', "quoted name", "plain name"),
    ("SELECT z.a FROM z ASOF JOIN w ON w.a >= z.a", "ASOF JOIN", "JOIN"),
    ("SELECT 1.0 * a AS b FROM z", "number 1.0", "10e-1"),
    ("SELECT CAST(a AS VARCHAR) AS b FROM z", "type VARCHAR", "STRING"),
    ("SELECT CAST(a AS HUGEINT) AS b FROM z", "cast to", "BIGINT"),
    ("SELECT CAST(a * 5e-1 AS BIGINT) AS b FROM z", "fraction to a whole number", "FLOOR"),
    ("SELECT TRY_CAST(a AS DOUBLE) AS b FROM z", "TRY_CAST", "CAST"),
    ("SELECT a // b AS c FROM z", "whole division", "FLOOR"),
    ("SELECT a / b AS c FROM z", "divisor that may be 0", "NULLIF"),
    ("SELECT FLOOR(a) AS b FROM z", "FLOOR, whole on Spark", "CAST(FLOOR(x) AS DOUBLE)"),
    ("SELECT EXTRACT(DOW FROM t) AS d FROM z", "EXTRACT(DOW", "calendar"),
    ("SELECT l[1] AS a FROM z", "list, struct", "columns"),
    ("SELECT a FROM z WHERE a ILIKE 'x%'", "pattern", "LIKE"),
    ("SELECT COUNT(DISTINCT a) AS n, COUNT(DISTINCT b) AS m FROM z", "several COUNT(DISTINCT", "two steps"),
    ("SELECT COUNT(a) FROM z", "column without a name", "AS name"),
    ("SELECT a FROM", "cannot be parsed", "one SELECT"),
    ("CREATE TABLE z (a INTEGER)", "not one query", "engine"),
    ("SELECT a FROM z; SELECT b FROM z", "not one query", "one SELECT"),
    ("SELECT SOUNDEX(a) AS b FROM z", "function SOUNDEX", "parity test"),
]  # fmt: skip


def test_what_is_portable_passes() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(("text", "found", "instead"), BAD, ids=[found for _, found, _ in BAD])
def test_fault_is_found_with_what_to_write(text: str, found: str, instead: str) -> None:
    assert [f for f in faults(text) if found in f.found and instead in f.instead], faults(text)


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_advised_function_is_refused_in_favour_of_another(name: str) -> None:
    assert name not in FUNCTIONS
    arguments = {"IF": "a, b, c", "NOW": "", "DATE_TRUNC": "'day', a", "STRFTIME": "a, '%Y'"}.get(
        name, "'day', a, b" if "DIFF" in name else "a"
    )
    assert [f.instead for f in faults(f"SELECT {name}({arguments}) AS b FROM z") if f"function {name}," in f.found] == [
        INSTEAD[name]
    ]


def test_line_is_that_of_the_file() -> None:
    assert [f.line for f in faults("-- a word\n-- and another\nSELECT a\nFROM z\n\nORDER BY a\n")] == [6]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.sql").write_text("SELECT a / b AS c FROM z\nORDER BY a", encoding="utf-8")
    files = [tmp_path / "one.sql", tmp_path / "two.sql"]
    with pytest.raises(DefinitionsDisagreeError) as told:
        check_files(files)
    assert str(told.value).count("divisor") == str(told.value).count("place for nulls") == 2
    assert main([str(file) for file in files]) == 11
    assert "one.sql, line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("a.valid_to < u.day", "a.valid_until < u.day"), ("SELECT r.request_id,", "SELECT r.request_no,")],
)
def test_a_column_of_a_rule_that_no_table_has_is_named_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str
) -> None:
    text = query("rules", "account_outside_posting")
    file = tmp_path / "rules" / "mine.sql"
    file.parent.mkdir()
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    assert main([str(file)]) == 11
    line = text[: text.index(right)].count("\n") + 1
    column = wrong.split(".")[1].split(maxsplit=1)[0].strip(",")
    assert f"rules/mine.sql, line {line}: the column {column}, which no table" in capsys.readouterr().err
    file.write_text(text, encoding="utf-8")
    assert main([str(file)]) == 0
