-- By channel: from screens, or by files.
SELECT r.request_id, r.requester_agency AS agency_code, r.channel AS cell
FROM request r
WHERE r.channel IS NOT NULL
