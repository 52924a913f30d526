-- The terminal of a visit.
SELECT v.visit_no, v.requester_terminal AS value
FROM visit v
WHERE v.requester_terminal IS NOT NULL
