-- The attributes of a visit together: their levels, each less what every visit has anyway; `strangeness` of those that weigh where a
-- reason is missing (`sums`), `total` of all. Summed as decimals: a sum of doubles depends on the order in which threads deliver them.
SELECT l.visit_no, l.agency_code,
       CAST(SUM(CAST(CASE WHEN a.sums THEN GREATEST(l.level - 1e0, 0e0) ELSE 0e0 END AS DECIMAL(18, 9))) AS DOUBLE) AS strangeness,
       CAST(SUM(CAST(GREATEST(l.level - 1e0, 0e0) AS DECIMAL(18, 9))) AS DOUBLE) AS total
FROM visit_level l
JOIN attribute a ON a.name = l.attribute
GROUP BY l.visit_no, l.agency_code
