-- Officials: agencies of very different size, departments of about eight, three to six affairs a department, own terminals,
-- and from eight to thirty sittings a week, so that the week has the rows that are asked for.
WITH drawn AS (
    SELECT u, CAST(FLOOR($agencies * POWER((hash(u, 'agency') % 1000000) / 1e6, 1.6)) AS INTEGER) AS a
    FROM range($officials) r(u)
),
placed AS (
    SELECT u, a, (ROW_NUMBER() OVER (PARTITION BY a ORDER BY u) - 1) // 8 AS d FROM drawn
)
SELECT CAST(u AS INTEGER) AS u, a, CAST(d AS INTEGER) AS d,
       'A' || lpad(CAST(a AS VARCHAR), 5, '0') AS agency, 'D' || lpad(CAST(d AS VARCHAR), 3, '0') AS department,
       'u' || lpad(CAST(u AS VARCHAR), 6, '0') AS official, 'T' || lpad(CAST(u AS VARCHAR), 6, '0') AS terminal,
       CAST(GREATEST(1, ROUND($sittings * (0.5 + 1e0 * (hash(u, 'rate') % 1000) / 1e3))) AS INTEGER) AS n_sittings,
       CAST(3 + hash(a, d, 'affairs') % 4 AS INTEGER) AS n_affairs
FROM placed
