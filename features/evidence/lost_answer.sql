-- The week's requests of an official (of nobody named, or of all of the agency) that find nothing where the same provider had provided the item before, in order of time.
SELECT q.request_id, q.requester_user, q.subject_key, COALESCE(q.requester_department, '') AS department,
       CAST(q.requested_at AS DATE) AS day
FROM recent_lost_answer a
JOIN week_log q ON q.request_id = a.request_id
WHERE a.monday = $monday AND a.agency_code = $agency AND ($all_of_agency OR COALESCE(a.requester_user, '') = $official)
ORDER BY q.requested_at NULLS LAST, q.request_id NULLS LAST
