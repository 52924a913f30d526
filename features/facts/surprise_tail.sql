-- The share of an agency's visits (earlier weeks and this one) that surprise at least so much in a dimension, smoothed
-- towards the nation's share by `tail_strength` visits.
WITH seen AS (
    SELECT agency_code, dimension, surprise_bin, SUM(n) AS n
    FROM (SELECT agency_code, dimension, surprise_bin, n FROM earlier_surprise_histogram
          UNION ALL SELECT agency_code, dimension, surprise_bin, n FROM surprise_histogram) u
    GROUP BY agency_code, dimension, surprise_bin
),
nation AS (SELECT dimension, surprise_bin, SUM(n) AS n FROM seen GROUP BY dimension, surprise_bin),
nation_tail AS (
    SELECT dimension, surprise_bin,
           CAST(SUM(n) OVER (PARTITION BY dimension ORDER BY surprise_bin DESC NULLS LAST
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DOUBLE)
           / NULLIF(CAST(SUM(n) OVER (PARTITION BY dimension) AS DOUBLE), 0) AS share
    FROM nation
),
agency_tail AS (
    SELECT agency_code, dimension, surprise_bin,
           SUM(n) OVER (PARTITION BY agency_code, dimension ORDER BY surprise_bin DESC NULLS LAST
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n,
           SUM(n) OVER (PARTITION BY agency_code, dimension) AS total
    FROM seen
)
SELECT a.agency_code, a.dimension, a.surprise_bin,
       (CAST(a.n AS DOUBLE) + $tail_strength * t.share) / (CAST(a.total AS DOUBLE) + $tail_strength) AS p
FROM agency_tail a
JOIN nation_tail t ON t.dimension = a.dimension AND t.surprise_bin = a.surprise_bin
