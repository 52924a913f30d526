-- What each department did so far, in thousandths of a visit, fading as its officials' habits do.
SELECT u.dimension, u.agency_code, u.department, u.value, CAST(SUM(u.n) AS BIGINT) AS n
FROM (
    SELECT dimension, agency_code, department, value, CAST(FLOOR(CAST(n AS DOUBLE) * 95e-2) AS BIGINT) AS n
    FROM earlier_custom
    UNION ALL
    SELECT dimension, agency_code, department, value, n * 1000 FROM tally
) u
GROUP BY u.dimension, u.agency_code, u.department, u.value
HAVING SUM(u.n) >= 300
