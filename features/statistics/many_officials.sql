-- One person, looked at without a reason by several officials of an agency within the window: the sum over officials of
-- how rare their most telling visit is. Two colleagues of one department are a hand-over; departments count.
WITH eye AS (
    SELECT agency_code, subject_key, requester_user, MIN(department) AS department,
           MAX(-LN(p_unexplained)) AS level, MAX(monday) AS last_monday
    FROM recent_visit
    WHERE n_unexplained > 0 AND subject_key IS NOT NULL AND monday >= $window_start
    GROUP BY agency_code, subject_key, requester_user
)
SELECT agency_code, subject_key, COUNT(requester_user) AS n_officials, COUNT(DISTINCT department) AS n_departments,
       CAST(SUM(CAST(level AS DECIMAL(18, 9))) AS DOUBLE) AS level
FROM eye
GROUP BY agency_code, subject_key
HAVING COUNT(requester_user) >= 2 AND MAX(last_monday) = $monday
