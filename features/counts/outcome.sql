-- What is answered otherwise than with data, by result and procedure, and by result alone. What is not answered yet is no answer: it is
-- told as missing (agency_unanswered), where the same asked again counts once.
SELECT r.request_id, r.requester_agency AS agency_code, r.result || '/' || r.procedure_code AS cell
FROM request r
WHERE r.result NOT IN ('provided', 'pending')
UNION ALL
SELECT r.request_id, r.requester_agency, r.result
FROM request r
WHERE r.result NOT IN ('provided', 'pending')
