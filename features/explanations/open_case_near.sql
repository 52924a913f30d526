-- The case fits person and affair, but was entered up to a week after the request, or closed up to two weeks before it:
-- registers are kept by people, an application is often entered the next morning, and a decision has an aftermath.
SELECT r.request_id
FROM request r
JOIN cases c ON c.agency_code = r.requester_agency AND c.subject_key = r.subject_key AND c.affair_code = r.affair_code
WHERE (r.case_ref IS NULL OR r.case_ref = c.case_ref)
  AND c.opened <= CAST(r.requested_at AS DATE) + INTERVAL '7' DAY
  AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE) - INTERVAL '14' DAY)
GROUP BY r.request_id
