-- What an agency was asked in the week, and how much of it has no answer.
SELECT CAST($week_start AS DATE) AS monday, r.provider_agency AS agency_code, COUNT(r.request_id) AS n_requests,
       COUNT(u.request_id) AS n_unanswered
FROM request r
LEFT JOIN unanswered_request u ON u.request_id = r.request_id
GROUP BY r.provider_agency
ORDER BY r.provider_agency NULLS LAST
