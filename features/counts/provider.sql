-- By the agency that is asked.
SELECT r.request_id, r.requester_agency AS agency_code, r.provider_agency AS cell
FROM request r
