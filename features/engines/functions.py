"""Functions that both engines compute alike, and what to write instead of others that an author may think of."""

from __future__ import annotations

FUNCTIONS = frozenset({
    *("COUNT", "SUM", "MIN", "MAX", "PERCENTILE_CONT", "ARRAY_AGG", "ARRAY_SORT"),
    *("ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD"),
    *("COALESCE", "NULLIF", "GREATEST", "LEAST", "CAST", "EXTRACT"),
    *("ABS", "EXP", "FLOOR", "LN", "SQRT", "LOWER", "UPPER", "TRIM", "LENGTH", "SUBSTRING", "SPLIT_PART"),
})  # fmt: skip
"""Functions that were compared on both engines. Another one may join once a parity test has run it."""

INSTEAD = {
    "AVG": "SUM(CAST(x AS DOUBLE)) / NULLIF(COUNT(x), 0): a mean of doubles depends on the order of the rows",
    "MEDIAN": "PERCENTILE_CONT(5e-1) WITHIN GROUP (ORDER BY x)",
    "QUANTILE_CONT": "PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)",
    "APPROX_QUANTILE": "PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x): an approximation is another number on each engine",
    "APPROX_COUNT_DISTINCT": "COUNT(DISTINCT x): an approximation is another number on each engine",
    "CONCAT": "a || b: CONCAT skips nulls on DuckDB and is null on Spark",
    "LIST": "ARRAY_SORT(ARRAY_AGG(x) FILTER (WHERE x IS NOT NULL))",
    "STRING_AGG": "ARRAY_SORT(ARRAY_AGG(x) FILTER (WHERE x IS NOT NULL)), and join the list where it is read",
    "IF": "CASE WHEN … THEN … ELSE … END",
    "IFNULL": "COALESCE(x, y)",
    "LOG": "LN(x): LOG has base 10 on DuckDB and base e on Spark",
    "ROUND": "the number itself: halves are rounded differently",
    "HASH": "the value itself: each engine has a hash of its own",
    "DATE_TRUNC": "a join with the calendar table, or a half-open window",
    "STRFTIME": "a join with the calendar table",
    "DAYOFWEEK": "a join with the calendar table",
    "DATEDIFF": "a comparison of dates, or a join with the calendar table",
    "DATE_DIFF": "a comparison of dates, or a join with the calendar table",
    "NOW": "a parameter: a clock makes the same input give another result",
    "RANDOM": "nothing: the same input must give the same result",
}
