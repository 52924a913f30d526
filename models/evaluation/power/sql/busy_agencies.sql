-- Agencies with enough requests in the week for planted ones to be copied from.
SELECT r.requester_agency AS agency_code, CAST(NULL AS STRING) AS requester_user, COUNT(r.request_id) AS n
FROM week_log r
GROUP BY r.requester_agency
HAVING COUNT(r.request_id) >= 50
ORDER BY r.requester_agency NULLS LAST
