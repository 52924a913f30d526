-- The visits that drive each finding, most telling first: the table `finding` names the official or the person, the first
-- week of the window and the least level; the requests of those visits that have no reason (or all of the visit, where
-- the finding is about work with a reason). Where one aspect leads, its level counts instead of the whole visit's.
SELECT f.finding_no, v.monday, v.visit_no, v.requester_user, v.subject_key, v.day, v.department,
       q.request_id, q.explained_by, v.n_unexplained,
       CASE f.aspect
           WHEN 'procedure' THEN v.of_procedure
           WHEN 'item' THEN v.of_item
           WHEN 'provider' THEN v.of_provider
           WHEN 'clock' THEN v.of_clock
           WHEN 'terminal' THEN v.of_terminal
           WHEN 'outcome' THEN v.of_outcome
           WHEN 'reason' THEN v.of_reason
           WHEN 'breadth' THEN v.of_breadth
           WHEN 'acquaintance' THEN v.of_acquaintance
           WHEN 'amount' THEN v.of_amount
           WHEN 'standing' THEN v.of_standing
           WHEN 'period' THEN v.of_period
           WHEN 'company' THEN v.of_company
           WHEN 'pretext' THEN v.of_pretext
           WHEN 'unexplained_procedure' THEN CASE WHEN v.n_unexplained > 0 THEN v.of_procedure END
           WHEN 'unexplained_clock' THEN CASE WHEN v.n_unexplained > 0 THEN v.of_clock END
           WHEN 'unexplained_outcome' THEN CASE WHEN v.n_unexplained > 0 THEN v.of_outcome END
           WHEN 'unexplained_terminal' THEN CASE WHEN v.n_unexplained > 0 THEN v.of_terminal END
           WHEN 'other_hand' THEN v.of_hand WHEN 'visit' THEN -LN(v.p_all) ELSE COALESCE(-LN(v.p_unexplained), -LN(v.p_all)) END AS level
FROM finding f
JOIN recent_visit v
  ON (v.agency_code = f.agency_code OR f.subject_national IS NOT NULL)
 AND (f.requester_user IS NULL OR v.requester_user = f.requester_user)
 AND (f.subject_key IS NULL OR v.subject_key = f.subject_key)
 AND (f.subject_national IS NULL OR v.subject_key_national = f.subject_national)
 AND v.monday >= f.window_start
JOIN recent_visit_request q ON q.monday = v.monday AND q.visit_no = v.visit_no
WHERE CASE WHEN f.lead_unexplained THEN v.n_unexplained > 0 AND -LN(v.p_among_unexplained) >= f.least - 1e-9 AND q.explained_by IS NULL
           ELSE f.aspect IS NOT NULL OR -LN(v.p_all) >= f.least END
