-- How many weighing requests of an official (of the agency, where the log names no official) break each rule in the week and broke
-- it in the weeks before; how many of the agency's and the nation's did; and the officials and weeks in which they could.
WITH broken AS (
    SELECT rule_id, agency_code, requester_user,
           CAST(COUNT(CASE WHEN week = $week THEN request_id END) AS DOUBLE) AS n,
           CAST(COUNT(CASE WHEN week < $week THEN request_id END) AS DOUBLE) AS earlier_n
    FROM recent_rule_hits
    WHERE weighs
    GROUP BY rule_id, agency_code, requester_user
),
at_work AS (
    SELECT agency_code, CAST(COUNT(requester_user) AS DOUBLE) AS official_weeks FROM recent_user_week
    WHERE monday >= $window_start GROUP BY agency_code
),
nation AS (SELECT SUM(official_weeks) AS official_weeks FROM at_work),
own_weeks AS (
    SELECT agency_code, requester_user, CAST(COUNT(DISTINCT monday) AS DOUBLE) AS earlier_weeks FROM recent_user_week
    WHERE monday >= $window_start AND monday < $monday GROUP BY agency_code, requester_user
)
SELECT b.rule_id, b.agency_code, b.requester_user, b.n, b.earlier_n,
       SUM(b.n + b.earlier_n) OVER (PARTITION BY b.rule_id, b.agency_code) AS agency_n,
       SUM(b.n + b.earlier_n) OVER (PARTITION BY b.rule_id) AS nation_n,
       COALESCE(o.earlier_weeks, 0e0) AS earlier_weeks, COALESCE(w.official_weeks, 0e0) AS agency_weeks,
       COALESCE(t.official_weeks, 0e0) AS nation_weeks
FROM broken b
LEFT JOIN own_weeks o ON o.agency_code = b.agency_code AND o.requester_user = b.requester_user
LEFT JOIN at_work w ON w.agency_code = b.agency_code
CROSS JOIN nation t
ORDER BY b.rule_id NULLS LAST, b.agency_code NULLS LAST, b.requester_user NULLS LAST
