-- The few answers that no longer find what had been found: which rows a case is about.
SELECT a.monday, a.request_id, a.agency_code, a.requester_user
FROM repeated_answer a
WHERE a.lost
