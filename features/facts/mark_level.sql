-- How rare each aspect of a visit is, in nats (minus the logarithm of the share of the agency's visits at least so strange).
-- The aspect `unexplained_…` looks at visits without a reason only.
SELECT visit_no, 'visit' AS aspect, -LN(p_all) AS level FROM visit_kept
UNION ALL SELECT visit_no, 'unexplained', -LN(p_among_unexplained) FROM visit_kept WHERE n_unexplained > 0
UNION ALL SELECT visit_no, 'procedure', of_procedure FROM visit_kept
UNION ALL SELECT visit_no, 'item', of_item FROM visit_kept
UNION ALL SELECT visit_no, 'provider', of_provider FROM visit_kept
UNION ALL SELECT visit_no, 'clock', of_clock FROM visit_kept
UNION ALL SELECT visit_no, 'terminal', of_terminal FROM visit_kept
UNION ALL SELECT visit_no, 'outcome', of_outcome FROM visit_kept
UNION ALL SELECT visit_no, 'reason', of_reason FROM visit_kept
UNION ALL SELECT visit_no, 'breadth', of_breadth FROM visit_kept
UNION ALL SELECT visit_no, 'acquaintance', of_acquaintance FROM visit_kept
UNION ALL SELECT visit_no, 'amount', of_amount FROM visit_kept
UNION ALL SELECT visit_no, 'unexplained_procedure', of_procedure FROM visit_kept WHERE n_unexplained > 0
UNION ALL SELECT visit_no, 'unexplained_clock', of_clock FROM visit_kept WHERE n_unexplained > 0
UNION ALL SELECT visit_no, 'unexplained_outcome', of_outcome FROM visit_kept WHERE n_unexplained > 0
UNION ALL SELECT visit_no, 'unexplained_terminal', of_terminal FROM visit_kept WHERE n_unexplained > 0
UNION ALL SELECT visit_no, 'standing', of_standing FROM visit_kept
UNION ALL SELECT visit_no, 'period', of_period FROM visit_kept
UNION ALL SELECT visit_no, 'company', of_company FROM visit_kept
UNION ALL SELECT visit_no, 'pretext', of_pretext FROM visit_kept
