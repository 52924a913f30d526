-- Every request of an agency: what the shares of the other counts are shares of.
SELECT r.request_id, r.requester_agency AS agency_code, 'all' AS cell
FROM request r
