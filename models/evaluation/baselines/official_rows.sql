-- The first requests of each official in `top` in the week, in order of time: nothing is known of which tell more.
SELECT t.rank, l.request_id, l.subject_key
FROM top t
JOIN week_log l ON l.requester_agency = t.agency_code AND l.requester_user = t.requester_user
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.rank ORDER BY l.requested_at, l.request_id) <= $first
ORDER BY t.rank, l.requested_at, l.request_id
