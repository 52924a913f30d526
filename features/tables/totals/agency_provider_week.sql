-- What an agency asked each provider in the week, and how much of it has no answer: for whose fault missing answers are.
SELECT CAST($week_start AS DATE) AS monday, r.requester_agency AS agency_code, r.provider_agency,
       COUNT(r.request_id) AS n_requests, COUNT(u.request_id) AS n_unanswered
FROM request r
LEFT JOIN unanswered_request u ON u.request_id = r.request_id
GROUP BY r.requester_agency, r.provider_agency
ORDER BY r.requester_agency NULLS LAST, r.provider_agency NULLS LAST
