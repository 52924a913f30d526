-- Whom the agency that runs this procedure most this week, other than this one, asks with it: a row for each request.
WITH runs AS (
    SELECT r.requester_agency, COUNT(r.request_id) AS n
    FROM week_log r
    WHERE r.procedure_code = $procedure AND r.requester_agency <> $agency
    GROUP BY r.requester_agency
),
most AS (
    SELECT requester_agency FROM runs ORDER BY n DESC NULLS LAST, requester_agency NULLS LAST LIMIT 1
)
SELECT r.provider_agency
FROM week_log r
JOIN most m ON m.requester_agency = r.requester_agency
WHERE r.procedure_code = $procedure AND r.provider_agency <> $agency
ORDER BY r.provider_agency NULLS LAST, r.request_id NULLS LAST
