-- The combination is in the table, but not on the day: not yet, or no longer.
WITH asked AS (
    SELECT r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, CAST(r.requested_at AS DATE) AS day
    FROM request r
    GROUP BY r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, CAST(r.requested_at AS DATE)
),
dated AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.day,
           MAX(CASE WHEN t.valid_from <= q.day AND (t.valid_to IS NULL OR t.valid_to >= q.day) THEN 1 ELSE 0 END) AS in_force
    FROM asked q
    LEFT JOIN agency_now a ON a.agency_code = q.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = q.provider_agency
    JOIN authority t ON t.affair_code = q.affair_code AND t.procedure_code = q.procedure_code AND t.item_code = q.item_code
    WHERE (t.requester_agency = q.requester_agency OR (t.requester_agency IS NULL AND t.requester_kind = a.kind))
      AND (t.provider_kind IS NULL OR t.provider_kind = p.kind OR p.kind IS NULL)
    GROUP BY q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.day
)
SELECT r.request_id
FROM request r
JOIN dated d ON d.requester_agency = r.requester_agency AND d.provider_agency = r.provider_agency AND d.affair_code = r.affair_code
     AND d.procedure_code = r.procedure_code AND d.item_code = r.item_code AND d.day = CAST(r.requested_at AS DATE)
WHERE d.in_force = 0
