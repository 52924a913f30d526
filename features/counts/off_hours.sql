-- At night (from 20 to 7) or on a day off.
SELECT r.request_id, r.requester_agency AS agency_code, 'off' AS cell
FROM request r
JOIN calendar d ON d.date = CAST(r.requested_at AS DATE)
WHERE NOT d.is_working_day OR EXTRACT(HOUR FROM r.requested_at) < 7 OR EXTRACT(HOUR FROM r.requested_at) >= 20
