-- By department.
SELECT r.request_id, r.requester_agency AS agency_code, r.requester_department AS cell
FROM request r
WHERE r.requester_department IS NOT NULL
