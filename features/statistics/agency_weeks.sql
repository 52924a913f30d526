-- Requests of each agency, week by week: from screens (or of unknown channel), all, and those without an answer.
SELECT w.agency_code, COALESCE(a.kind, 'unknown') AS kind, w.monday, CAST(w.n_interactive AS DOUBLE) AS n_interactive,
       CAST(w.n_requests AS DOUBLE) AS n_requests, CAST(w.n_unanswered AS DOUBLE) AS n_unanswered
FROM recent_agency_week w
LEFT JOIN agency_now a ON a.agency_code = w.agency_code
ORDER BY w.agency_code NULLS LAST, w.monday NULLS LAST
