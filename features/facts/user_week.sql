-- The official's week in totals.
SELECT CAST($week_start AS DATE) AS monday, agency_code, department, requester_user,
       COUNT(visit_no) AS n_visits, COUNT(DISTINCT subject) AS n_subjects, COUNT(DISTINCT day) AS n_days,
       CAST(SUM(n_requests) AS BIGINT) AS n_requests,
       COUNT(CASE WHEN n_unexplained > 0 THEN 1 END) AS n_unexplained,
       CAST(SUM(n_no_record) AS BIGINT) AS n_no_record, CAST(SUM(n_withheld) AS BIGINT) AS n_withheld,
       COUNT(DISTINCT procedure_code) AS n_procedures, COUNT(DISTINCT requester_terminal) AS n_terminals,
       MAX(strangeness) AS max_strangeness
FROM visit_kept
GROUP BY agency_code, department, requester_user
ORDER BY agency_code, department, requester_user
