-- The requests without a reason for which accounts of others were used at a terminal, the most telling first.
SELECT q.request_id, g.requester_user, v.subject_key, v.department, v.day
FROM recent_guest_visit g
JOIN recent_rated_visit v ON v.monday = g.monday AND v.visit_no = g.visit_no
JOIN recent_visit_request q ON q.monday = g.monday AND q.visit_no = g.visit_no
WHERE g.monday >= $window_start AND g.agency_code = $agency AND g.requester_terminal = $terminal AND v.n_unexplained > 0
  AND q.explained_by IS NULL
ORDER BY g.monday DESC NULLS LAST, v.p_unexplained NULLS LAST, g.visit_no NULLS LAST, q.request_id NULLS LAST
