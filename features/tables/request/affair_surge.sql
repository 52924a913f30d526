-- Affairs of which an agency received far more applications than before: in the fourteen days up to the end of the week at least 20
-- (of fewer any week may have so many by chance), and five times as many as fourteen days of the eight weeks before had (56 days
-- are four times fourteen), while its other affairs did not: where all of them begin, it is the register that is new. What is opened
-- after the week is not known yet.
WITH counted AS (
    SELECT c.agency_code, c.affair_code,
           COUNT(CASE WHEN c.opened >= CAST($week_start AS DATE) - INTERVAL '7' DAY THEN 1 END) AS n_now,
           COUNT(CASE WHEN c.opened < CAST($week_start AS DATE) - INTERVAL '7' DAY THEN 1 END) AS n_before
    FROM delivered_case c
    WHERE c.opened >= CAST($week_start AS DATE) - INTERVAL '63' DAY AND c.opened < CAST($week_end AS DATE)
    GROUP BY c.agency_code, c.affair_code
),
whole AS (
    SELECT agency_code, SUM(n_now) AS n_now, SUM(n_before) AS n_before FROM counted GROUP BY agency_code
)
SELECT n.agency_code, n.affair_code
FROM counted n
JOIN whole w ON w.agency_code = n.agency_code
WHERE n.n_now >= 20 AND 4 * n.n_now >= 5 * n.n_before AND 4 * (w.n_now - n.n_now) < 5 * (w.n_before - n.n_before)
