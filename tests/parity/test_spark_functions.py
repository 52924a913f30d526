"""Every function that the linter lets pass gives the same on both engines, nulls and Japanese text included."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from features.engines.functions import FUNCTIONS
from tests.parity.conftest import Compared
from tests.parity.test_spark import differences

ROWS = pa.table({
    "n": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
    "g": pa.array(["a", "a", "a", "b", "b", "b"]),
    "k": pa.array([3, 3, None, -7, 0, 12], pa.int64()),
    "x": pa.array([0.5, 2.25, None, -1.75, 1e-12, 7.0]),
    "s": pa.array([" Abc ", "住民票の写し", None, "", "É1", "zz"]),
    "t": pa.array([datetime(2026, 11, 9, h, 59, 59) for h in (0, 1, 9, 12, 22, 23)], pa.timestamp("us")),
    "d": pa.array([date(2026, 11, 9), date(2024, 2, 29), None, date(2015, 1, 1), date(2026, 12, 31), date(2026, 1, 1)]),
})  # fmt: skip
ORDERED = "OVER (PARTITION BY g ORDER BY k DESC NULLS LAST, n NULLS LAST)"
QUERIES = {
    "ABS": "ABS(x) AS a, ABS(k) AS b",
    "CAST": "CAST(k AS DOUBLE) AS a, CAST(k AS STRING) AS b, CAST(t AS DATE) AS c, CAST(d AS STRING) AS e, CAST(x AS DECIMAL(18, 9)) AS f",
    "COALESCE": "COALESCE(k, 0) AS a, COALESCE(s, '?') AS b",
    "EXP": "EXP(x) AS a",
    "EXTRACT": "EXTRACT(HOUR FROM t) AS a",
    "FLOOR": "CAST(FLOOR(x * 4e0) AS DOUBLE) AS a",
    "GREATEST": "GREATEST(x, 0e0) AS a, GREATEST(k, 1) AS b",
    "LEAST": "LEAST(x, 0e0) AS a, LEAST(k, 1) AS b",
    "LN": "LN(CASE WHEN x > 0 THEN x END) AS a",
    "SQRT": "SQRT(CASE WHEN x >= 0 THEN x END) AS a",
    "NULLIF": "NULLIF(k, 0) AS a, CAST(n AS DOUBLE) / NULLIF(k, 0) AS b",
    "LENGTH": "LENGTH(s) AS a",
    "LOWER": "LOWER(s) AS a",
    "UPPER": "UPPER(s) AS a",
    "TRIM": "TRIM(s) AS a",
    "SUBSTRING": "SUBSTRING(s, 2, 2) AS a",
    "SPLIT_PART": "SPLIT_PART(s, 'b', 1) AS a, SPLIT_PART(s, 'b', 2) AS b",
    "ROW_NUMBER": f"ROW_NUMBER() {ORDERED} AS a",
    "RANK": f"RANK() {ORDERED} AS a",
    "DENSE_RANK": f"DENSE_RANK() {ORDERED} AS a",
    "LAG": f"LAG(k) {ORDERED} AS a, LAG(s) {ORDERED} AS b",
    "LEAD": f"LEAD(k) {ORDERED} AS a, LEAD(t) {ORDERED} AS b",
}
AGGREGATES = {
    "COUNT": "COUNT(k) AS a, COUNT(DISTINCT k) AS b",
    "SUM": "SUM(k) AS a, SUM(k) AS b, CAST(SUM(CAST(x AS DECIMAL(18, 9))) AS DOUBLE) AS c",
    "MIN": "MIN(k) AS a, MIN(s) AS b, MIN(t) AS c",
    "MAX": "MAX(k) AS a, MAX(s) AS b, MAX(d) AS c",
    "PERCENTILE_CONT": "PERCENTILE_CONT(5e-1) WITHIN GROUP (ORDER BY k) AS a, PERCENTILE_CONT(9e-1) WITHIN GROUP (ORDER BY x) AS b",
    "ARRAY_AGG": "ARRAY_SORT(ARRAY_AGG(s) FILTER (WHERE s IS NOT NULL)) AS a",
    "ARRAY_SORT": "ARRAY_SORT(ARRAY_AGG(k) FILTER (WHERE k IS NOT NULL)) AS a",
}


def test_every_function_of_the_subset_is_compared() -> None:
    assert QUERIES.keys() | AGGREGATES.keys() == FUNCTIONS


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_function(simulated: Compared, name: str) -> None:
    for engine in (simulated.duckdb, simulated.spark):
        engine.given("sample_row", ROWS)
    plain = f"SELECT n, {QUERIES.get(name)} FROM sample_row ORDER BY n NULLS LAST"
    grouped = f"SELECT g, {AGGREGATES.get(name)} FROM sample_row GROUP BY g ORDER BY g NULLS LAST"
    assert not differences(*simulated.tables(plain if name in QUERIES else grouped))
