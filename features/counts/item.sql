-- By procedure and item: an item that a procedure does not need is asked for under it.
SELECT r.request_id, r.requester_agency AS agency_code, r.procedure_code || '/' || r.item_code AS cell
FROM request r
