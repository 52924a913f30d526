-- One account goes to and fro between two terminals within ten minutes: there, elsewhere, and back.
WITH ordered AS (
    SELECT r.request_id, r.requester_agency, r.requester_user, r.requester_terminal, r.requested_at,
           LAG(r.requester_terminal) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS before_terminal,
           LAG(r.requested_at) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS before_at,
           LEAD(r.requester_terminal) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS after_terminal,
           LEAD(r.requested_at) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS after_at
    FROM request r
    WHERE r.requester_user IS NOT NULL AND r.requester_terminal IS NOT NULL
),
hit AS (
    SELECT request_id, requester_agency, requester_user
    FROM ordered
    WHERE before_terminal = after_terminal AND requester_terminal <> before_terminal
      AND after_at < before_at + INTERVAL '10' MINUTE
),
-- Where a tenth of an agency's officials do so, terminals are shared there.
habit AS (
    SELECT o.requester_agency
    FROM (SELECT requester_agency, COUNT(DISTINCT requester_user) AS n FROM ordered GROUP BY requester_agency) o
    JOIN (SELECT requester_agency, COUNT(DISTINCT requester_user) AS n FROM hit GROUP BY requester_agency) h ON h.requester_agency = o.requester_agency
    WHERE CAST(h.n AS DOUBLE) / NULLIF(o.n, 0) >= 1e-1 AND h.n >= 3
)
SELECT h.request_id
FROM hit h
LEFT JOIN habit b ON b.requester_agency = h.requester_agency
WHERE b.requester_agency IS NULL
