-- Minus the logarithm of how probable a value is for this official, smoothed towards the department, the agency, the kind
-- of agency and the nation (each level lends `strength` visits' worth of opinion to the one below; additive smoothing
-- with back-off as in language models, MacKay and Bauman Peto 1995).
-- The official is judged by earlier weeks; everyone else also by what they do this very week, so that what many
-- begin at once (a new procedure, a campaign, overtime of a whole office) surprisals nobody.
-- `surprisal` is by the fast memory, to which changed work is usual after some weeks; `lasting` by the slow one.
WITH own AS (
    SELECT o.official_no, h.attribute, h.value, h.n, h.slow
    FROM earlier_user_profile h
    JOIN official o ON o.agency_code = h.agency_code AND o.department = h.department AND o.requester_user = h.requester_user
),
own_all AS (
    SELECT official_no, attribute, SUM(n) AS n, SUM(slow) AS slow FROM own GROUP BY official_no, attribute
),
department_value AS (
    SELECT u.attribute, u.agency_code, u.department, u.value, SUM(u.n) AS n
    FROM (SELECT attribute, agency_code, department, value, n FROM earlier_department_profile
          UNION ALL SELECT attribute, agency_code, department, value, CAST(n * 1000 AS DOUBLE) FROM week_profile) u
    GROUP BY u.attribute, u.agency_code, u.department, u.value
),
department_all AS (
    SELECT attribute, agency_code, department, SUM(n) AS n FROM department_value GROUP BY attribute, agency_code, department
),
agency_value AS (
    SELECT attribute, agency_code, value, SUM(n) AS n FROM department_value GROUP BY attribute, agency_code, value
),
agency_all AS (
    SELECT attribute, agency_code, SUM(n) AS n FROM agency_value GROUP BY attribute, agency_code
),
kind_value AS (
    SELECT v.attribute, COALESCE(a.kind, 'unknown') AS kind, v.value, SUM(v.n) AS n
    FROM agency_value v LEFT JOIN agency_now a ON a.agency_code = v.agency_code
    GROUP BY v.attribute, COALESCE(a.kind, 'unknown'), v.value
),
kind_all AS (SELECT attribute, kind, SUM(n) AS n FROM kind_value GROUP BY attribute, kind),
nation_value AS (SELECT attribute, value, SUM(n) AS n FROM agency_value GROUP BY attribute, value),
nation_all AS (SELECT attribute, SUM(n) AS n, COUNT(value) AS n_values FROM nation_value GROUP BY attribute),
now_all AS (
    SELECT official_no, attribute, SUM(n) AS n FROM week_profile GROUP BY official_no, attribute
),
-- Counted in whole thousandths of a visit so far, whose sums are exact in any order; in visits from here on.
counts AS (
    SELECT
        t.official_no, t.attribute, t.agency_code, t.department, t.requester_user, t.value,
        COALESCE(o.n, 0e0) / 1e3 AS own_n, COALESCE(oa.n, 0e0) / 1e3 AS own_total,
        COALESCE(o.slow, 0e0) / 1e3 AS slow_n, COALESCE(oa.slow, 0e0) / 1e3 AS slow_total,
        CAST(dv.n - t.n * 1000 - COALESCE(o.n, 0) AS DOUBLE) / 1e3 AS department_n,
        CAST(da.n - na.n * 1000 - COALESCE(oa.n, 0) AS DOUBLE) / 1e3 AS department_total,
        (av.n - t.n * 1000) / 1e3 AS agency_n, (aa.n - na.n * 1000) / 1e3 AS agency_total,
        (kv.n - av.n) / 1e3 AS kind_n, (ka.n - aa.n) / 1e3 AS kind_total,
        (nv.n - av.n) / 1e3 AS nation_n, (nn.n - aa.n) / 1e3 AS nation_total,
        CAST(nn.n_values AS DOUBLE) AS n_values
    FROM week_profile t
    JOIN now_all na ON na.official_no = t.official_no AND na.attribute = t.attribute
    LEFT JOIN own o ON o.official_no = t.official_no AND o.attribute = t.attribute AND o.value = t.value
    LEFT JOIN own_all oa ON oa.official_no = t.official_no AND oa.attribute = t.attribute
    JOIN department_value dv ON dv.attribute = t.attribute AND dv.agency_code = t.agency_code
                   AND dv.department = t.department AND dv.value = t.value
    JOIN department_all da ON da.attribute = t.attribute AND da.agency_code = t.agency_code AND da.department = t.department
    JOIN agency_value av ON av.attribute = t.attribute AND av.agency_code = t.agency_code AND av.value = t.value
    JOIN agency_all aa ON aa.attribute = t.attribute AND aa.agency_code = t.agency_code
    LEFT JOIN agency_now an ON an.agency_code = t.agency_code
    JOIN kind_value kv ON kv.attribute = t.attribute AND kv.kind = COALESCE(an.kind, 'unknown') AND kv.value = t.value
    JOIN kind_all ka ON ka.attribute = t.attribute AND ka.kind = COALESCE(an.kind, 'unknown')
    JOIN nation_value nv ON nv.attribute = t.attribute AND nv.value = t.value
    JOIN nation_all nn ON nn.attribute = t.attribute
),
nation_level AS (
    SELECT c.official_no, c.attribute, c.agency_code, c.department, c.requester_user, c.value,
           c.own_n, c.own_total, c.slow_n, c.slow_total, c.department_n, c.department_total, c.agency_n, c.agency_total, c.kind_n, c.kind_total,
           (c.nation_n + 5e-1) / NULLIF(c.nation_total + 5e-1 * c.n_values, 0) AS p
    FROM counts c
),
kind_level AS (
    SELECT c.official_no, c.attribute, c.agency_code, c.department, c.requester_user, c.value,
           c.own_n, c.own_total, c.slow_n, c.slow_total, c.department_n, c.department_total, c.agency_n, c.agency_total,
           (c.kind_n + $strength * c.p) / (c.kind_total + $strength) AS p
    FROM nation_level c
),
agency_level AS (
    SELECT c.official_no, c.attribute, c.agency_code, c.department, c.requester_user, c.value,
           c.own_n, c.own_total, c.slow_n, c.slow_total, c.department_n, c.department_total,
           (c.agency_n + $strength * c.p) / (c.agency_total + $strength) AS p
    FROM kind_level c
),
department_level AS (
    SELECT c.official_no, c.attribute, c.agency_code, c.department, c.requester_user, c.value, c.own_n, c.own_total, c.slow_n, c.slow_total,
           (c.department_n + $strength * c.p) / (c.department_total + $strength) AS p
    FROM agency_level c
)
SELECT c.official_no, c.attribute, c.agency_code, c.department, c.requester_user, c.value,
       c.own_n, c.own_total, c.p AS p_department,
       -LN((c.own_n + $strength * c.p) / (c.own_total + $strength)) AS surprisal,
       -LN((c.slow_n + $strength * c.p) / (c.slow_total + $strength)) AS lasting
FROM department_level c
