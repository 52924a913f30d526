-- The official's week in totals. Each thing is counted once by a step of its own: several distinct counts in one query
-- cost a cluster a copy of every row each.
WITH once AS (
    SELECT DISTINCT agency_code, department, requester_user, 'subject' AS what, subject AS value FROM rated_visit
    UNION ALL
    SELECT DISTINCT agency_code, department, requester_user, 'day', CAST(day AS STRING) FROM rated_visit
),
counted AS (
    SELECT agency_code, department, requester_user,
           COUNT(CASE WHEN what = 'subject' THEN value END) AS n_subjects, COUNT(CASE WHEN what = 'day' THEN value END) AS n_days
    FROM once
    GROUP BY agency_code, department, requester_user
),
total AS (
    SELECT agency_code, department, requester_user, COUNT(visit_no) AS n_visits,
           CAST(SUM(n_requests) AS BIGINT) AS n_requests, COUNT(CASE WHEN n_unexplained > 0 THEN 1 END) AS n_unexplained
    FROM rated_visit
    GROUP BY agency_code, department, requester_user
)
SELECT CAST($week_start AS DATE) AS monday, t.agency_code, t.department, t.requester_user,
       t.n_visits, c.n_subjects, c.n_days, t.n_requests, t.n_unexplained
FROM total t
JOIN counted c ON c.agency_code = t.agency_code AND c.department = t.department AND c.requester_user = t.requester_user
ORDER BY t.agency_code NULLS LAST, t.department NULLS LAST, t.requester_user NULLS LAST
