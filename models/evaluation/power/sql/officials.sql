-- Officials whose week holds a few people or, where the log names none, a few requests: enough for planted rows to be copied from.
SELECT r.requester_agency AS agency_code, r.requester_user, COUNT(r.request_id) AS n
FROM week_log r
WHERE r.requester_user IS NOT NULL
GROUP BY r.requester_agency, r.requester_user
HAVING COUNT(r.request_id) >= 5 AND COUNT(DISTINCT CAST(r.requested_at AS DATE)) >= 2
ORDER BY r.requester_agency NULLS LAST, r.requester_user NULLS LAST
