-- The visits that drive each finding, most telling first: the table `finding` names the official or the person, the first
-- week of the window and the least level; the requests of those visits that have no reason (or all of the visit, where
-- the finding is about work with a reason). Where one attribute leads, its level counts instead of the whole visit's.
SELECT f.finding_no, v.monday, v.visit_no, v.requester_user, v.subject_key, v.day, v.department,
       q.request_id, q.explained_by, v.n_unexplained,
       CASE WHEN f.attribute = 'masquerade' THEN v.masquerade
            WHEN f.attribute = 'visit' THEN -LN(v.p_all)
            WHEN a.attribute IS NOT NULL THEN a.level
            ELSE COALESCE(-LN(v.p_unexplained), -LN(v.p_all)) END AS level
FROM finding f
JOIN recent_rated_visit v
  ON (v.agency_code = f.agency_code OR f.subject_national IS NOT NULL)
 AND (f.requester_user IS NULL OR v.requester_user = f.requester_user)
 AND (f.subject_key IS NULL OR v.subject_key = f.subject_key)
 AND (f.subject_national IS NULL OR v.subject_key_national = f.subject_national)
 AND v.monday >= f.window_start
JOIN recent_visit_request q ON q.monday = v.monday AND q.visit_no = v.visit_no
LEFT JOIN recent_rare_attribute a ON a.monday = v.monday AND a.visit_no = v.visit_no AND a.attribute = f.visit_attribute
WHERE CASE WHEN f.lead_unexplained THEN v.n_unexplained > 0 AND -LN(v.p_among_unexplained) >= f.least - 1e-9 AND q.explained_by IS NULL
           WHEN f.visit_attribute IS NOT NULL THEN a.attribute IS NOT NULL AND (NOT f.unexplained_only OR v.n_unexplained > 0)
           ELSE f.attribute IS NOT NULL OR -LN(v.p_all) >= f.least END
