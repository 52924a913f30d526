-- The requests of a sitting in which no official is named, in order of time.
SELECT q.request_id, q.requester_user, q.subject_key, COALESCE(q.requester_department, '') AS department,
       CAST(q.requested_at AS DATE) AS day
FROM week_log q
JOIN calendar d ON d.date = CAST(q.requested_at AS DATE)
WHERE q.requester_agency = $agency AND q.requester_user IS NULL AND COALESCE(q.channel, 'unknown') <> 'batch'
  AND q.requested_at >= $first_at AND q.requested_at <= $last_at
  AND CASE $counted WHEN 'item' THEN q.procedure_code || '/' || q.item_code
                    WHEN 'provider' THEN q.provider_agency
                    WHEN 'outcome' THEN q.result || '/' || q.procedure_code
                    ELSE CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || '/' || CAST(EXTRACT(HOUR FROM q.requested_at) AS STRING) END = $cell
ORDER BY q.requested_at NULLS LAST, q.request_id NULLS LAST
