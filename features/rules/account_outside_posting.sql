-- The account is known, but no posting of it at this agency covers the day. A row without a beginning is a posting whose
-- beginning is not known, or, where it tells of an absence, none.
WITH used AS (
    SELECT DISTINCT r.requester_agency, r.requester_user, CAST(r.requested_at AS DATE) AS day
    FROM request r WHERE r.requester_user IS NOT NULL
),
posted AS (
    SELECT u.requester_agency, u.requester_user, u.day,
           MAX(CASE WHEN COALESCE(a.valid_from, u.day) <= u.day AND (a.valid_to IS NULL OR a.valid_to >= u.day) THEN 1 ELSE 0 END) AS posted,
           MAX(CASE WHEN a.valid_to < u.day THEN a.valid_to END) AS ended, MIN(CASE WHEN a.valid_from > u.day THEN a.valid_from END) AS begins
    FROM used u
    JOIN accounts a ON a.agency_code = u.requester_agency AND a.requester_user = u.requester_user
    WHERE a.valid_from IS NOT NULL OR a.absent_from IS NULL
    GROUP BY u.requester_agency, u.requester_user, u.day
),
-- Where a twentieth of an agency's official-days are outside postings, its table is out of date.
covered AS (
    SELECT requester_agency FROM posted GROUP BY requester_agency
    HAVING CAST(SUM(1 - posted) AS DOUBLE) / NULLIF(COUNT(day), 0) < $most_outside OR SUM(1 - posted) <= $few_days
)
SELECT r.request_id, CASE WHEN p.ended IS NULL THEN 'not_begun' ELSE 'ended' END AS clause,
       CAST(p.ended AS STRING) AS ended, CAST(p.begins AS STRING) AS begins,
       CASE WHEN c.requester_agency IS NULL THEN 'most_outside' END AS exempt
FROM request r
JOIN posted p ON p.requester_agency = r.requester_agency AND p.requester_user = r.requester_user AND p.day = CAST(r.requested_at AS DATE)
LEFT JOIN covered c ON c.requester_agency = r.requester_agency
WHERE p.posted = 0
