-- How many weighing requests of an official break each rule in the week and broke it in the weeks before; how many of the
-- agency's and the nation's did; and the officials and weeks in which they could. Requests that no official signs (uploads,
-- or a log that names nobody) are their agency's: they are held against its own weeks, and other agencies' such requests.
WITH broken AS (
    SELECT rule_id, agency_code, requester_user,
           CAST(COUNT(CASE WHEN week = $week THEN request_id END) AS DOUBLE) AS n,
           CAST(COUNT(CASE WHEN week < $week THEN request_id END) AS DOUBLE) AS earlier_n
    FROM recent_rule_hit
    WHERE weighs
    GROUP BY rule_id, agency_code, requester_user
),
at_work AS (
    SELECT agency_code, CAST(COUNT(requester_user) AS DOUBLE) AS weeks FROM recent_user_week
    WHERE monday >= $window_start GROUP BY agency_code
),
own_weeks AS (
    SELECT agency_code, requester_user, CAST(COUNT(DISTINCT monday) AS DOUBLE) AS earlier_weeks FROM recent_user_week
    WHERE monday >= $window_start AND monday < $monday GROUP BY agency_code, requester_user
),
recorded AS (
    SELECT agency_code, CAST(COUNT(monday) AS DOUBLE) AS weeks,
           CAST(COUNT(CASE WHEN monday < $monday THEN monday END) AS DOUBLE) AS earlier_weeks
    FROM recent_agency_week WHERE monday >= $window_start GROUP BY agency_code
),
nation AS (
    SELECT o.weeks AS official_weeks, a.weeks AS agency_weeks
    FROM (SELECT SUM(weeks) AS weeks FROM at_work) o CROSS JOIN (SELECT SUM(weeks) AS weeks FROM recorded) a
),
counted AS (
    SELECT b.rule_id, b.agency_code, b.requester_user, b.n, b.earlier_n,
           SUM(b.n + b.earlier_n) OVER (PARTITION BY b.rule_id, b.agency_code) AS agency_n,
           SUM(b.n + b.earlier_n) OVER (PARTITION BY b.rule_id) AS nation_n,
           SUM(CASE WHEN b.requester_user IS NULL THEN b.n + b.earlier_n ELSE 0e0 END) OVER (PARTITION BY b.rule_id) AS unsigned_n
    FROM broken b
)
SELECT c.rule_id, c.agency_code, c.requester_user, c.n, c.earlier_n,
       CASE WHEN c.requester_user IS NULL THEN c.n + c.earlier_n ELSE c.agency_n END AS agency_n,
       CASE WHEN c.requester_user IS NULL THEN c.unsigned_n ELSE c.nation_n END AS nation_n,
       COALESCE(CASE WHEN c.requester_user IS NULL THEN r.earlier_weeks ELSE o.earlier_weeks END, 0e0) AS earlier_weeks,
       COALESCE(CASE WHEN c.requester_user IS NULL THEN r.weeks ELSE w.weeks END, 0e0) AS agency_weeks,
       COALESCE(CASE WHEN c.requester_user IS NULL THEN t.agency_weeks ELSE t.official_weeks END, 0e0) AS nation_weeks
FROM counted c
LEFT JOIN own_weeks o ON o.agency_code = c.agency_code AND o.requester_user = c.requester_user
LEFT JOIN at_work w ON w.agency_code = c.agency_code
LEFT JOIN recorded r ON r.agency_code = c.agency_code
CROSS JOIN nation t
ORDER BY c.rule_id NULLS LAST, c.agency_code NULLS LAST, c.requester_user NULLS LAST
