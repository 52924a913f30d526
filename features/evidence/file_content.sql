-- The requests of a run of files, with what is said of the person of each, in order of time.
SELECT q.request_id, q.requester_user, q.subject_key, COALESCE(q.requester_department, '') AS department,
       CAST(q.requested_at AS DATE) AS day, p.away, p.far, p.unknown, p.stranger, p.alone, p.nothing, p.at_screen
FROM recent_batch_run b
JOIN week_log q ON q.requester_agency = b.agency_code AND COALESCE(q.requester_department, '') = b.department
               AND q.affair_code = b.affair_code AND q.requested_at >= b.first_at AND q.requested_at <= b.last_at
LEFT JOIN recent_run_person p ON p.monday = b.monday AND p.agency_code = b.agency_code AND p.department = b.department
                             AND p.affair_code = b.affair_code AND p.first_at = b.first_at AND p.subject_key = q.subject_key
WHERE b.monday = $monday AND b.agency_code = $agency AND q.channel = 'batch'
  AND b.department = $department AND b.affair_code = $affair AND b.first_at = $first_at
ORDER BY q.requested_at NULLS LAST, q.request_id NULLS LAST
