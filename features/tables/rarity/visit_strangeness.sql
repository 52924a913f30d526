-- The attributes of a visit together: `strangeness` of those that weigh where a reason is missing (`sums`), of their levels what every
-- visit does not have anyway; `total` of all, as the truncated product of their shares (Zaykin and others 2002, at one in twenty): of the many
-- attributes few are strange in one visit, and the chance of all the others, summed, would drown them. What is not rare counts for
-- a tenth, to order visits in which nothing is. Summed as decimals: a sum of doubles depends on the order in which threads deliver them.
SELECT l.visit_no, l.agency_code,
       CAST(SUM(CAST(CASE WHEN a.sums THEN GREATEST(l.level - 1e0, 0e0) ELSE 0e0 END AS DECIMAL(18, 9))) AS DOUBLE) AS strangeness,
       CAST(SUM(CAST(CASE WHEN l.level >= 3e0 THEN l.level ELSE 1e-1 * GREATEST(l.level - 1e0, 0e0) END AS DECIMAL(18, 9))) AS DOUBLE) AS total
FROM visit_level l
JOIN attribute a ON a.name = l.attribute
GROUP BY l.visit_no, l.agency_code
