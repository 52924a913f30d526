-- The levels, in nats, at which visits are counted: about one visit in 4 (of those without a reason only), 20, 90, 400, 1,800.
SELECT 0 AS step, 0e0 AS least UNION ALL SELECT 1, 15e-1 UNION ALL SELECT 2, 3e0 UNION ALL SELECT 3, 45e-1
UNION ALL SELECT 4, 6e0 UNION ALL SELECT 5, 75e-1
