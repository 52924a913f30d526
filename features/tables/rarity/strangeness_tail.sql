-- The share of all visits of an agency that are on a track and at least so strange, smoothed towards the nation.
WITH seen AS (
    SELECT agency_code, track, bin, SUM(n) AS n
    FROM (SELECT agency_code, track, bin, n FROM earlier_strangeness_histogram
          UNION ALL SELECT agency_code, track, bin, n FROM strangeness_histogram) u
    GROUP BY agency_code, track, bin
),
agency_all AS (SELECT agency_code, SUM(n) AS n FROM seen WHERE track = 'all' GROUP BY agency_code),
nation_all AS (SELECT SUM(n) AS n FROM agency_all),
nation AS (SELECT track, bin, SUM(n) AS n FROM seen GROUP BY track, bin),
nation_tail AS (
    SELECT n.track, n.bin,
           CAST(SUM(n.n) OVER (PARTITION BY n.track ORDER BY n.bin DESC NULLS LAST
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DOUBLE) / NULLIF(CAST(a.n AS DOUBLE), 0) AS share
    FROM nation n
    CROSS JOIN nation_all a
),
agency_tail AS (
    SELECT agency_code, track, bin,
           SUM(n) OVER (PARTITION BY agency_code, track ORDER BY bin DESC NULLS LAST
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
    FROM seen
)
SELECT a.agency_code, a.track, a.bin,
       (CAST(a.n AS DOUBLE) + $tail_strength * t.share) / (CAST(aa.n AS DOUBLE) + $tail_strength) AS p
FROM agency_tail a
JOIN agency_all aa ON aa.agency_code = a.agency_code
JOIN nation_tail t ON t.track = a.track AND t.bin = a.bin
