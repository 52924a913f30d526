-- Visits past each level in a window that ends with the week, and in the weeks before the window; one row an official
-- (in a department), attribute and level; visits without a reason have a statistic of their own.
WITH windowed AS (
    SELECT agency_code, department, requester_user,
           CAST(SUM(CASE WHEN monday >= $window_start THEN n_visits ELSE 0 END) AS BIGINT) AS visits,
           CAST(SUM(CASE WHEN monday < $window_start THEN n_visits ELSE 0 END) AS BIGINT) AS earlier_visits,
           MAX(monday) AS last_monday
    FROM recent_user_week
    GROUP BY agency_code, department, requester_user
),
counted AS (
    SELECT agency_code, department, requester_user, attribute, step,
           CAST(SUM(CASE WHEN monday >= $window_start THEN n ELSE 0 END) AS BIGINT) AS past,
           CAST(SUM(CASE WHEN monday < $window_start THEN n ELSE 0 END) AS BIGINT) AS earlier_past
    FROM recent_exceedance
    WHERE attribute <> 'unexplained'
    GROUP BY agency_code, department, requester_user, attribute, step
)
SELECT w.agency_code, w.department, w.requester_user, c.attribute, c.step, w.visits, w.earlier_visits, c.past, c.earlier_past,
       a.visits AS agency_visits,
       CAST(SUM(c.past + c.earlier_past) OVER (PARTITION BY w.agency_code, c.attribute, c.step) AS BIGINT) AS agency_past,
       CAST(SUM(c.past + c.earlier_past) OVER (PARTITION BY c.attribute, c.step) AS BIGINT) AS nation_past,
       n.visits AS nation_visits,
       w.last_monday
FROM windowed w
JOIN counted c ON c.agency_code = w.agency_code AND c.department = w.department AND c.requester_user = w.requester_user
JOIN (SELECT agency_code, CAST(SUM(visits + earlier_visits) AS BIGINT) AS visits FROM windowed GROUP BY agency_code) a
  ON a.agency_code = w.agency_code
CROSS JOIN (SELECT CAST(SUM(visits + earlier_visits) AS BIGINT) AS visits FROM windowed) n
