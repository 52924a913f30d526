-- No reference was typed in, but this person has an open case of this affair at this agency.
SELECT r.request_id
FROM request r
JOIN cases c
  ON c.agency_code = r.requester_agency AND c.subject_key = r.subject_key AND c.affair_code = r.affair_code
WHERE r.case_ref IS NULL
  AND c.opened <= CAST(r.requested_at AS DATE)
  AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE))
GROUP BY r.request_id
