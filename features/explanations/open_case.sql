-- The request names a case that exists, is this person's, is of this affair and was open on the day.
SELECT r.request_id
FROM request r
JOIN cases c ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref
WHERE c.affair_code = r.affair_code
  AND (c.subject_key = r.subject_key OR c.subject_key IS NULL OR r.subject_key IS NULL)
  AND c.opened <= CAST(r.requested_at AS DATE)
  AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE))
GROUP BY r.request_id
