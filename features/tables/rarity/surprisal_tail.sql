-- The share of an agency's visits (earlier weeks and this one) that surprisal at least so much in a attribute, smoothed
-- towards the nation's share by `tail_strength` visits.
WITH seen AS (
    SELECT agency_code, attribute, surprisal_bin, SUM(n) AS n
    FROM (SELECT agency_code, attribute, surprisal_bin, n FROM earlier_surprisal_histogram
          UNION ALL SELECT agency_code, attribute, surprisal_bin, n FROM surprisal_histogram) u
    GROUP BY agency_code, attribute, surprisal_bin
),
nation AS (SELECT attribute, surprisal_bin, SUM(n) AS n FROM seen GROUP BY attribute, surprisal_bin),
nation_tail AS (
    SELECT attribute, surprisal_bin,
           CAST(SUM(n) OVER (PARTITION BY attribute ORDER BY surprisal_bin DESC NULLS LAST
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DOUBLE)
           / NULLIF(CAST(SUM(n) OVER (PARTITION BY attribute) AS DOUBLE), 0) AS share
    FROM nation
),
agency_tail AS (
    SELECT agency_code, attribute, surprisal_bin,
           SUM(n) OVER (PARTITION BY agency_code, attribute ORDER BY surprisal_bin DESC NULLS LAST
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n,
           SUM(n) OVER (PARTITION BY agency_code, attribute) AS total
    FROM seen
)
SELECT a.agency_code, a.attribute, a.surprisal_bin,
       (CAST(a.n AS DOUBLE) + $tail_strength * t.share) / (CAST(a.total AS DOUBLE) + $tail_strength) AS p
FROM agency_tail a
JOIN nation_tail t ON t.attribute = a.attribute AND t.surprisal_bin = a.surprisal_bin
