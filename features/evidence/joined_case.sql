-- The requests of an official (or of nobody named) under the case that somebody joined, in order of time.
SELECT q.request_id, q.requester_user, q.subject_key, COALESCE(q.requester_department, '') AS department,
       CAST(q.requested_at AS DATE) AS day
FROM recent_joined_case j
JOIN week_log q ON q.request_id = j.request_id
WHERE j.monday = $monday AND j.agency_code = $agency AND j.case_ref = $case_ref
  AND COALESCE(j.requester_user, '') = $official
ORDER BY q.requested_at NULLS LAST, q.request_id NULLS LAST
