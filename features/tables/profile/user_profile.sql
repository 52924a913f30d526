-- What each official did so far: how often each value of each attribute occurred, in whole thousandths of a visit. What is past
-- fades by a twentieth a week, so that a habit counts about half after a quarter of a year, and goes when less than a
-- third of a visit is left. One table instead of many weeks' tallies: a week costs the same whatever lies behind it.
SELECT u.attribute, u.agency_code, u.department, u.requester_user, u.value, SUM(u.n) AS n
FROM (
    SELECT attribute, agency_code, department, requester_user, value, CAST(FLOOR(n * 95e-2) AS DOUBLE) AS n
    FROM earlier_user_profile
    UNION ALL
    SELECT attribute, agency_code, department, requester_user, value, n FROM learned_week
) u
GROUP BY u.attribute, u.agency_code, u.department, u.requester_user, u.value
HAVING SUM(u.n) >= 300
