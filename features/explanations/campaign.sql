-- Announced mass work of this affair at this agency, or at all agencies of its kind.
SELECT r.request_id
FROM request r
JOIN agency_now a ON a.agency_code = r.requester_agency
JOIN campaigns p ON p.affair_code = r.affair_code
WHERE p.starts <= CAST(r.requested_at AS DATE) AND p.ends >= CAST(r.requested_at AS DATE)
  AND (p.agency_code = r.requester_agency
       OR (p.agency_code IS NULL AND (p.agency_kind = a.kind OR p.agency_kind IS NULL)))
  AND r.case_ref IS NULL
GROUP BY r.request_id
