-- One official, one person, several days without a reason within the window: the sum over days of how rare each visit is.
SELECT agency_code, requester_user, subject_key, COUNT(DISTINCT day) AS n_days, CAST(SUM(n_requests) AS BIGINT) AS n_requests,
       CAST(SUM(CAST(-LN(p_unexplained) AS DECIMAL(18, 9))) AS DOUBLE) AS level
FROM recent_visit
WHERE n_unexplained > 0 AND subject_key IS NOT NULL AND monday >= $window_start
GROUP BY agency_code, requester_user, subject_key
HAVING COUNT(DISTINCT day) >= 2 AND MAX(monday) = $monday
