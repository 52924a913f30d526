-- Every count of every agency: in the weeks from $window_start on (`lacking`: those of them without a reason), and before them (fading),
-- beside the same of the other agencies of its kind and of the nation. Sums over agencies are of decimals: a sum of doubles depends on the order in which threads deliver them.
WITH before AS (SELECT MAX(monday) AS monday FROM recent_agency_seen WHERE monday < $window_start),
seen AS (SELECT s.agency_code, s.weeks FROM recent_agency_seen s JOIN before b ON b.monday = s.monday),
cell AS (
    SELECT u.counted, u.agency_code, u.cell, SUM(u.now) AS now, MAX(u.now) AS busiest,
           SUM(CASE WHEN u.monday = $monday THEN u.now ELSE 0e0 END) AS this_week, SUM(u.lacking) AS lacking, MAX(u.lacking) AS busiest_lacking,
           SUM(CASE WHEN u.monday = $monday THEN u.lacking ELSE 0e0 END) AS this_week_lacking, SUM(u.past) AS past, SUM(u.past_squared) AS past_squared
    FROM (SELECT monday, counted, agency_code, cell, CAST(n AS DOUBLE) AS now, CAST(n_lacking AS DOUBLE) AS lacking, 0e0 AS past,
                 0e0 AS past_squared
          FROM recent_agency_count
          WHERE monday >= $window_start
          UNION ALL
          SELECT p.monday, p.counted, p.agency_code, p.cell, 0e0, 0e0, p.n, p.n_squared FROM recent_agency_profile p JOIN before b ON b.monday = p.monday) u
    GROUP BY u.counted, u.agency_code, u.cell
),
placed AS (
    SELECT c.counted, c.agency_code, c.cell, c.now, c.busiest, c.this_week, c.lacking, c.busiest_lacking,
           c.this_week_lacking, c.past, c.past_squared, s.weeks, COALESCE(a.kind, 'unknown') AS kind
    FROM cell c
    JOIN seen s ON s.agency_code = c.agency_code
    LEFT JOIN agency_now a ON a.agency_code = c.agency_code
),
kind_cell AS (
    SELECT kind, counted, cell, CAST(SUM(CAST(now AS DECIMAL(18, 6))) AS DOUBLE) AS now,
           CAST(SUM(CAST(past AS DECIMAL(18, 6))) AS DOUBLE) AS past
    FROM placed GROUP BY kind, counted, cell
),
nation_cell AS (
    SELECT counted, cell, CAST(SUM(CAST(now AS DECIMAL(18, 6))) AS DOUBLE) AS now,
           CAST(SUM(CAST(past AS DECIMAL(18, 6))) AS DOUBLE) AS past
    FROM kind_cell GROUP BY counted, cell
)
SELECT p.counted, p.agency_code, p.kind, p.cell, p.weeks, p.now, p.busiest, p.this_week, p.lacking, p.busiest_lacking, p.this_week_lacking,
       p.past, p.past_squared,
       t.now AS total_now, t.past AS total_past,
       k.now - p.now AS kind_now, k.past - p.past AS kind_past, kt.now - t.now AS kind_total_now, kt.past - t.past AS kind_total_past,
       n.now - p.now AS nation_now, n.past - p.past AS nation_past,
       nt.now - t.now AS nation_total_now, nt.past - t.past AS nation_total_past
FROM placed p
JOIN placed t ON t.counted = 'all' AND t.agency_code = p.agency_code
JOIN kind_cell k ON k.kind = p.kind AND k.counted = p.counted AND k.cell = p.cell
JOIN kind_cell kt ON kt.kind = p.kind AND kt.counted = 'all'
JOIN nation_cell n ON n.counted = p.counted AND n.cell = p.cell
JOIN nation_cell nt ON nt.counted = 'all'
ORDER BY p.counted NULLS LAST, p.agency_code NULLS LAST, p.cell NULLS LAST
