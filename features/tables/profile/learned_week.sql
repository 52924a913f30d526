-- What a profile takes of the week. The fast memory (`n`): at most as much of a value as it knew of it, and three visits. A habit that
-- is new has to show for some weeks until it is one; what somebody else did with the account for a week is not learned as his.
-- The slow memory (`slow`): of a value as much as such a week holds if the habit goes on, and a fifth of what lies beyond.
-- Who has no profile yet is learned whole.
WITH known AS (
    SELECT attribute, agency_code, department, requester_user, SUM(n) AS n, SUM(slow) AS slow
    FROM earlier_user_profile GROUP BY attribute, agency_code, department, requester_user
),
week_all AS (SELECT official_no, attribute, SUM(n) AS n FROM week_profile GROUP BY official_no, attribute),
-- In whole thousandths of a visit; what the slow memory leads one to expect is rounded down to them.
told AS (
    SELECT t.attribute, t.agency_code, t.department, t.requester_user, t.value, CAST(t.n * 1000 AS DOUBLE) AS seen,
           COALESCE(h.n, 0e0) AS own_n, COALESCE(k.n, 0e0) AS own_total, COALESCE(k.slow, 0e0) AS slow_total,
           CAST(FLOOR(CAST(w.n * 1000 AS DOUBLE) * COALESCE(h.slow, 0e0) / NULLIF(k.slow, 0)) AS DOUBLE) AS expected
    FROM week_profile t
    JOIN week_all w ON w.official_no = t.official_no AND w.attribute = t.attribute
    LEFT JOIN earlier_user_profile h ON h.attribute = t.attribute AND h.agency_code = t.agency_code AND h.department = t.department
                                    AND h.requester_user = t.requester_user AND h.value = t.value
    LEFT JOIN known k ON k.attribute = t.attribute AND k.agency_code = t.agency_code AND k.department = t.department
                     AND k.requester_user = t.requester_user
)
SELECT attribute, agency_code, department, requester_user, value,
       CASE WHEN own_total = 0 THEN seen ELSE LEAST(seen, own_n + 3e3) END AS n,
       CASE WHEN slow_total = 0 THEN seen
            ELSE LEAST(seen, expected) + CAST(FLOOR(GREATEST(seen - expected, 0e0) / 5e0) AS DOUBLE) END AS slow
FROM told
