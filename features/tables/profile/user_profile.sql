-- What each official did so far: how often each value of each attribute occurred, in whole thousandths of a visit, by a fast and by a
-- slow memory. In the fast one (`n`) what is past fades by a twentieth a week, so that a habit counts about half after a quarter of a
-- year, and is nothing when less than a third of a visit is left. In the slow one it fades by a hundredth, to a half in sixteen months.
-- A row goes when the fast one has forgotten it and the slow one holds less than a visit and a half: what happened once.
-- One table instead of many weeks' tallies: a week costs the same whatever lies behind it.
SELECT t.attribute, t.agency_code, t.department, t.requester_user, t.value, CASE WHEN t.n >= 300 THEN t.n ELSE 0e0 END AS n, t.slow
FROM (
    SELECT u.attribute, u.agency_code, u.department, u.requester_user, u.value, SUM(u.n) AS n, SUM(u.slow) AS slow
    FROM (
        SELECT attribute, agency_code, department, requester_user, value, CAST(FLOOR(n * 95e-2) AS DOUBLE) AS n,
               CAST(FLOOR(slow * 99e-2) AS DOUBLE) AS slow
        FROM earlier_user_profile
        UNION ALL
        SELECT attribute, agency_code, department, requester_user, value, n, slow FROM learned_week
    ) u
    GROUP BY u.attribute, u.agency_code, u.department, u.requester_user, u.value
) t
WHERE t.n >= 300 OR t.slow >= 1500
