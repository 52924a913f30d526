-- The requests of officials under a case that is the person's and open on the day, but of another affair than the request: one
-- reception number for several applications, as a one-stop desk or relief after a disaster has it, or a reason that does not fit.
-- A reference that the register also lists for the affair of the request itself is none of these.
SELECT r.request_id, r.requester_agency AS agency_code, r.requester_user, MIN(c.affair_code) AS affair_code
FROM request r
JOIN cases c ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref AND c.subject_key = r.subject_key
LEFT JOIN (SELECT DISTINCT agency_code, case_ref, affair_code FROM cases) s
  ON s.agency_code = r.requester_agency AND s.case_ref = r.case_ref AND s.affair_code = r.affair_code
WHERE r.requester_user IS NOT NULL AND COALESCE(r.channel, 'interactive') <> 'batch'
  AND s.case_ref IS NULL
  AND c.opened <= CAST(r.requested_at AS DATE)
  AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE))
GROUP BY r.request_id, r.requester_agency, r.requester_user
