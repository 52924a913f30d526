-- The request names a case at an agency whose cases were not delivered, or only in part: the reference is taken at its word.
WITH referenced AS (
    SELECT r.requester_agency AS agency_code, COUNT(r.request_id) AS n, COUNT(c.case_ref) AS n_found
    FROM request r
    LEFT JOIN (SELECT DISTINCT agency_code, case_ref FROM cases) c
      ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref
    WHERE r.case_ref IS NOT NULL
    GROUP BY r.requester_agency
)
SELECT r.request_id
FROM request r
JOIN referenced a ON a.agency_code = r.requester_agency
WHERE r.case_ref IS NOT NULL
  AND CAST(a.n_found AS DOUBLE) / NULLIF(a.n, 0) < 0.8e0
