-- One official, one person, several days without a reason within the window: days, and the sum over visits of how rare each
-- is; beside it how many pairs of an official and a person the agency and the nation have.
WITH pair AS (
    SELECT agency_code, requester_user, subject_key, COUNT(DISTINCT day) AS n_days,
           CAST(SUM(CAST(-LN(p_unexplained) AS DECIMAL(18, 9))) AS DOUBLE) AS level, MAX(monday) AS last_monday
    FROM recent_rated_visit
    WHERE n_unexplained > 0 AND subject_key IS NOT NULL AND monday >= $window_start
    GROUP BY agency_code, requester_user, subject_key
),
agency AS (SELECT agency_code, COUNT(subject_key) AS n FROM pair GROUP BY agency_code),
nation AS (SELECT CAST(SUM(n) AS BIGINT) AS n FROM agency)
SELECT p.agency_code, p.requester_user, p.subject_key, p.n_days, p.level, p.last_monday = $monday AS this_week,
       a.n AS agency_pairs, t.n AS nation_pairs
FROM pair p
JOIN agency a ON a.agency_code = p.agency_code
CROSS JOIN nation t
WHERE p.n_days >= 2
ORDER BY p.agency_code NULLS LAST, p.requester_user NULLS LAST, p.subject_key NULLS LAST
