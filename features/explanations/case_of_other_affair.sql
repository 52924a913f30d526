-- The case is the person's and open, but of another affair, and at least two other officials of the agency ask so under cases of
-- that affair, in this week or the one before: the agency's practice and not the official's own. One other excuses nobody (two may
-- conspire), nor do others who together ask less than he does.
WITH near AS (
    SELECT o.request_id, o.agency_code, o.requester_user, o.affair_code FROM other_affair o
    UNION ALL
    SELECT e.request_id, e.agency_code, e.requester_user, e.affair_code FROM earlier_other_affair e
),
own AS (
    SELECT agency_code, affair_code, requester_user, COUNT(request_id) AS n
    FROM near
    GROUP BY agency_code, affair_code, requester_user
),
together AS (
    SELECT agency_code, affair_code, COUNT(requester_user) AS n_officials, SUM(n) AS n
    FROM own
    GROUP BY agency_code, affair_code
)
SELECT o.request_id
FROM other_affair o
JOIN own w ON w.agency_code = o.agency_code AND w.affair_code = o.affair_code AND w.requester_user = o.requester_user
JOIN together t ON t.agency_code = o.agency_code AND t.affair_code = o.affair_code
WHERE t.n_officials - 1 >= 2 AND t.n - w.n >= w.n
