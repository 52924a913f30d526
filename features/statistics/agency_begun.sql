-- What agencies began within the weeks that counts are kept for: a cell of which one week holds at least five times as much as their other
-- weeks on average, and five requests; with the share of that week's requests that it made. So an annual run of files or a new
-- procedure looks that every agency has in a week of its own.
WITH week_cell AS (
    SELECT c.counted, c.agency_code, c.cell, CAST(c.n AS DOUBLE) AS n, CAST(c.n AS DOUBLE) / NULLIF(CAST(t.n AS DOUBLE), 0) AS share
    FROM recent_agency_count c
    JOIN recent_agency_count t ON t.monday = c.monday AND t.agency_code = c.agency_code AND t.counted = 'all'
),
known AS (SELECT agency_code, COUNT(monday) AS weeks FROM recent_agency_count WHERE counted = 'all' GROUP BY agency_code),
cell AS (
    SELECT counted, agency_code, cell, MAX(n) AS busiest, SUM(n) AS n, MAX(share) AS share
    FROM week_cell
    GROUP BY counted, agency_code, cell
)
SELECT c.counted, c.cell, c.agency_code, c.share
FROM cell c
JOIN known k ON k.agency_code = c.agency_code
WHERE c.busiest >= 5e0 AND c.busiest * (k.weeks - 1) >= 5e0 * (c.n - c.busiest) AND k.weeks >= 4
ORDER BY c.counted NULLS LAST, c.cell NULLS LAST, c.agency_code NULLS LAST
