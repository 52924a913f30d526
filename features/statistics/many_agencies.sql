-- One person, looked at without a reason by officials of several agencies within the window. One very rare visit is an
-- official's own case: no agency counts for more than three nats.
WITH eye AS (
    SELECT agency_code, subject_key_national, MAX(-LN(p_unexplained)) AS level, MAX(monday) AS last_monday,
           COUNT(DISTINCT requester_user) AS n_officials
    FROM recent_rated_visit
    WHERE n_unexplained > 0 AND subject_key_national IS NOT NULL AND monday >= $window_start
    GROUP BY agency_code, subject_key_national
)
SELECT MIN(agency_code) AS agency_code, subject_key_national, COUNT(agency_code) AS n_agencies,
       CAST(SUM(n_officials) AS BIGINT) AS n_officials,
       CAST(SUM(CAST(LEAST(level, 3e0) AS DECIMAL(18, 9))) AS DOUBLE) AS level
FROM eye
GROUP BY subject_key_national
HAVING COUNT(agency_code) >= 2 AND MAX(last_monday) = $monday
