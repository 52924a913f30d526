-- What agencies of the same kind ask for this week and this one did not ask for in all these weeks, the commonest first.
WITH kind AS (
    SELECT a.agency_code, MAX(a.kind) AS kind FROM agencies a GROUP BY a.agency_code
),
alike AS (
    SELECT o.agency_code
    FROM kind o
    JOIN kind s ON s.kind = o.kind
    WHERE s.agency_code = $agency AND o.agency_code <> $agency
),
own AS (
    SELECT k.affair_code, k.procedure_code, k.item_code
    FROM known_log k
    WHERE k.requester_agency = $agency
    GROUP BY k.affair_code, k.procedure_code, k.item_code
)
SELECT r.affair_code, r.procedure_code, r.item_code, MAX(r.provider_agency) AS provider_agency, COUNT(r.request_id) AS n
FROM week_log r
JOIN alike o ON o.agency_code = r.requester_agency
ANTI JOIN own w ON w.affair_code = r.affair_code AND w.procedure_code = r.procedure_code AND w.item_code = r.item_code
GROUP BY r.affair_code, r.procedure_code, r.item_code
ORDER BY n DESC NULLS LAST, r.item_code NULLS LAST, r.procedure_code NULLS LAST
