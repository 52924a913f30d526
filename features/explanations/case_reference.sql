-- The request names a case that no register lists, at an agency where that is common (its register was not delivered, or
-- has gaps): the reference is taken at its word. A reference that the register does list has to fit, and is not taken here.
WITH listed AS (
    SELECT DISTINCT agency_code, case_ref FROM cases
),
referenced AS (
    SELECT r.request_id, r.requester_agency AS agency_code, CASE WHEN c.case_ref IS NULL THEN 1 ELSE 0 END AS missing
    FROM request r
    LEFT JOIN listed c ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref
    WHERE r.case_ref IS NOT NULL
),
-- An agency with few references says little about its register; the others of the week lend it twenty requests' worth.
agency AS (
    SELECT agency_code, SUM(missing) AS n_missing, COUNT(request_id) AS n FROM referenced GROUP BY agency_code
),
nation AS (
    SELECT CAST(SUM(n_missing) AS DOUBLE) / NULLIF(SUM(n), 0) AS share FROM agency WHERE n_missing < n
)
SELECT r.request_id
FROM referenced r
JOIN agency a ON a.agency_code = r.agency_code
CROSS JOIN nation t
WHERE r.missing = 1
  AND (a.n_missing = a.n OR (CAST(a.n_missing AS DOUBLE) + 2e1 * COALESCE(t.share, 0e0)) / (CAST(a.n AS DOUBLE) + 2e1) >= 2e-2)
