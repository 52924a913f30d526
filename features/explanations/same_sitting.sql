-- A further item of the same affair for the same person on the same day, beside a request that is explained.
WITH explained_sitting AS (
    SELECT DISTINCT r.requester_agency, r.requester_user, r.subject_key, r.affair_code, CAST(r.requested_at AS DATE) AS day
    FROM request r
    JOIN explained e ON e.request_id = r.request_id
    WHERE r.requester_user IS NOT NULL AND r.subject_key IS NOT NULL
)
SELECT r.request_id
FROM request r
JOIN explained_sitting s
  ON s.requester_agency = r.requester_agency AND s.requester_user = r.requester_user
 AND s.subject_key = r.subject_key AND s.affair_code = r.affair_code
 AND s.day = CAST(r.requested_at AS DATE)
WHERE r.case_ref IS NULL
