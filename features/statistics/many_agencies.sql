-- One person, looked at without a reason by officials of several agencies within the window.
WITH eye AS (
    SELECT agency_code, subject_key_national, MAX(-LN(p_unexplained)) AS level, MAX(monday) AS last_monday,
           COUNT(DISTINCT requester_user) AS n_officials
    FROM recent_visit
    WHERE n_unexplained > 0 AND subject_key_national IS NOT NULL AND monday >= $window_start
    GROUP BY agency_code, subject_key_national
)
SELECT MIN(agency_code) AS agency_code, subject_key_national, COUNT(agency_code) AS n_agencies,
       CAST(SUM(n_officials) AS BIGINT) AS n_officials, SUM(level) AS level
FROM eye
GROUP BY subject_key_national
HAVING COUNT(agency_code) >= 2 AND MAX(last_monday) = $monday
