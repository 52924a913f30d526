-- By the copies of the record that were delivered (core, requester, provider): one of them may stay away.
SELECT r.request_id, r.requester_agency AS agency_code, r.record_copies AS cell
FROM request r
WHERE r.record_copies IS NOT NULL
