-- The account is used on a day on which its owner is recorded as absent.
WITH used AS (
    SELECT DISTINCT r.requester_agency, r.requester_user, CAST(r.requested_at AS DATE) AS day
    FROM request r WHERE r.requester_user IS NOT NULL
),
away AS (
    SELECT u.requester_agency, u.requester_user, u.day, CAST(MIN(a.absent_from) AS STRING) AS absent_from,
           CAST(MAX(a.absent_to) AS STRING) AS absent_to
    FROM used u
    JOIN accounts a ON a.agency_code = u.requester_agency AND a.requester_user = u.requester_user
    WHERE a.absent_from <= u.day AND (a.absent_to IS NULL OR a.absent_to >= u.day)
    GROUP BY u.requester_agency, u.requester_user, u.day
)
SELECT r.request_id, CASE WHEN w.absent_to IS NULL THEN 'without_end' ELSE 'dated' END AS clause, w.absent_from, w.absent_to
FROM request r
JOIN away w ON w.requester_agency = r.requester_agency AND w.requester_user = r.requester_user AND w.day = CAST(r.requested_at AS DATE)
