-- One person, looked at without a reason by several officials of an agency within the window: the sum over officials of how
-- rare their most telling visit is. Two colleagues of one department are a hand-over; departments count. Beside it how
-- many people the agency and the nation looked at without a reason.
WITH eye AS (
    SELECT agency_code, subject_key, requester_user, MIN(department) AS department,
           MAX(-LN(p_unexplained)) AS level, MAX(monday) AS last_monday
    FROM recent_rated_visit
    WHERE n_unexplained > 0 AND subject_key IS NOT NULL AND monday >= $window_start
    GROUP BY agency_code, subject_key, requester_user
),
person AS (
    SELECT agency_code, subject_key, COUNT(requester_user) AS n_officials, COUNT(DISTINCT department) AS n_departments,
           CAST(SUM(CAST(level AS DECIMAL(18, 9))) AS DOUBLE) AS level, MAX(last_monday) AS last_monday
    FROM eye
    GROUP BY agency_code, subject_key
),
agency AS (SELECT agency_code, COUNT(subject_key) AS n FROM person GROUP BY agency_code),
nation AS (SELECT CAST(SUM(n) AS BIGINT) AS n FROM agency)
SELECT p.agency_code, p.subject_key, p.n_officials, p.n_departments, p.level, p.last_monday = $monday AS this_week,
       a.n AS agency_pairs, t.n AS nation_pairs
FROM person p
JOIN agency a ON a.agency_code = p.agency_code
CROSS JOIN nation t
WHERE p.n_officials >= 2
ORDER BY p.agency_code NULLS LAST, p.subject_key NULLS LAST
