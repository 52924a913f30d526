-- By the day of the week, days off apart: a day whose records are missing.
SELECT r.request_id, r.requester_agency AS agency_code,
       CASE WHEN r.requested_at < $week_start + INTERVAL '1' DAY THEN '1' WHEN r.requested_at < $week_start + INTERVAL '2' DAY THEN '2'
            WHEN r.requested_at < $week_start + INTERVAL '3' DAY THEN '3' WHEN r.requested_at < $week_start + INTERVAL '4' DAY THEN '4'
            WHEN r.requested_at < $week_start + INTERVAL '5' DAY THEN '5' ELSE '6' END AS cell
FROM request r
