-- The requests of an agency's runs of files that began in the week at one hour, in order of time.
SELECT q.request_id, q.requester_user, q.subject_key, COALESCE(q.requester_department, '') AS department,
       CAST(q.requested_at AS DATE) AS day
FROM recent_batch_run r
JOIN week_log q ON q.requester_agency = r.agency_code AND COALESCE(q.requester_department, '') = r.department
               AND q.affair_code = r.affair_code AND q.requested_at >= r.first_at AND q.requested_at <= r.last_at
WHERE r.monday = $monday AND r.agency_code = $agency AND r.slot = $slot AND q.channel = 'batch'
ORDER BY q.requested_at NULLS LAST, q.request_id NULLS LAST
