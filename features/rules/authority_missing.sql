-- Nobody of the requester's kind may ask this kind of provider for this item under this procedure, on any date.
-- Where a fifth of an agency's requests of an affair lack authority, the table is incomplete rather than the agency wrong.
WITH asked AS (
    SELECT r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, COUNT(r.request_id) AS n
    FROM request r
    GROUP BY r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code
),
allowed AS (
    SELECT DISTINCT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code
    FROM asked q
    LEFT JOIN agency_now a ON a.agency_code = q.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = q.provider_agency
    JOIN authority t ON t.affair_code = q.affair_code AND t.procedure_code = q.procedure_code AND t.item_code = q.item_code
    WHERE (t.requester_agency = q.requester_agency OR (t.requester_agency IS NULL AND t.requester_kind = a.kind))
      AND (t.provider_kind IS NULL OR t.provider_kind = p.kind OR p.kind IS NULL)
),
judged AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.n,
           CASE WHEN w.item_code IS NULL THEN q.n ELSE 0 END AS n_without
    FROM asked q
    LEFT JOIN allowed w ON w.requester_agency = q.requester_agency AND w.provider_agency = q.provider_agency
         AND w.affair_code = q.affair_code AND w.procedure_code = q.procedure_code AND w.item_code = q.item_code
),
covered AS (
    SELECT requester_agency FROM judged GROUP BY requester_agency
    HAVING CAST(SUM(n_without) AS DOUBLE) / NULLIF(SUM(n), 0) < 2e-1
)
SELECT r.request_id
FROM request r
JOIN judged j ON j.requester_agency = r.requester_agency AND j.provider_agency = r.provider_agency
     AND j.affair_code = r.affair_code AND j.procedure_code = r.procedure_code AND j.item_code = r.item_code
JOIN covered c ON c.requester_agency = r.requester_agency
WHERE j.n_without > 0
