-- The cases that the week's requests can be about: those that they name, and those of the people whom they concern. The
-- register grows for years; a week reads it once.
SELECT c.case_ref, c.agency_code, c.affair_code, c.subject_key, c.opened, c.closed
FROM delivered_case c
WHERE EXISTS (SELECT 1 FROM request r WHERE r.requester_agency = c.agency_code AND r.case_ref = c.case_ref)
   OR EXISTS (SELECT 1 FROM request r WHERE r.requester_agency = c.agency_code AND r.subject_key = c.subject_key)
