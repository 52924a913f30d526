-- Each look-up that names a case, with what was done before in the same case, this week or earlier; null for a case that is new.
WITH numbered AS (
    SELECT l.request_id, l.agency_code, l.case_ref, l.procedure_code, l.requester_user,
           LAG(l.procedure_code) OVER (PARTITION BY l.agency_code, l.case_ref ORDER BY l.requested_at NULLS LAST, l.request_id NULLS LAST) AS procedure_before,
           LAG(l.requester_user) OVER (PARTITION BY l.agency_code, l.case_ref ORDER BY l.requested_at NULLS LAST, l.request_id NULLS LAST) AS user_before
    FROM look_up l
    WHERE l.case_ref IS NOT NULL
)
SELECT v.visit_no, n.request_id, n.procedure_code, n.requester_user,
       COALESCE(n.procedure_before, s.procedure_code) AS procedure_before, COALESCE(n.user_before, s.requester_user) AS user_before
FROM numbered n
JOIN look_up_visit v ON v.request_id = n.request_id
LEFT JOIN earlier_case_step s ON s.agency_code = n.agency_code AND s.case_ref = n.case_ref
