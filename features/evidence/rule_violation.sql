-- The week's requests that break a rule and weigh in cases, with what an inspector has to know of each.
SELECT h.rule_id, h.request_id, r.requester_agency AS agency_code, r.requester_user, r.subject_key,
       COALESCE(r.requester_department, '') AS department, CAST(r.requested_at AS DATE) AS day, r.requested_at
FROM recent_rule_hit h
JOIN week_log r ON r.request_id = h.request_id
WHERE h.week = $week AND h.weighs
