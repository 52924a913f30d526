-- Officials active in the week, with the week's totals and the number of earlier weeks in which they were seen.
SELECT n.agency_code, n.requester_user,
       CAST(SUM(n.n_visits) AS BIGINT) AS n_visits, CAST(SUM(n.n_subjects) AS BIGINT) AS n_subjects,
       CAST(SUM(n.n_requests) AS BIGINT) AS n_requests, CAST(SUM(n.n_unexplained) AS BIGINT) AS n_unexplained,
       CAST(MAX(COALESCE(e.weeks, 0)) AS BIGINT) AS earlier_weeks
FROM recent_user_week n
LEFT JOIN (SELECT agency_code, requester_user, COUNT(DISTINCT monday) AS weeks
           FROM recent_user_week WHERE monday < $monday GROUP BY agency_code, requester_user) e
  ON e.agency_code = n.agency_code AND e.requester_user = n.requester_user
WHERE n.monday = $monday
GROUP BY n.agency_code, n.requester_user
ORDER BY n.agency_code NULLS LAST, n.requester_user NULLS LAST
