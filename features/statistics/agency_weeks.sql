-- Requests of each agency, week by week: from screens (or of unknown channel), all, and those without an answer; and the last day on
-- which the agency exists (the year 2262 if no end is known).
SELECT w.agency_code, COALESCE(a.kind, 'unknown') AS kind, w.monday, CAST(w.n_interactive AS DOUBLE) AS n_interactive,
       CAST(w.n_requests AS DOUBLE) AS n_requests, CAST(w.n_unanswered AS DOUBLE) AS n_unanswered,
       COALESCE(e.last_day, CAST('2262-01-01' AS DATE)) AS last_day
FROM recent_agency_week w
LEFT JOIN agency_now a ON a.agency_code = w.agency_code
LEFT JOIN (SELECT agency_code, MAX(COALESCE(valid_to, CAST('2262-01-01' AS DATE))) AS last_day FROM agencies GROUP BY agency_code) e
  ON e.agency_code = w.agency_code
ORDER BY w.agency_code NULLS LAST, w.monday NULLS LAST
