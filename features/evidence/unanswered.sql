-- The week's requests of an agency (as the one that asks, or the one that is asked) that have no answer, in order of time.
SELECT r.request_id, r.requester_user, r.subject_key, COALESCE(r.requester_department, '') AS department,
       CAST(r.requested_at AS DATE) AS day
FROM week_log r
WHERE (($asked AND r.provider_agency = $agency) OR (NOT $asked AND r.requester_agency = $agency)) AND r.responded_at IS NULL
ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST
