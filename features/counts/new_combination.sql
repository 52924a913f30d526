-- What the agency never asked for so far: an item under a procedure, or a provider.
SELECT r.request_id, r.requester_agency AS agency_code, 'item' AS cell
FROM request r
JOIN earlier_agency_seen s ON s.agency_code = r.requester_agency
LEFT JOIN earlier_agency_profile p ON p.agency_code = r.requester_agency AND p.counted = 'item'
                                  AND p.cell = r.procedure_code || '/' || r.item_code
WHERE p.cell IS NULL
UNION ALL
SELECT r.request_id, r.requester_agency, 'provider'
FROM request r
JOIN earlier_agency_seen s ON s.agency_code = r.requester_agency
LEFT JOIN earlier_agency_profile p ON p.agency_code = r.requester_agency AND p.counted = 'provider' AND p.cell = r.provider_agency
WHERE p.cell IS NULL
