-- Officials active in the week: visits, visits without a reason (by how rare they are among those: at least `step`), and
-- days at work, in a window that ends with the week and in the weeks before it.
WITH worked AS (
    SELECT agency_code, requester_user,
           MIN(CASE WHEN monday = $monday THEN department END) AS department,
           CAST(SUM(CASE WHEN monday >= $window_start THEN n_visits ELSE 0 END) AS DOUBLE) AS visits,
           CAST(SUM(CASE WHEN monday >= $window_start THEN n_days ELSE 0 END) AS DOUBLE) AS days,
           CAST(SUM(CASE WHEN monday < $window_start THEN n_visits ELSE 0 END) AS DOUBLE) AS earlier_visits,
           CAST(SUM(CASE WHEN monday < $window_start THEN n_days ELSE 0 END) AS DOUBLE) AS earlier_days,
           MAX(monday) AS last_monday
    FROM recent_user_week
    GROUP BY agency_code, requester_user
),
without AS (
    SELECT agency_code, requester_user, step,
           CAST(SUM(CASE WHEN monday >= $window_start THEN n ELSE 0 END) AS DOUBLE) AS past,
           CAST(SUM(CASE WHEN monday < $window_start THEN n ELSE 0 END) AS DOUBLE) AS earlier_past
    FROM recent_exceedance
    WHERE attribute = 'unexplained'
    GROUP BY agency_code, requester_user, step
)
SELECT w.agency_code, w.requester_user, w.department, w.visits, w.days, w.earlier_visits, w.earlier_days,
       SUM(CASE WHEN u.step = 0 THEN u.past ELSE 0e0 END) AS past_0,
       SUM(CASE WHEN u.step = 1 THEN u.past ELSE 0e0 END) AS past_1,
       SUM(CASE WHEN u.step = 2 THEN u.past ELSE 0e0 END) AS past_2,
       SUM(CASE WHEN u.step = 3 THEN u.past ELSE 0e0 END) AS past_3,
       SUM(CASE WHEN u.step = 4 THEN u.past ELSE 0e0 END) AS past_4,
       SUM(CASE WHEN u.step = 5 THEN u.past ELSE 0e0 END) AS past_5,
       SUM(CASE WHEN u.step = 0 THEN u.earlier_past ELSE 0e0 END) AS earlier_0,
       SUM(CASE WHEN u.step = 1 THEN u.earlier_past ELSE 0e0 END) AS earlier_1,
       SUM(CASE WHEN u.step = 2 THEN u.earlier_past ELSE 0e0 END) AS earlier_2,
       SUM(CASE WHEN u.step = 3 THEN u.earlier_past ELSE 0e0 END) AS earlier_3,
       SUM(CASE WHEN u.step = 4 THEN u.earlier_past ELSE 0e0 END) AS earlier_4,
       SUM(CASE WHEN u.step = 5 THEN u.earlier_past ELSE 0e0 END) AS earlier_5
FROM worked w
LEFT JOIN without u ON u.agency_code = w.agency_code AND u.requester_user = w.requester_user
WHERE w.last_monday = $monday
GROUP BY w.agency_code, w.requester_user, w.department, w.visits, w.days, w.earlier_visits, w.earlier_days
ORDER BY w.agency_code NULLS LAST, w.requester_user NULLS LAST
