-- Requests of an agency for which no official is named, that have something rare in common (one request in twenty there is as rare: 3
-- nats) and of which none came more than a quarter of an hour after the one before: a longer pause leaves time for other work. From
-- three on they are a sitting; one or two are a slip or a household.
WITH rare AS (
    SELECT t.request_id, t.agency_code, t.counted, t.cell, r.requested_at, r.subject_key,
           LAG(r.requested_at) OVER (PARTITION BY t.agency_code, t.counted, t.cell
                                     ORDER BY r.requested_at NULLS LAST, t.request_id NULLS LAST) AS before
    FROM unnamed_trait t
    JOIN request r ON r.request_id = t.request_id
    WHERE t.nats >= 3e0
),
begun AS (
    SELECT a.request_id, a.agency_code, a.counted, a.cell, a.requested_at, a.subject_key,
           SUM(CASE WHEN a.requested_at <= a.before + INTERVAL '15' MINUTE THEN 0 ELSE 1 END)
               OVER (PARTITION BY a.agency_code, a.counted, a.cell ORDER BY a.requested_at NULLS LAST, a.request_id NULLS LAST
                     ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sitting_no
    FROM rare a
),
sitting AS (
    SELECT b.agency_code, b.counted, b.cell, b.sitting_no, MIN(b.requested_at) AS first_at, MAX(b.requested_at) AS last_at,
           COUNT(b.request_id) AS n_requests, COUNT(DISTINCT b.subject_key) AS n_people
    FROM begun b
    GROUP BY b.agency_code, b.counted, b.cell, b.sitting_no
    HAVING COUNT(b.request_id) >= 3
),
trait AS (
    SELECT b.agency_code, b.counted, b.cell, b.sitting_no, t.counted AS trait, t.cell AS trait_cell,
           SUM(CAST(t.nats AS DECIMAL(18, 6))) AS nats
    FROM begun b
    JOIN sitting s ON s.agency_code = b.agency_code AND s.counted = b.counted AND s.cell = b.cell AND s.sitting_no = b.sitting_no
    JOIN unnamed_trait t ON t.request_id = b.request_id
    GROUP BY b.agency_code, b.counted, b.cell, b.sitting_no, t.counted, t.cell
),
summed AS (
    SELECT t.agency_code, t.counted, t.cell, t.sitting_no, SUM(CASE WHEN t.trait = 'item' THEN 1 ELSE 0 END) AS n_items,
           CAST(SUM(CASE WHEN t.trait = 'item' THEN t.nats ELSE 0 END) AS DOUBLE) AS of_item,
           CAST(SUM(CASE WHEN t.trait = 'provider' THEN t.nats ELSE 0 END) AS DOUBLE) AS of_provider,
           CAST(SUM(CASE WHEN t.trait = 'outcome' THEN t.nats ELSE 0 END) AS DOUBLE) AS of_outcome,
           CAST(SUM(CASE WHEN t.trait = 'hour' THEN t.nats ELSE 0 END) AS DOUBLE) AS of_hour
    FROM trait t
    GROUP BY t.agency_code, t.counted, t.cell, t.sitting_no
)
SELECT CAST($week_start AS DATE) AS monday, s.agency_code, s.counted, s.cell, s.first_at, s.last_at, s.n_requests, s.n_people,
       CAST(m.n_items AS BIGINT) AS n_items,
       m.of_item / NULLIF(s.n_requests, 0) AS item, m.of_provider / NULLIF(s.n_requests, 0) AS provider,
       m.of_outcome / NULLIF(s.n_requests, 0) AS outcome, m.of_hour / NULLIF(s.n_requests, 0) AS hour
FROM sitting s
JOIN summed m ON m.agency_code = s.agency_code AND m.counted = s.counted AND m.cell = s.cell AND m.sitting_no = s.sitting_no
