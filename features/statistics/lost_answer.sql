-- Whoever asked this week about something that had been found before: how many such answers find nothing any more, now and in
-- the weeks before; beside it the agency and the nation.
WITH nation AS (SELECT SUM(n) AS n, SUM(n_lost) AS n_lost FROM recent_repeated_answers),
official AS (
    SELECT r.agency_code, r.requester_user,
           SUM(CASE WHEN r.monday = $monday THEN r.n ELSE 0 END) AS n, SUM(CASE WHEN r.monday = $monday THEN r.n_lost ELSE 0 END) AS n_lost,
           SUM(CASE WHEN r.monday < $monday THEN r.n ELSE 0 END) AS earlier_n, SUM(CASE WHEN r.monday < $monday THEN r.n_lost ELSE 0 END) AS earlier_lost
    FROM recent_repeated_answers r
    GROUP BY r.agency_code, r.requester_user
),
agency AS (
    SELECT agency_code, SUM(n) AS n, SUM(n_lost) AS n_lost, SUM(earlier_n) AS earlier_n, SUM(earlier_lost) AS earlier_lost
    FROM official
    GROUP BY agency_code
)
SELECT o.agency_code, o.requester_user, CAST(o.n AS DOUBLE) AS n, CAST(o.n_lost AS DOUBLE) AS n_lost,
       CAST(o.earlier_n AS DOUBLE) AS earlier_n, CAST(o.earlier_lost AS DOUBLE) AS earlier_lost,
       CAST(a.n AS DOUBLE) AS agency_n, CAST(a.n_lost AS DOUBLE) AS agency_lost,
       CAST(a.earlier_n AS DOUBLE) AS agency_earlier_n, CAST(a.earlier_lost AS DOUBLE) AS agency_earlier_lost,
       CAST(t.n AS DOUBLE) AS nation_n, CAST(t.n_lost AS DOUBLE) AS nation_lost
FROM official o
JOIN agency a ON a.agency_code = o.agency_code
CROSS JOIN nation t
WHERE o.n_lost > 0
ORDER BY o.agency_code NULLS LAST, o.requester_user NULLS LAST
