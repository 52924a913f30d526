-- The visits of the week as later weeks and the report read them: what happened, and how strange it was.
-- `p_all`: the share of the agency's visits at least so strange. `p_unexplained`: the share that is without a reason and
-- at least so strange; null for a visit with a reason. The scale is joined by the agency beside the strangeness, not by
-- the visit's: otherwise an engine may pair visits and bins by the agency alone first, a thousandfold too many.
SELECT CAST($week_start AS DATE) AS monday, v.visit_no, v.agency_code, v.department, v.requester_user, v.subject, v.subject_key, v.subject_key_national, v.day,
       v.first_at, v.last_at, v.request_id, v.requester_terminal, v.affair_code, v.procedure_code, v.n_requests, v.n_items,
       v.n_unexplained, v.explained_by, v.lacking, v.n_no_record, v.n_withheld, v.items_returned,
       s.strangeness, s.of_procedure, s.of_item, s.of_provider, s.of_clock, s.of_terminal, s.of_outcome, s.of_reason,
       s.of_breadth, s.of_acquaintance, s.of_standing, s.of_amount,
       a.p AS p_all,
       CASE WHEN v.n_unexplained > 0 THEN u.p END AS p_unexplained
FROM visit v
JOIN visit_strangeness s ON s.visit_no = v.visit_no
JOIN strangeness_tail a ON a.agency_code = s.agency_code AND a.track = 'all' AND a.bin = CAST(FLOOR(s.strangeness * 4e0) AS DOUBLE)
LEFT JOIN strangeness_tail u ON u.agency_code = s.agency_code AND u.track = 'unexplained' AND u.bin = CAST(FLOOR(s.strangeness * 4e0) AS DOUBLE)
ORDER BY v.agency_code NULLS LAST, v.requester_user NULLS LAST, v.subject NULLS LAST, v.day NULLS LAST, v.department NULLS LAST
