-- In how many runs of files, of the week and of the weeks before, an agency began at each hour that it used this week; and
-- how other agencies' runs are spread over the hours, the week included.
WITH now AS (
    SELECT agency_code, slot, COUNT(*) AS n, CAST(SUM(n_people) AS BIGINT) AS n_people
    FROM recent_batch_run WHERE monday = $monday GROUP BY agency_code, slot
),
earlier AS (
    SELECT agency_code, slot, COUNT(*) AS n FROM recent_batch_run WHERE monday < $monday GROUP BY agency_code, slot
),
earlier_all AS (SELECT agency_code, SUM(n) AS n FROM earlier GROUP BY agency_code),
slot_all AS (SELECT slot, COUNT(*) AS n FROM recent_batch_run GROUP BY slot),
nation AS (SELECT SUM(n) AS n FROM slot_all)
SELECT w.agency_code, w.slot, CAST(w.n AS DOUBLE) AS n, CAST(w.n_people AS DOUBLE) AS n_people,
       CAST(COALESCE(e.n, 0) AS DOUBLE) AS earlier_n, CAST(COALESCE(a.n, 0) AS DOUBLE) AS earlier_total,
       CAST(s.n - w.n - COALESCE(e.n, 0) AS DOUBLE) AS others_n, CAST(t.n - w.n - COALESCE(a.n, 0) AS DOUBLE) AS others_total
FROM now w
LEFT JOIN earlier e ON e.agency_code = w.agency_code AND e.slot = w.slot
LEFT JOIN earlier_all a ON a.agency_code = w.agency_code
JOIN slot_all s ON s.slot = w.slot
CROSS JOIN nation t
ORDER BY w.agency_code NULLS LAST, w.slot NULLS LAST
