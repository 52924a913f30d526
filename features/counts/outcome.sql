-- What is answered otherwise than with data, by result and procedure, and by result alone.
SELECT r.request_id, r.requester_agency AS agency_code, r.result || '/' || r.procedure_code AS cell
FROM request r
WHERE r.result <> 'provided'
UNION ALL
SELECT r.request_id, r.requester_agency, r.result
FROM request r
WHERE r.result <> 'provided'
