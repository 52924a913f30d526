-- The hour of the day, on a working day (w) or on a day off (h).
SELECT r.request_id, r.requester_agency AS agency_code,
       CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || '/' || CAST(EXTRACT(HOUR FROM r.requested_at) AS STRING) AS cell
FROM request r
JOIN calendar d ON d.date = CAST(r.requested_at AS DATE)
