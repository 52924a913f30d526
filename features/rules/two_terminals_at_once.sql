-- One account goes to and fro between two terminals within ten minutes: there, elsewhere, and back.
WITH ordered AS (
    SELECT r.request_id, r.requester_agency, r.requester_user, r.requester_terminal, r.requested_at,
           LAG(r.requester_terminal) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS before_terminal,
           LAG(r.request_id) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS before_id,
           LEAD(r.request_id) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS after_id,
           LAG(r.requested_at) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS before_at,
           LEAD(r.requester_terminal) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS after_terminal,
           LEAD(r.requested_at) OVER (PARTITION BY r.requester_agency, r.requester_user ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST) AS after_at
    FROM request r
    WHERE r.requester_user IS NOT NULL AND r.requester_terminal IS NOT NULL
),
used AS (
    SELECT requester_agency, requester_user, requester_terminal, COUNT(request_id) AS n
    FROM ordered GROUP BY requester_agency, requester_user, requester_terminal
),
turn AS (
    SELECT o.request_id, o.before_id, o.after_id, o.requester_agency, o.requester_user, o.requester_terminal AS terminal, o.before_terminal AS other,
           o.before_at, o.after_at, here.n AS n_here, there.n AS n_there
    FROM ordered o
    JOIN used here ON here.requester_agency = o.requester_agency AND here.requester_user = o.requester_user
                  AND here.requester_terminal = o.requester_terminal
    JOIN used there ON there.requester_agency = o.requester_agency AND there.requester_user = o.requester_user
                   AND there.requester_terminal = o.before_terminal
    WHERE o.before_terminal = o.after_terminal AND o.requester_terminal <> o.before_terminal
      AND o.after_at < o.before_at + INTERVAL '10' MINUTE
),
-- What is asked at the terminal that the official uses less is the odd part, be it in the middle or at both ends.
hit AS (
    SELECT request_id, requester_agency, requester_user, terminal, other, before_at, after_at FROM turn WHERE n_here <= n_there
    UNION
    SELECT before_id, requester_agency, requester_user, other, terminal, before_at, after_at FROM turn WHERE n_here > n_there
    UNION
    SELECT after_id, requester_agency, requester_user, other, terminal, before_at, after_at FROM turn WHERE n_here > n_there
),
-- Where a tenth of an agency's officials do so, terminals are shared there.
habit AS (
    SELECT o.requester_agency
    FROM (SELECT requester_agency, COUNT(DISTINCT requester_user) AS n FROM ordered GROUP BY requester_agency) o
    JOIN (SELECT requester_agency, COUNT(DISTINCT requester_user) AS n FROM hit GROUP BY requester_agency) h ON h.requester_agency = o.requester_agency
    WHERE CAST(h.n AS DOUBLE) / NULLIF(o.n, 0) >= $share_of_officials AND h.n >= $officials
)
SELECT h.request_id, h.terminal, h.other, SUBSTRING(CAST(h.before_at AS STRING), 1, 19) AS begins,
       SUBSTRING(CAST(h.after_at AS STRING), 12, 8) AS ended,
       CASE WHEN b.requester_agency IS NOT NULL THEN 'share_of_officials' END AS exempt
FROM hit h
LEFT JOIN habit b ON b.requester_agency = h.requester_agency
