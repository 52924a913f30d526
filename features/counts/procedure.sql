-- By procedure.
SELECT r.request_id, r.requester_agency AS agency_code, r.procedure_code AS cell
FROM request r
