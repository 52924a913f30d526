-- The week's requests that stay without a reason or break a rule, with the strangeness of their visit (nats).
WITH broken AS (
    SELECT h.request_id, h.rule_id FROM recent_rule_hit h WHERE h.week = $week GROUP BY h.request_id, h.rule_id
),
in_visit AS (
    SELECT q.request_id, q.explained_by, COALESCE(-LN(v.p_unexplained), -LN(v.p_all)) AS level
    FROM recent_visit_request q
    JOIN recent_rated_visit v ON v.monday = q.monday AND v.visit_no = q.visit_no
    WHERE q.monday = $monday
)
SELECT r.request_id, r.requester_agency AS agency_code, r.requester_user, r.subject_key,
       COALESCE(i.level, 0e0) + 5e0 * COUNT(b.rule_id) AS score,
       i.explained_by, CASE WHEN COUNT(b.rule_id) > 0 THEN ARRAY_SORT(ARRAY_AGG(b.rule_id) FILTER (WHERE b.rule_id IS NOT NULL)) END AS rules
FROM week_log r
LEFT JOIN in_visit i ON i.request_id = r.request_id
LEFT JOIN broken b ON b.request_id = r.request_id
WHERE (i.request_id IS NOT NULL AND i.explained_by IS NULL) OR b.request_id IS NOT NULL
GROUP BY r.request_id, r.requester_agency, r.requester_user, r.subject_key, i.level, i.explained_by
ORDER BY score DESC NULLS LAST, r.request_id NULLS LAST
