-- The case reference is on record, but belongs to another affair, or the case was closed more than two weeks before or
-- opened more than a week after the request (registers are kept by people, days late).
WITH referenced AS (
    SELECT r.request_id, r.requester_agency, CAST(r.requested_at AS DATE) AS day,
           MAX(CASE WHEN c.affair_code = r.affair_code AND c.opened <= CAST(r.requested_at AS DATE) + INTERVAL '7' DAY
                     AND (c.closed IS NULL OR c.closed >= CAST(r.requested_at AS DATE) - INTERVAL '14' DAY) THEN 1 ELSE 0 END) AS fits,
           MAX(CASE WHEN c.affair_code = r.affair_code THEN 1 ELSE 0 END) AS same_affair, MIN(c.affair_code) AS affair,
           MIN(c.opened) AS opened, MAX(c.closed) AS closed
    FROM request r
    JOIN cases c ON c.agency_code = r.requester_agency AND c.case_ref = r.case_ref
    GROUP BY r.request_id, r.requester_agency, CAST(r.requested_at AS DATE)
),
covered AS (
    SELECT requester_agency FROM referenced GROUP BY requester_agency
    HAVING CAST(SUM(1 - fits) AS DOUBLE) / NULLIF(COUNT(request_id), 0) < $most_misfits
)
SELECT r.request_id,
       CASE WHEN r.same_affair = 0 THEN 'affair' WHEN r.opened > r.day THEN 'not_opened' ELSE 'closed' END AS clause, r.affair,
       CAST(r.opened AS STRING) AS opened, CAST(r.closed AS STRING) AS closed,
       CASE WHEN c.requester_agency IS NULL THEN 'most_misfits' END AS exempt
FROM referenced r
LEFT JOIN covered c ON c.requester_agency = r.requester_agency
WHERE r.fits = 0
