-- The week's requests of an agency that have no answer, in order of time.
SELECT r.request_id, r.requester_user, r.subject_key, COALESCE(r.requester_department, '') AS department,
       CAST(r.requested_at AS DATE) AS day
FROM week_log r
WHERE r.requester_agency = $agency AND r.responded_at IS NULL
ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST
