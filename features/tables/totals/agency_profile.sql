-- How often each cell of each count occurred at an agency so far, and the squares of the weeks' numbers, fading by a twentieth
-- a week: the usual week, and how much weeks differ.
SELECT CAST($week_start AS DATE) AS monday, u.counted, u.agency_code, u.cell, SUM(u.n) AS n, SUM(u.n_squared) AS n_squared
FROM (
    SELECT counted, agency_code, cell, n * 95e-2 AS n, n_squared * 95e-2 AS n_squared
    FROM earlier_agency_profile
    UNION ALL
    SELECT counted, agency_code, cell, CAST(n AS DOUBLE), CAST(n * n AS DOUBLE) FROM agency_count
) u
GROUP BY u.counted, u.agency_code, u.cell
HAVING SUM(u.n) >= 1e-1
