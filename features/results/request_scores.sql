-- The week's requests with a score (nats): how rare their visit is among the agency's visits as a whole, and rarer still where it has no
-- reason; what a finding points at counts at least as its finding (`pointed`), and each broken rule five nats. A reason
-- lowers a score, it does not end it. A request for which no official is named has no visit: how rare it is at its agency is its score.
-- Kept are the highest `share` of the requests that are no part of a file, and all that a rule or a finding points at.
WITH broken AS (
    SELECT h.request_id, COUNT(DISTINCT h.rule_id) AS n, ARRAY_SORT(ARRAY_AGG(h.rule_id) FILTER (WHERE h.rule_id IS NOT NULL)) AS rules
    FROM (SELECT DISTINCT request_id, rule_id FROM recent_rule_hit WHERE week = $week) h
    GROUP BY h.request_id
),
shown AS (SELECT p.request_id, MAX(p.level) AS level FROM pointed p GROUP BY p.request_id),
in_visit AS (
    SELECT q.request_id, q.explained_by,
           GREATEST(-LN(v.p_all), CASE WHEN q.explained_by IS NULL THEN COALESCE(-LN(v.p_unexplained), 0e0) ELSE 0e0 END) AS level
    FROM recent_visit_request q
    JOIN recent_rated_visit v ON v.monday = q.monday AND v.visit_no = q.visit_no
    WHERE q.monday = $monday
),
scored AS (
    SELECT r.request_id, r.requester_agency AS agency_code, r.requester_user, r.subject_key, i.explained_by, b.rules,
           GREATEST(COALESCE(i.level, u.level, 0e0), COALESCE(s.level, 0e0)) + 5e0 * COALESCE(b.n, 0) AS score,
           CASE WHEN i.request_id IS NOT NULL OR u.request_id IS NOT NULL THEN 1 ELSE 0 END AS at_screen,
           CASE WHEN b.request_id IS NOT NULL OR s.request_id IS NOT NULL THEN 1 ELSE 0 END AS pointed_at
    FROM week_log r
    LEFT JOIN in_visit i ON i.request_id = r.request_id
    LEFT JOIN (SELECT request_id, level FROM recent_unnamed_request WHERE monday = $monday) u ON u.request_id = r.request_id
    LEFT JOIN broken b ON b.request_id = r.request_id
    LEFT JOIN shown s ON s.request_id = r.request_id
),
ranked AS (
    SELECT c.request_id, c.agency_code, c.requester_user, c.subject_key, c.score, c.explained_by, c.rules, c.at_screen, c.pointed_at,
           SUM(c.at_screen) OVER (ORDER BY c.score DESC NULLS LAST, c.request_id NULLS LAST
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place,
           SUM(c.at_screen) OVER () AS n
    FROM scored c
    WHERE c.at_screen = 1 OR c.pointed_at = 1
)
SELECT k.request_id, k.agency_code, k.requester_user, k.subject_key, k.score, k.explained_by, k.rules
FROM ranked k
WHERE k.pointed_at = 1 OR (k.at_screen = 1 AND CAST(k.place AS DOUBLE) < $share * CAST(k.n AS DOUBLE) + 1e0)
ORDER BY k.score DESC NULLS LAST, k.request_id NULLS LAST
