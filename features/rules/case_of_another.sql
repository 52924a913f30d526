-- The case reference is on record, but belongs to another affair, or the case was closed more than two weeks before or
-- opened more than a week after the request (registers are kept by people, days late).
WITH referenced AS (
    SELECT r.request_id, r.requester_agency,
           MAX(CASE WHEN c.affair_code = r.affair_code AND c.opened <= CAST(r.requested_at AS DATE) + INTERVAL '7' DAY
                     AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE) - INTERVAL '14' DAY) THEN 1 ELSE 0 END) AS fits
    FROM request r
    JOIN cases c ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref
    GROUP BY r.request_id, r.requester_agency
),
covered AS (
    SELECT requester_agency FROM referenced GROUP BY requester_agency
    HAVING CAST(SUM(1 - fits) AS DOUBLE) / NULLIF(COUNT(request_id), 0) < $most_misfits
)
SELECT r.request_id
FROM referenced r
JOIN covered c ON c.requester_agency = r.requester_agency
WHERE r.fits = 0
