-- Nobody of the requester's kind may ask this kind of provider for this item under this procedure, on any date.
-- What agencies all over ask without authority is rather missing in the table (it is dated data, kept by people): a
-- combination that three agencies of the kind ask for in the week does not count, nor does an agency where three officials
-- and a fifth of all requests lack authority, nor one whose kind is not known.
WITH asked AS (
    SELECT r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, COUNT(r.request_id) AS n
    FROM request r
    GROUP BY r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code
),
known AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, a.kind, p.kind AS provider_kind
    FROM asked q
    LEFT JOIN agency_now a ON a.agency_code = q.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = q.provider_agency
),
-- By kind, which are few; what an agency alone may ask (an ordinance of its own) beside it.
allowed_kind AS (
    SELECT DISTINCT k.kind, k.provider_kind, k.affair_code, k.procedure_code, k.item_code
    FROM (SELECT DISTINCT kind, provider_kind, affair_code, procedure_code, item_code FROM known) k
    JOIN authority t ON t.affair_code = k.affair_code AND t.procedure_code = k.procedure_code AND t.item_code = k.item_code
                    AND t.requester_kind = k.kind
    WHERE t.requester_agency IS NULL AND (t.provider_kind IS NULL OR t.provider_kind = k.provider_kind OR k.provider_kind IS NULL)
),
allowed AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code
    FROM known q
    JOIN allowed_kind k ON k.kind = q.kind AND COALESCE(k.provider_kind, '') = COALESCE(q.provider_kind, '')
         AND k.affair_code = q.affair_code AND k.procedure_code = q.procedure_code AND k.item_code = q.item_code
    UNION
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code
    FROM known q
    JOIN authority t ON t.requester_agency = q.requester_agency AND t.affair_code = q.affair_code
         AND t.procedure_code = q.procedure_code AND t.item_code = q.item_code
    WHERE t.provider_kind IS NULL OR t.provider_kind = q.provider_kind OR q.provider_kind IS NULL
),
judged AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.n,
           CASE WHEN w.item_code IS NULL THEN q.n ELSE 0 END AS n_without
    FROM asked q
    LEFT JOIN allowed w ON w.requester_agency = q.requester_agency AND w.provider_agency = q.provider_agency
         AND w.affair_code = q.affair_code AND w.procedure_code = q.procedure_code AND w.item_code = q.item_code
),
gap AS (
    SELECT a.kind, p.kind AS provider_kind, j.affair_code, j.procedure_code, j.item_code
    FROM judged j
    JOIN agency_now a ON a.agency_code = j.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = j.provider_agency
    WHERE j.n_without > 0
    GROUP BY a.kind, p.kind, j.affair_code, j.procedure_code, j.item_code
    HAVING COUNT(DISTINCT j.requester_agency) >= $agencies_alike
),
lacking AS (
    SELECT r.request_id, r.requester_agency, r.requester_user, r.procedure_code, r.item_code,
           g.kind IS NOT NULL AS common
    FROM request r
    JOIN judged j ON j.requester_agency = r.requester_agency AND j.provider_agency = r.provider_agency
         AND j.affair_code = r.affair_code AND j.procedure_code = r.procedure_code AND j.item_code = r.item_code
    JOIN agency_now a ON a.agency_code = r.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = r.provider_agency
    LEFT JOIN gap g ON g.kind = a.kind AND COALESCE(g.provider_kind, '') = COALESCE(p.kind, '') AND g.affair_code = r.affair_code
         AND g.procedure_code = r.procedure_code AND g.item_code = r.item_code
    WHERE j.n_without > 0
),
-- Requests without an official (uploads) count as one.
widespread AS (
    SELECT l.requester_agency
    FROM (SELECT requester_agency, COUNT(request_id) AS n_lacking, COUNT(DISTINCT COALESCE(requester_user, '')) AS n_officials
          FROM lacking WHERE NOT common GROUP BY requester_agency) l
    JOIN (SELECT requester_agency, SUM(n) AS n FROM judged GROUP BY requester_agency) q ON q.requester_agency = l.requester_agency
    WHERE l.n_officials >= $officials_alike AND CAST(l.n_lacking AS DOUBLE) / NULLIF(q.n, 0) >= $share_alike
)
SELECT l.request_id, l.procedure_code, l.item_code,
       CASE WHEN l.common THEN 'agencies_alike' WHEN w.requester_agency IS NOT NULL THEN 'share_alike' END AS exempt
FROM lacking l
LEFT JOIN widespread w ON w.requester_agency = l.requester_agency
