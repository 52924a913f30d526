-- One terminal at which accounts of other officials were used without a reason within the window: the sum over accounts of how rare
-- their most telling visit is. Beside it at how many terminals of the agency and the nation that happened at all.
WITH guest AS (
    SELECT g.agency_code, g.requester_terminal, g.requester_user, MIN(g.host) AS host,
           MAX(-LN(v.p_unexplained)) AS level, MAX(g.monday) AS last_monday
    FROM recent_guest_visit g
    JOIN recent_rated_visit v ON v.monday = g.monday AND v.visit_no = g.visit_no
    WHERE v.n_unexplained > 0 AND g.monday >= $window_start
    GROUP BY g.agency_code, g.requester_terminal, g.requester_user
),
terminal AS (
    SELECT agency_code, requester_terminal, MIN(host) AS host, COUNT(requester_user) AS n_accounts,
           CAST(SUM(CAST(level AS DECIMAL(18, 9))) AS DOUBLE) AS level, MAX(last_monday) AS last_monday
    FROM guest
    GROUP BY agency_code, requester_terminal
),
agency AS (SELECT agency_code, COUNT(requester_terminal) AS n FROM terminal GROUP BY agency_code),
nation AS (SELECT CAST(SUM(n) AS BIGINT) AS n FROM agency)
SELECT t.agency_code, t.requester_terminal, t.host, t.n_accounts, t.level, t.last_monday = $monday AS this_week,
       a.n AS agency_pairs, x.n AS nation_pairs
FROM terminal t
JOIN agency a ON a.agency_code = t.agency_code
CROSS JOIN nation x
WHERE t.n_accounts >= 2
ORDER BY t.agency_code NULLS LAST, t.requester_terminal NULLS LAST
