-- What each agency was asked, week by week, and how much of it has no answer.
SELECT w.agency_code, COALESCE(a.kind, 'unknown') AS kind, w.monday, CAST(w.n_requests AS DOUBLE) AS n_requests,
       CAST(w.n_unanswered AS DOUBLE) AS n_unanswered
FROM recent_provider_week w
LEFT JOIN agency_now a ON a.agency_code = w.agency_code
ORDER BY w.agency_code NULLS LAST, w.monday NULLS LAST
