-- What all officials of a department did in the look-back, the week included: visits, days at work, and visits without a
-- reason at least so rare among those.
WITH worked AS (
    SELECT agency_code, department, CAST(SUM(n_visits) AS DOUBLE) AS visits, CAST(SUM(n_days) AS DOUBLE) AS days
    FROM recent_user_week
    GROUP BY agency_code, department
),
without AS (
    SELECT agency_code, department, step, CAST(SUM(n) AS DOUBLE) AS past
    FROM recent_exceedance
    WHERE attribute = 'unexplained'
    GROUP BY agency_code, department, step
)
SELECT w.agency_code, w.department, w.visits, w.days,
       SUM(CASE WHEN u.step = 0 THEN u.past ELSE 0e0 END) AS past_0,
       SUM(CASE WHEN u.step = 1 THEN u.past ELSE 0e0 END) AS past_1,
       SUM(CASE WHEN u.step = 2 THEN u.past ELSE 0e0 END) AS past_2,
       SUM(CASE WHEN u.step = 3 THEN u.past ELSE 0e0 END) AS past_3,
       SUM(CASE WHEN u.step = 4 THEN u.past ELSE 0e0 END) AS past_4,
       SUM(CASE WHEN u.step = 5 THEN u.past ELSE 0e0 END) AS past_5
FROM worked w
LEFT JOIN without u ON u.agency_code = w.agency_code AND u.department = w.department
GROUP BY w.agency_code, w.department, w.visits, w.days
ORDER BY w.agency_code NULLS LAST, w.department NULLS LAST
