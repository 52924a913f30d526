-- The combination is in the table, but not on the day: not yet, or no longer. Where the table does not say since when, it
-- is taken to have been in force.
WITH asked AS (
    SELECT r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, CAST(r.requested_at AS DATE) AS day
    FROM request r
    GROUP BY r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code, r.item_code, CAST(r.requested_at AS DATE)
),
known AS (
    SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.day, a.kind, p.kind AS provider_kind
    FROM asked q
    LEFT JOIN agency_now a ON a.agency_code = q.requester_agency
    LEFT JOIN agency_now p ON p.agency_code = q.provider_agency
),
-- By kind, which are few; what an agency alone may ask (an ordinance of its own) beside it.
dated_kind AS (
    SELECT k.kind, k.provider_kind, k.affair_code, k.procedure_code, k.item_code, k.day,
           MAX(CASE WHEN COALESCE(t.valid_from, k.day) <= k.day AND (t.valid_to IS NULL OR t.valid_to >= k.day) THEN 1 ELSE 0 END) AS in_force,
           MAX(CASE WHEN t.valid_to < k.day THEN t.valid_to END) AS ended, MIN(CASE WHEN t.valid_from > k.day THEN t.valid_from END) AS begins
    FROM (SELECT DISTINCT kind, provider_kind, affair_code, procedure_code, item_code, day FROM known) k
    JOIN authority t ON t.affair_code = k.affair_code AND t.procedure_code = k.procedure_code AND t.item_code = k.item_code
                    AND t.requester_kind = k.kind
    WHERE t.requester_agency IS NULL AND (t.provider_kind IS NULL OR t.provider_kind = k.provider_kind OR k.provider_kind IS NULL)
    GROUP BY k.kind, k.provider_kind, k.affair_code, k.procedure_code, k.item_code, k.day
),
dated AS (
    SELECT u.requester_agency, u.provider_agency, u.affair_code, u.procedure_code, u.item_code, u.day, MAX(u.in_force) AS in_force,
           MAX(u.ended) AS ended, MIN(u.begins) AS begins
    FROM (
        SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.day, k.in_force,
               k.ended, k.begins
        FROM known q
        JOIN dated_kind k ON k.kind = q.kind AND COALESCE(k.provider_kind, '') = COALESCE(q.provider_kind, '')
             AND k.affair_code = q.affair_code AND k.procedure_code = q.procedure_code AND k.item_code = q.item_code AND k.day = q.day
        UNION ALL
        SELECT q.requester_agency, q.provider_agency, q.affair_code, q.procedure_code, q.item_code, q.day,
               CASE WHEN COALESCE(t.valid_from, q.day) <= q.day AND (t.valid_to IS NULL OR t.valid_to >= q.day) THEN 1 ELSE 0 END,
               CASE WHEN t.valid_to < q.day THEN t.valid_to END, CASE WHEN t.valid_from > q.day THEN t.valid_from END
        FROM known q
        JOIN authority t ON t.requester_agency = q.requester_agency AND t.affair_code = q.affair_code
             AND t.procedure_code = q.procedure_code AND t.item_code = q.item_code
        WHERE t.provider_kind IS NULL OR t.provider_kind = q.provider_kind OR q.provider_kind IS NULL
    ) u
    GROUP BY u.requester_agency, u.provider_agency, u.affair_code, u.procedure_code, u.item_code, u.day
)
SELECT r.request_id, CASE WHEN d.ended IS NULL THEN 'not_yet' ELSE 'no_longer' END AS clause,
       CAST(d.ended AS STRING) AS ended, CAST(d.begins AS STRING) AS begins
FROM request r
JOIN dated d ON d.requester_agency = r.requester_agency AND d.provider_agency = r.provider_agency AND d.affair_code = r.affair_code
     AND d.procedure_code = r.procedure_code AND d.item_code = r.item_code AND d.day = CAST(r.requested_at AS DATE)
WHERE d.in_force = 0
