-- Officials of the agencies asked for, week by week of the look-back: visits, days at work and visits without a reason (by how
-- rare they are: at least `step`).
WITH worked AS (
    SELECT u.agency_code, u.requester_user, u.monday, MIN(u.department) AS department,
           CAST(SUM(u.n_visits) AS DOUBLE) AS visits, CAST(SUM(u.n_days) AS DOUBLE) AS days
    FROM recent_user_week u
    JOIN asked_agency a ON a.agency_code = u.agency_code
    GROUP BY u.agency_code, u.requester_user, u.monday
),
without AS (
    SELECT e.agency_code, e.requester_user, e.monday,
           SUM(CASE WHEN e.step = 0 THEN e.n ELSE 0 END) AS n_0, SUM(CASE WHEN e.step = 1 THEN e.n ELSE 0 END) AS n_1,
           SUM(CASE WHEN e.step = 2 THEN e.n ELSE 0 END) AS n_2, SUM(CASE WHEN e.step = 3 THEN e.n ELSE 0 END) AS n_3,
           SUM(CASE WHEN e.step = 4 THEN e.n ELSE 0 END) AS n_4, SUM(CASE WHEN e.step = 5 THEN e.n ELSE 0 END) AS n_5
    FROM recent_exceedance e
    JOIN asked_agency a ON a.agency_code = e.agency_code
    WHERE e.attribute = 'unexplained'
    GROUP BY e.agency_code, e.requester_user, e.monday
)
SELECT w.agency_code, w.requester_user, w.monday, w.department, w.visits, w.days,
       CAST(COALESCE(u.n_0, 0) AS DOUBLE) AS past_0, CAST(COALESCE(u.n_1, 0) AS DOUBLE) AS past_1,
       CAST(COALESCE(u.n_2, 0) AS DOUBLE) AS past_2, CAST(COALESCE(u.n_3, 0) AS DOUBLE) AS past_3,
       CAST(COALESCE(u.n_4, 0) AS DOUBLE) AS past_4, CAST(COALESCE(u.n_5, 0) AS DOUBLE) AS past_5
FROM worked w
LEFT JOIN without u ON u.agency_code = w.agency_code AND u.requester_user = w.requester_user AND u.monday = w.monday
ORDER BY w.agency_code NULLS LAST, w.requester_user NULLS LAST, w.monday NULLS LAST
