-- For every official of the week the day that least fits him and best his colleagues: the sum of the visits' ratios, and
-- how many visits of that day, and of his other days on average, fit his colleagues better.
WITH daily AS (
    SELECT agency_code, department, requester_user, day, CAST(SUM(CAST(masquerade AS DECIMAL(18, 9))) AS DOUBLE) AS ratio,
           COUNT(CASE WHEN masquerade > 0 THEN 1 END) AS n
    FROM recent_rated_visit
    WHERE monday = $monday
    GROUP BY agency_code, department, requester_user, day
),
ranked AS (
    SELECT d.agency_code, d.department, d.requester_user, d.ratio, d.n,
           ROW_NUMBER() OVER (PARTITION BY d.agency_code, d.department, d.requester_user
                              ORDER BY d.ratio DESC NULLS LAST, d.day NULLS LAST) AS place,
           SUM(d.n) OVER (PARTITION BY d.agency_code, d.department, d.requester_user) AS n_all,
           COUNT(*) OVER (PARTITION BY d.agency_code, d.department, d.requester_user) AS n_days
    FROM daily d
)
SELECT r.agency_code, r.department, r.requester_user, r.ratio, CAST(r.n AS DOUBLE) AS n,
       COALESCE(CAST(r.n_all - r.n AS DOUBLE) / NULLIF(CAST(r.n_days - 1 AS DOUBLE), 0), 0e0) AS n_other_days
FROM ranked r
WHERE r.place = 1
ORDER BY r.agency_code NULLS LAST, r.department NULLS LAST, r.requester_user NULLS LAST
