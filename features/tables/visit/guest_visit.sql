-- Visits for which an account was used at somebody else's terminal. A terminal is somebody's where he did at least four fifths of
-- what was ever done there, in at least twenty visits; what is shared is nobody's. An account is a guest where it did
-- less than a twentieth of its own work. Both are read off the weeks before.
WITH known AS (
    SELECT agency_code, requester_user, value AS requester_terminal, SUM(n) AS n
    FROM earlier_user_profile
    WHERE attribute = 'terminal'
    GROUP BY agency_code, requester_user, value
),
worked AS (SELECT agency_code, requester_user, SUM(n) AS n FROM known GROUP BY agency_code, requester_user),
place AS (SELECT agency_code, requester_terminal, SUM(n) AS n FROM known GROUP BY agency_code, requester_terminal),
host AS (
    SELECT k.agency_code, k.requester_terminal, k.requester_user
    FROM known k
    JOIN place p ON p.agency_code = k.agency_code AND p.requester_terminal = k.requester_terminal
    WHERE k.n >= 20000 AND k.n * 5 >= p.n * 4
)
SELECT CAST($week_start AS DATE) AS monday, v.visit_no, v.agency_code, v.requester_terminal, h.requester_user AS host, v.requester_user
FROM visit v
JOIN host h ON h.agency_code = v.agency_code AND h.requester_terminal = v.requester_terminal
JOIN worked w ON w.agency_code = v.agency_code AND w.requester_user = v.requester_user
LEFT JOIN known k ON k.agency_code = v.agency_code AND k.requester_user = v.requester_user AND k.requester_terminal = v.requester_terminal
WHERE h.requester_user <> v.requester_user AND COALESCE(k.n, 0e0) * 20 < w.n
ORDER BY v.agency_code NULLS LAST, v.requester_terminal NULLS LAST, v.visit_no NULLS LAST
