-- All attributes of a visit together: their levels, each less what every visit has anyway. Summed as decimals: a sum of
-- doubles depends on the order in which threads deliver them.
SELECT l.visit_no, l.agency_code, CAST(SUM(CAST(GREATEST(l.level - 1e0, 0e0) AS DECIMAL(18, 9))) AS DOUBLE) AS strangeness
FROM visit_level l
GROUP BY l.visit_no, l.agency_code
